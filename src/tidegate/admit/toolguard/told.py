"""Whose words a search is in: names out of a list that the run was given, or the run's own rewording.

Both may find nothing many times over.  Going through a list of names is work; asking one question
in ever new words is not.  The difference is a fact: names from a list stand in a text that the run
was told (its task, an answer), or are written as names; rewordings do not and are not.  A name that
is spelt anew after a miss (`14 Lindenweg`, `Lindenweg 14, Berlin`) is a rewording too; names that
differ in their figures alone (`node-01`, `node-02`) are a list.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Self

import msgspec

from tidegate.admit.toolguard import fingerprint, gist
from tidegate.spine.conversation import ToolCall

TEXTS_KEPT = 16  # texts of people, and answers of tools, see `_let_go`
TEXT_KEPT = 6000  # characters of each
MISSES_KEPT = 6  # names that were not found
ALIKE = 0.4  # share of letter triples in common from which a name is another one spelt anew
PIECE = re.compile(r"[\w.-]{3,}")
MISSES_COMPARED = 24  # searches in a row
LETTERS = re.compile(r"[^\W\d_]+")


class Misses(msgspec.Struct, frozen=True):
    """Searches in a row, at one place, that found nothing for one thing: a word recurs in two thirds of them.

    A *rewording* brings no new word and drops or adds words of an earlier one, or orders them anew.  Members of a
    list, cells of a grid and topics about one thing bring a new word each, or are no part of one another.
    """

    place: tuple[str, ...] = ()
    asked: tuple[frozenset[str], ...] = ()  # the words of each
    texts: frozenset[str] = frozenset()
    reworded: int = 0

    def then(self, calls: Sequence[ToolCall]) -> Self:
        """With one more miss; a search for another thing, or elsewhere, begins anew."""
        questions: list[str] = []
        places: list[str] = []
        for call in calls:
            _sort(call.arguments, questions, places, parts=True)
            places.append(call.name)
        text, place = " ".join(questions), tuple(sorted(places))
        words = frozenset(gist.plain_words(text))
        if not words:
            return type(self)()
        if place != self.place or words.isdisjoint(frozenset().union(*self.asked)):
            return type(self)(place, (words,), frozenset([text]))
        again = words <= frozenset().union(*self.asked) and any(
            len(a) > 1 and len(words) > 1 and (a <= words or words <= a) for a in self.asked
        )
        asked = (*self.asked, words)[-MISSES_COMPARED:]
        return type(self)(place, asked, self.texts | {text}, self.reworded + again)

    def after(self, calls: Sequence[ToolCall]) -> int:
        """How many there are in a row with these calls, where a third of them or more were rewordings; else 0."""
        found = self.then(calls)
        n = len(found.asked)
        if 3 * found.reworded < n or 2 * len(found.texts) <= n:
            return 0
        often = Counter(w for words in found.asked for w in words)
        return n if 3 * max(often.values()) >= 2 * n else 0


class Unmoved(msgspec.Struct, frozen=True, gc=False):
    """Calls in a row of one tool that were answered alike, each about things that the run was not told of.

    A page that asks to sign in, a banner over each button: what is asked makes no difference.  Arguments that differ in
    their figures alone are a list, and so are those out of a text that was given.
    """

    tool: str = ""
    answer: str = ""
    first: str = ""  # arguments of the first
    forms: frozenset[str] = frozenset()  # the letters of the arguments of the others
    times: int = 0

    def then(self, call: ToolCall, value: object, answer: str, told: "Told") -> Self:
        """With one more call; another tool, another answer or a thing that was told begins anew."""
        if call.name != self.tool or answer != self.answer:
            return type(self)(call.name, answer, call.arguments, times=1)
        if told.knows(value):
            return type(self)()
        forms = self.forms or frozenset([_letters(self.first)])
        if self.times < 2 * MISSES_COMPARED:
            forms |= {_letters(call.arguments)}
        return type(self)(self.tool, self.answer, self.first, forms, self.times + 1)

    def count(self) -> int:
        """How many; 0 where the arguments hardly differ in their letters, or the answer is a mere word."""
        few = len(self.forms) <= max(1, min(self.times, 2 * MISSES_COMPARED) // 3)
        return 0 if few or len(gist.WORD.findall(self.answer[:200])) < gist.INFORMS else self.times


def _letters(arguments: str) -> str:
    return "".join(LETTERS.findall(arguments.lower()))[:200]


class Told:
    """The texts that a run was given, the latest ones."""

    def __init__(
        self,
        people: Sequence[str] = (),
        tools: Sequence[str] = (),
        misses: Sequence[str] = (),
        searches: Misses = Misses(),
    ) -> None:
        self.people = list(people)
        self.tools = list(tools)
        self.misses = list(misses)
        self.searches = searches

    def fork(self) -> "Told":
        """A copy that goes on alone."""
        return Told(self.people, self.tools, self.misses, self.searches)

    def by_person(self, text: str) -> None:
        """A person or the instructions said this."""
        self.searches = Misses()
        self.people.append(text[: 4 * TEXT_KEPT])
        _let_go(self.people)

    def by_tool(self, text: str) -> None:
        """A tool answered this."""
        self.tools.append(text[:TEXT_KEPT])
        _let_go(self.tools)

    def missed(self, calls: Sequence[ToolCall]) -> None:
        """These calls found nothing; None of them forgets the earlier misses."""
        for call in calls:
            self.misses = [*self.misses, *_names(call.arguments)][-MISSES_KEPT:]
        self.searches = self.searches.then(calls)

    def own_words(self, calls: Sequence[tuple[str, str]]) -> int:
        """A name for where the calls search, when what they search for is in the run's own words; else 0."""
        questions: list[str] = []
        places: list[str] = []
        for tool, arguments in calls:
            _sort(arguments, questions, places)
            places.append(tool)
        asked = [q for q in questions if not _is_name(q)]
        if not questions and self.misses and all(self._spelt_anew(a) for _, a in calls):
            return fingerprint.name_of("\0".join(sorted(t for t, _ in calls))) or 1
        if not asked or all(self._told(q) for q in asked):
            return 0
        return fingerprint.name_of("\0".join(sorted(places))) or 1

    def named(self, calls: Sequence[tuple[str, object]], pieces: bool = False) -> int:
        """A name for the things in the calls' arguments (`pieces`: or in commands among them) that stand in a text that
        the run was told; 0 without one.
        """
        values = sorted({t for _, v in calls for t in _things(v)})
        if pieces:
            values = sorted({p for v in values for p in (v, *PIECE.findall(v))})
        texts = [*self.people, *self.tools]
        found = [v for v in values if any(v in text for text in texts)]
        return (fingerprint.name_of("\0".join(found)) or 1) if found else 0

    def knows(self, value: object) -> bool:
        """Whether a thing among the arguments, or the last part of a path, stands in a text that the run was told."""
        things = {t for v in _things(value) for t in (v, v.rstrip("/").rsplit("/", 1)[-1]) if len(t) >= 3}
        texts = [*self.people, *self.tools]
        return any(t in text for t in things for text in texts)

    def _spelt_anew(self, arguments: str) -> bool:
        return any(_anew(name, known) for name in _names(arguments) for known in self.misses)

    def _told(self, question: str) -> bool:
        words = gist.plain_words(question)
        texts = [t.lower() for t in (*self.people, *self.tools)]
        return any(all(w in text for w in words) for text in texts)


def _let_go(texts: list[str]) -> None:
    """Forgets the shortest of the older half: acknowledgements do not push out the list that they are about."""
    if len(texts) > TEXTS_KEPT:
        older = texts[: TEXTS_KEPT // 2]
        del texts[older.index(min(older, key=len))]


def _things(value: object) -> list[str]:
    """The texts of some length, and whole numbers with some figures, in a call's arguments."""
    inner = value.values() if isinstance(value, dict) else [value]
    texts = [str(v) for v in inner if isinstance(v, str | int) and not isinstance(v, bool)]
    return [t for t in texts if 3 <= len(t) <= 200]


def _names(arguments: str) -> list[str]:
    """The short texts among a call's arguments that say which thing is meant."""
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict):
        return []
    return [
        v for k, v in value.items() if isinstance(v, str) and 5 <= len(v) <= 200 and k.lower() not in gist.QUERY_KEYS
    ]


def _anew(a: str, b: str) -> bool:
    """Whether a is b in another spelling or order: its letters differ a little, not its figures alone."""
    x, y = ("".join(LETTERS.findall(t.lower())) for t in (a, b))
    if x == y:
        return a != b and sorted(re.findall(r"\w+", a.lower())) == sorted(re.findall(r"\w+", b.lower()))
    p, q = ({t[i : i + 3] for i in range(len(t) - 2)} for t in (x, y))
    return bool(p and q) and len(p & q) >= ALIKE * min(len(p), len(q))


def _sort(arguments: str, questions: list[str], places: list[str], parts: bool = False) -> None:
    """Splits a call's arguments into questions (texts that say what is looked for) and everything else; pages, dates
    from and to, and other `parts` of a whole on demand.
    """
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        value = arguments
    if not isinstance(value, dict):
        places.append(str(value)[:200])
        return
    for key, inner in value.items():
        low = str(key).lower()
        texts = inner if isinstance(inner, list) else [inner]
        if low in gist.QUERY_KEYS and low not in gist.COMMAND_KEYS and all(isinstance(t, str) for t in texts):
            questions += texts
        elif (parts or low not in gist.POSITION_KEYS) and low not in fingerprint.BOOKKEEPING:
            places.append(f"{low}={json.dumps(inner, sort_keys=True)[:200]}")


def _is_name(question: str) -> bool:
    """Whether a question is a name or a code: every word has a capital, a digit, or signs within (`read_config`)."""
    return all(not w.isalpha() or w.lower() != w for w in (x.strip("'\"(),.!?") for x in question.split()) if w)
