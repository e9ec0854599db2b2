# ruff: noqa: E501 (tables read better whole)
"""Whether an answer keeps what the requests before it fixed, whatever is said to it next.

A turn like "its a kiln" or "thirty six" has no cue.  What tells is the answer that it follows: the
request said M36 and the answer speaks of M30, the request ruled out grids and the answer has one,
three steps were asked for and there are none, an earlier turn set a condition that this answer
forgets.  Each misfit is a named amount for the learned reader (`reactions.py`); none counts alone,
as a request may be read in more than one way.  The turn itself may also redo the answer's work:
compute, rewrite it, or bring back a condition from further up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from tidegate.curate.harvest.signals.context import Context
from tidegate.curate.harvest.signals.dialogue import SMALL_WORDS, content_stems, stem, values

_TEXT_MAX, _WORDS_MAX = 1500, 120
_WORDS = re.compile(r"[^\W_]+(?:[.,:]\d+)*", re.UNICODE)
_EXCLUDED = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!will )(?<!does )(?<!has )(?<!did )(?<!would )(?<!can )(?<!have )(?<!could )\b(?:no|not|without|avoid(?:ing)?|skip(?:ping)?|leave out|leaving out|never|nothing (?:with|about)|do not (?:use|mention|include|add|say|touch|change)|allergic to|instead of|rather than)"
    r" (?:(?:any|the|a|an|to|using|use|mention\w*|include|of|more) )*(\w+)"
)
_FREE = re.compile(r"\b(\w+) - free\b")
_ASKS = re.compile(r"^(?:is|are|was|were|do|does|did|can|could|has|have|why|what|will)\b")
_WHEN = re.compile(
    r"\b(?:when|until|deadline|due|end|ends|expire\w*|how (?:long|late|early|many|much)|do you have|which|exchange|convert|why)\b"
)
_UNITS = frozenset(stem(w) for w in ["kg", "g", "mg", "ml", "l", "cl", "litre", "litres", "liter", "liters", "km", "m", "cm", "mm", "metre", "metres", "meter", "meters", "mile", "miles", "euro", "euros", "dollar", "dollars", "pound", "pounds", "eur", "usd", "percent", "degree", "degrees", "hour", "hours", "minute", "minutes", "min", "second", "seconds", "day", "days", "week", "weeks", "month", "months", "year", "years", "h", "am", "pm", "watt", "volts", "amps", "gb", "mb", "people", "families", "guests", "x", "mol"])  # fmt: skip
_CODE = re.compile(r"[={}();]|->")
_ONLY = re.compile(
    r"\b(\w+) only\b|\bonly (?:(?:the|with|in|for|from|a|use|unread) ?)*(\w+)|\b(?:must|has to|have to|should) (?:be|have|use|include|contain|start with|end with) (?:a |the )?(\w+)"
)
_COUNTED = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,2}) (?:\w+ ){0,2}?(words?|sentences?|lines?|steps?|ideas?|songs?|names?|examples?|options?|items?|points?|bullets?|titles?|reasons?|tips?|questions?|lines|verses|paragraphs?)\b"
)
_COUNTS = {w: i for i, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1)}  # fmt: skip
# Small classes of which a request names one: an answer that names another, and not that one, is about something else.
_CLASSES = tuple(
    frozenset(line.split())
    for line in (
        "monday tuesday wednesday thursday friday saturday sunday", "january february march april may june july august september october november december",
        "today tomorrow yesterday tonight", "morning afternoon evening night noon midnight", "spring summer autumn fall winter", "breakfast lunch dinner supper",
        "north south east west", "left right", "top bottom middle", "upper lower", "up down", "front back rear", "inside outside", "indoor outdoor", "vertical vertically horizontal horizontally",
        "first second third fourth fifth last", "early late", "before after", "begin start end", "initial final", "old new", "hot cold warm", "wet dry", "long short",
        "male female man woman men women boy girl boys girls", "son daughter", "mother father mum dad", "husband wife", "brother sister", "uncle aunt", "dog cat", "formal informal", "single double",
        "add remove", "increase decrease", "raise lower", "buy sell", "import export", "lock unlock", "open close", "encrypt decrypt", "encode decode", "upload download", "install uninstall", "enable disable",
        "inbound outbound", "arrival departure", "arrive depart", "return oneway", "debit credit", "gross net", "plural singular", "past present future", "active passive", "ascending descending", "minimum maximum min max",
        "english german french spanish italian portuguese dutch polish turkish latin greek russian japanese chinese arabic hindi", "euros dollars pounds yen francs euro dollar pound eur usd gbp chf",
        "km miles kilometres kilometers mile", "celsius fahrenheit", "kg pounds lb lbs ounces grams", "red green blue yellow orange purple black white brown pink grey gray",
        "python java javascript typescript rust go ruby php kotlin swift perl", "mysql postgres postgresql sqlite oracle", "json xml yaml csv toml", "vegan vegetarian meat fish", "beef pork chicken lamb", "tea coffee", "wine beer",
        "windows linux mac macos android ios", "adult child senior", "train bus tram plane ferry", "weekly monthly daily yearly annual", "minor major", "table list", "dry wet", "import export", "full empty",
    )
)  # fmt: skip


HARD = frozenset((
    "excluded", "excluded earlier", "insisted and lacking", "other of its class", "other number in place", "other name in place", "other value done",
    "count missed", "turn computes", "turn equates", "turn rewrites answer", "error shown", "points back",
))  # fmt: skip


def misfits(c: Context) -> frozenset[str]:
    """By name, what of the requests the answer does not keep, and what the turn redoes; those of `HARD` are witnesses alone."""
    return frozenset(name for name, holds in _found(c) if holds)


def witnesses(c: Context) -> float:
    """How much the misfits say: 1 for any hard one, half for one that is soft, 0 for none."""
    found = misfits(c)
    return 1.0 if found & HARD else 0.5 if found else 0.0


def _found(c: Context) -> Iterator[tuple[str, bool]]:
    asked = c.asked.plain_all[:_TEXT_MAX] if c.asked is not None else ""
    answer = c.answer.plain_all[:_TEXT_MAX]
    turn = c.user.plain_all[:_TEXT_MAX]
    earlier = " . ".join(t.plain_all[:_TEXT_MAX] for t in c.users_before[:-1][-6:])
    held = content_stems(answer)
    yield "excluded", bool(_came_back(asked, answer, held))
    yield "insisted and lacking", bool(_insisted(asked) - held)
    yield "other of its class", _other_of_class(asked, answer)
    yield "other number in place", _other_number(asked, answer)
    yield "other name in place", c.asked is not None and _other_name(c.asked.text, c.answer.text)
    yield "other value done", _other_value(asked, answer)
    yield "count missed", _count_missed(asked, c.answer.text)
    if earlier:
        yield "excluded earlier", bool(_came_back(earlier, answer, held) - content_stems(asked))
        yield "insisted earlier", bool((_insisted(earlier) - held) & content_stems(turn))
        old = (values(earlier) & values(c.user.text)) - values(c.answer.text) - values(asked)
        yield "earlier value comes back", bool(old)
    yield from _redone(c, answer, turn)


def _came_back(request: str, answer: str, held: frozenset[str]) -> set[str]:
    """Stems of what a request rules out and the answer has all the same."""
    if _ASKS.match(request):
        return set()  # what is asked of is no condition
    no = {stem(w) for m in (*_EXCLUDED.finditer(request), *_FREE.finditer(request)) for w in m.groups() if w}
    return {s for s in (no - {stem(w) for w in SMALL_WORDS}) & held if not _denied(s, answer)}


def _insisted(request: str) -> set[str]:
    """Stems of what a request insists on ("flex only", "must contain the price")."""
    if _ASKS.match(request):
        return set()
    return {stem(w) for m in _ONLY.finditer(request) for w in m.groups() if w and w not in SMALL_WORDS}


def _denied(s: str, answer: str) -> bool:
    """Whether the answer names a thing only to say that it is not there."""
    places = [m.start() for m in _WORDS.finditer(answer) if stem(m.group(0)) == s]
    return all(re.search(r"\b(?:no|not|without|never|avoid\w*|skip\w*|instead of|free of|leav\w+ out|omit\w*)\W*(?:\w+\W+){0,2}$", answer[max(0, p - 40) : p])
               or answer[p:].partition(" ")[2].startswith(("free", "- free")) for p in places)  # fmt: skip


def _other_of_class(request: str, answer: str) -> bool:
    if _WHEN.search(request):
        return False
    asked, said = frozenset(_WORDS.findall(request)), frozenset(_WORDS.findall(answer))
    return any((x := asked & k) and (y := said & k) and not x & y and len(x) == 1 for k in _CLASSES)


def _other_number(request: str, answer: str) -> bool:
    """Whether a number of the request stands with another figure beside the same word (M36 and M30, van 7 and van 11), or twisted."""
    one, two = _placed(request), _placed(answer)
    mine, theirs = ({n for ns in x.values() for n in ns} for x in (one, two))
    for beside, numbers in one.items():
        other = two.get(beside, set())
        if other and not numbers & theirs and not other & mine:
            return True
    return any(sorted(a) == sorted(b) and len(a) >= 3 for a in mine - theirs for b in theirs - mine)


def _placed(text: str) -> dict[str, set[str]]:
    """Numbers by the word of content before or after them, and by the letters that they are written with."""
    words = _WORDS.findall(text)[:_WORDS_MAX]
    out: dict[str, set[str]] = {}
    for i, w in enumerate(words):
        code = re.fullmatch(r"([a-z]{1,4})(\d+)", w)
        if code:
            out.setdefault(f"{code.group(1)}#", set()).add(code.group(2))
        if not w[0].isdigit():
            continue
        number = re.sub(r"[:.]0+$", "", w.strip(".,:"))
        clock = ":" if ":" in w else ""
        if i and _names(words[i - 1]):
            out.setdefault(f"{stem(words[i - 1])} #{clock}", set()).add(number)
        following = next((x for x in words[i + 1 : i + (4 if clock else 2)] if x not in SMALL_WORDS), "")
        if following and _names(following):
            out.setdefault(f"#{clock} {stem(following)}", set()).add(number)
    return out


_MAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
_NAME = re.compile(r"\b([a-z]+(?: [a-z]+)?) ((?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)*)")


def _other_name(request: str, answer: str) -> bool:
    """Whether another name or address stands where the request had one ("the contract with Acme", "... with Apex")."""
    mine, theirs = set(_MAIL.findall(request)), set(_MAIL.findall(answer))
    if len(mine) == 1 and theirs and not mine & theirs:
        return True
    one, two = (dict(_NAME.findall(text[:_TEXT_MAX])) for text in (request, answer))
    return any(
        beside in two and " " in beside and two[beside] != name and name not in answer and two[beside] not in request
        for beside, name in one.items()
    )


_COMMAND = re.compile(
    r"^(?:(?:please|ok|now|hi|hello|hey|and|can you|could you|would you|,) )*(?:set|assign|add|put|book|move|log|remind|order|reserve|change|send|turn|dim|schedule|block|wake|transfer|pay|cancel|tick|start|register|note|enter|file|print|play|mark)\b"
)


def _other_value(request: str, answer: str) -> bool:
    """Whether a command with one number is confirmed with another one."""
    if not _COMMAND.match(request) or len(answer.split()) > 30 or answer.rstrip().endswith("?"):
        return False
    mine, theirs = values(request), values(answer)
    if len(mine) != 1 or len(theirs) != 1:
        return False
    (one,), (two,) = mine, theirs
    return one != two and _afternoon(one) != two


def _afternoon(value: str) -> str:
    """An hour as it is called after noon: 5 is 17:00."""
    return f"{int(value) + 12}:00" if value.isdigit() and 0 < int(value) < 12 else value


def _names(word: str) -> bool:
    """Whether a word beside a number says of what it is the number; units do not, as amounts are computed with."""
    return word not in SMALL_WORDS and not word[0].isdigit() and stem(word) not in _UNITS


def _count_missed(request: str, answer: str) -> bool:
    """Whether a number of words, sentences or items was asked for and the answer clearly has another."""
    found = _COUNTED.search(request)
    if found is None:
        if re.search(r"\b(?:one per line|as a list|bullet\w*|each on (?:its|a) (?:own|new) line)\b", request):
            return "\n" not in answer.strip() and not re.search(r"\b1[.)]", answer)
        return (
            re.search(r"\b(?:short|brief|briefly|in a word|one word)\b", request) is not None
            and len(answer.split()) > 80
        )
    wanted, unit = _COUNTS.get(found.group(1)) or int(found.group(1)), found.group(2).rstrip("s")
    if unit == "word":
        n = len(answer.split())
        return n > 1.5 * wanted + 2 and wanted >= 3
    if unit == "sentence":
        n = len([s for s in re.split(r"(?<=[.!?])\s+", answer.strip()) if s])
        return n > wanted
    items = len(re.findall(r"(?:^|\n|\s)(?:\d{1,2}[.)]|[-*•])\s", answer)) or len(
        [x for x in answer.splitlines() if x.strip()]
    )
    if "/" in answer and unit in ("line", "verse"):
        items = answer.count("/") + 1
    commas = answer.count(",") + answer.count(";") + 1
    return wanted >= 2 and items != wanted and commas != wanted and "..." not in answer


def _redone(c: Context, answer: str, turn: str) -> Iterator[tuple[str, bool]]:
    """The turn does what the answer should have done: computes, writes it anew, or shows what came of it."""
    text = c.user.text
    yield (
        "turn computes",
        re.search(r"\d ?[*x×+] ?\d|\d (?:[/-] \d|= ?\d)|\d/\d+ ?=|\bi (?:count|get) (?:\w+ )?\d", text) is not None,
    )
    yield "turn equates", re.search(r"\w\s=\s\w", text) is not None and len(text) < 80
    ours, theirs = _WORDS.findall(turn)[:_WORDS_MAX], _WORDS.findall(answer)[:_WORDS_MAX]
    if len(ours) >= 5 and len(theirs) >= 5 and _CODE.search(text) and _CODE.search(c.answer.text):
        yield "turn rewrites answer", 0.4 < SequenceMatcher(None, ours, theirs, autojunk=False).ratio() < 0.97
    shown = re.search(r"\b(?:error|exception|traceback|syntax|undefined|not found)\b", turn) is not None and ":" in text
    yield "error shown", shown and "?" not in text
    yield (
        "points back",
        re.search(
            r"\b(?:further up|in my (?:first |last )?(?:message|request|question)|it says there|at the top)\b", turn
        )
        is not None,
    )
