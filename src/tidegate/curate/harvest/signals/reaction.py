# ruff: noqa: E501 (patterns read better whole)
"""What the user's next turn does to the answer, whatever its words: takes it back to the request, holds a value against it, leaves.

These readers look at the exchange and not at cue words alone: the assistant's reply concedes; a
constraint or a value of the request stands again that the answer had left out; a bare phrase
narrows the request; the turn is an error's own text; the answer came in a language not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tidegate.curate.harvest.model import Signal, SignalKind
from tidegate.curate.harvest.signals import cues
from tidegate.curate.harvest.signals.dialogue import WORD, Turn, content_stems, plain, values, without_quotes

if TYPE_CHECKING:
    from tidegate.curate.harvest.signals.context import Context

CONCEDES = re.compile(
    r"^(?:(?:ah|oh|yes|ok|oops|hm+|indeed) ?[,.!] ?)*(?:you are (?:\w+ )?(?:right|correct)|my (?:mistake|bad|error)|correct ,|good catch|well spotted|(?:thanks|thank you) for (?:the correction|correcting|pointing)|i stand corrected|indeed ,)"
)
_SORRY = re.compile(
    r"^(?:(?:ah|oh|oops) ?[,.!] ?)*(?:(?:i am )?(?:so |very |really )?sorry|(?:my )?apologies|i apologi[sz]e)\b(?: (?:for|about) (?:that|the (?:confusion|mistake|mix|misunderstanding|error)))? ?[!,.:]"
)
_MENTIONED = re.compile(
    r"\bas (?:i )?(?:\w+ )?(?:mentioned|said|told|wrote|stated|written|explained|noted)\b|\b(?:remember|recall) ?\?|\blike i said\b|\bthat is why i (?:\w+ )?(?:wrote|said|asked|chose|wanted|ordered)\b|\b(?:see|read|check) my (?:first|last|previous|earlier|original) (?:message|request|question|sentence)\b"
)
_REMINDS = re.compile(r"\b(?:as|like) i (?:\w+ )?(?:said|asked|wrote|mentioned|told you)\b")
_SOURCE = re.compile(
    r"\bwhere did you (?:get|find|read|see|take) (?:that|this|it)\b|\b(?:is|are|was) not (?:\w+ )?(?:in|on|part of) (?:your|the|my|our) (?:\w+ ){0,2}(?:terms|policy|policies|conditions|contract|site|website|page|rules|faq|handbook|price list|agreement|t ?& ?c|manual|documentation|docs)\b|\bsince when\b|\bno such (?:\w+ )?(?:policy|rule|fee|law|clause|charge|limit|requirement|regulation)\b|\bthere (?:is|was) no (?:such |fee|charge)|\b(?:can|could) you (?:quote|cite|show me) (?:the|that|this) (?:policy|rule|clause|law|paragraph)\b|\bstatutory\b|\bthat is (?:illegal|against the law|unlawful|not legal)\b|\byou (?:can not|are not allowed to) (?:just )?(?:exclude|charge|refuse|demand|require)\b|\bmade that up\b"
)
_ERROR_TEXT = re.compile(
    r"\b[A-Z]\w*(?:Error|Exception)\b\s*:|Traceback \(most recent|command not found|\bSyntaxError\b|[Ss]egmentation fault|\bnot recognized as\b|\bundefined is not\b|\bis not defined\b|\bcannot find (?:module|symbol)\b|\bNo module named\b|\bnpm ERR!|\berror\[E\d+\]|\bfatal: |\bERROR \d{4}\b|\bpermission denied\b"
)
_LEAVING = re.compile(
    r"(?:^|[,.!?] ?|\b(?:ok|so|then|and|now|just|right) )(?:i am )?(?:now )?(?:calling|phoning|ringing|uninstalling|cancelling|canceling|leaving|switching|unsubscribing|deleting (?:the|this|my)|closing (?:the|this|my)|logging off|going (?:to|with|elsewhere|back|somewhere)|asking (?:a|my|the|someone|on)|googling|returning (?:it|everything|the)|ordering (?:from|elsewhere|at)|writing (?:it )?(?:myself|a (?:complaint|review)))\b"
    r"|\bi (?:will|am going to|would rather|have to|shall) (?:just |then |now |simply |rather |probably )*(?:ask|call|ring|phone|go to|visit|send|write|contact|see|try|use|walk|drive|escalate|complain|switch|report|open a)\b(?! (?:that|it|this)\b)"
)
_ASKING = re.compile(r"^(?:so |and |but |ok )?(?:how|what|which|when|where|why|who|do|does|can|should|is|are)\b")
_RETRY = re.compile(
    r"^(?:hm+ |meh |no |nah |ok |please |[,.!] ?)*(?:(?:one|1) more (?:try|time|attempt|go)|another(?: one)?|next(?: one)?|different one|do (?:it|that|this) (?:over|again)|round two|from the top|once more)(?: please)? ?[.!]*$|\b(?:one more|another|a second|a new|a fresh) (?:try|attempt|go|version|draft|take|stab)\b|\bredo\b|\bdo (?:it|this|that) over\b|\b(?:give|write|send|show|hit)(?: me)?(?: with)? (?:another|a different|a better|a new) (?:version|draft|one|attempt|text)\b|\bi can ?not use (?:it|this|that)\b"
)
_OWN_LEAD = re.compile(
    r"^(?:no ,? |oh ,? |hey ,? |sorry ,? |but |lol |haha |um ,? |hm+ ,? )*(?:it is for|this is for|the one (?:in|on|at|from|with|for|of|by)|the other|by \w+ i|my \w+ (?:was|is|are|were)|i am on|i have|i use|i live|i need|i am (?:in|from|at|looking)|we (?:need|are|have|use)|only|the|in|for|on|from)\b"
)
_DIAGNOSES = re.compile(
    r"\b(?:send|paste|tell|share|post|report|let me know)\b.{0,40}\b(?:output|what|error|result|if)\b|\btry\b", re.I
)


def concedes(c: Context) -> Signal | None:
    """The assistant's own next words grant that its answer was wrong, and the user had not asked a plain question."""
    if c.after is None or c.answer_asks or c.own_fault:
        return None
    reply = plain(c.after.text[:200])
    asks = c.user.text.rstrip().endswith("?")
    more = (
        re.search(r"\b(?:as well|also|too)\b", reply) is not None
        and re.search(r"\b(?:one more|another|also|too)\b", c.said) is not None
    )
    if (
        CONCEDES.match(reply)
        and not more
        and not (asks and re.match(r"^(?:so|and|then|which means|that means)\b", c.said))
    ):
        if reply.startswith(("correct", "indeed")) and asks and not re.search(r"\bnot\b", c.said):
            return None
        kind = SignalKind.CORRECTION if not cues.MEANT.search(c.said) else SignalKind.NO_I_MEANT
        return _signal(kind, c, 0.8, "the assistant granted that its answer was wrong")
    held = c.user.stems & c.own_words
    if _SORRY.match(reply) and not asks and not c.pleased and not cues.WISH.search(c.said) and (
        held or (values(c.user.text) & c.own_values) or cues.NEGATION_FIRST.match(c.said)
    ) and (c.after.stems & c.user.stems):  # fmt: skip
        return _signal(
            SignalKind.NO_I_MEANT, c, 0.75, "the assistant excused itself and did what the user had asked before"
        )
    return None


def holds_against(c: Context) -> Signal | None:
    """A value or a condition of the request is stated again that the answer had left out or gone against."""
    if c.own_fault or (c.pleased and not cues.NEGATION_FIRST.match(c.said)):
        return None
    said = c.said
    theirs = content_stems(plain(c.answer.text)) | values(c.answer.text)
    mine = c.user.stems | values(c.user.text)
    own = c.own_words | c.own_values
    if _MENTIONED.search(said) and mine & own:
        return _signal(SignalKind.NO_I_MEANT, c, 0.85, "the user reminds of what she had said")
    asks = "?" in c.user.text
    if asks or c.answer_asks or cues.FOLLOW_UP.match(said) or cues.WISH.search(said):
        return None
    if _REMINDS.search(said):  # in other words than before
        return _signal(SignalKind.NO_I_MEANT, c, 0.8, "the user reminds of what she had said")
    kept = (values(c.user.text) & c.own_values) - values(c.answer.text)
    if kept and len(c.user.words) <= 10 and (values(c.answer.text) or len(mine & own) >= 0.6 * len(mine)):
        return _signal(
            SignalKind.NO_I_MEANT, c, 0.75, "a value of the request, which the answer left out, stands again"
        )
    left = (c.user.stems & c.own_words) - theirs
    if values(c.user.text) - c.own_values and c.own_values:
        return None  # another value in the same words is another question
    if left and _OWN_LEAD.match(said) and len(c.user.words) <= 14 and len(left) >= 0.3 * len(c.user.stems):
        return _signal(SignalKind.NO_I_MEANT, c, 0.65, "words of the request, which the answer left out, stand again")
    return None


def narrows(c: Context) -> Signal | None:
    """A bare phrase after a finished answer says which one was meant: "the one in England", "the level not the password"."""
    if c.answer_asks or c.pleased or c.own_fault or "?" in c.user.text or len(c.user.words) > 8:
        return None
    if re.match(
        r"^(?:no ,? |lol |haha |um |oh )*(?:the \w+ (?:term|sense|meaning|kind|version|brand)(?: of the word)? ?[.!]*$|the one (?:in|on|at|from|with|for|of|by)\b|the \w+(?: \w+)? ,? not (?:the )?\w+)",
        c.said,
    ):
        return _signal(SignalKind.NO_I_MEANT, c, 0.75, "a bare phrase says which one was meant")
    words = [w for w in c.user.words if w not in ("lol", "haha", "no", "um", "oh")]
    if (
        2 <= len(words) <= 5
        and words[-3:-1]
        and re.search(
            r"^\w+ the (?:brand|company|city|country|game|band|movie|film|book|app|language|person|place|animal|drink|food|car|country)$",
            " ".join(words),
        )
    ):
        return _signal(SignalKind.NO_I_MEANT, c, 0.75, "the user names the sense that was meant")
    return None


def echoes(c: Context) -> Signal | None:
    """ "kg?? you mean grams": a word of the answer thrown back."""
    first = re.match(r"^(?:\w+ )?(\w+) ?\? ?(?:\? ?)*", c.said)
    words = frozenset(WORD.findall(plain(c.answer.text)))
    if (
        first
        and first.group(1) in words
        and first.group(1) not in c.own_words
        and re.search(r"\byou mean\b|\bsurely\b|\bis not (?:that|it)\b", c.said)
        and not c.answer_asks
    ):
        return _signal(SignalKind.CORRECTION, c, 0.8, "the user throws a word of the answer back")
    return None


def disputes(c: Context) -> Signal | None:
    """The user asks where a rule comes from, says that it stands nowhere, or opens with "no" and brings a source."""
    said = c.said
    if c.own_fault or (c.answer_asks and not _SOURCE.search(said)):
        return None
    if _SOURCE.search(said) and not c.pleased:
        return _signal(SignalKind.CORRECTION, c, PLAIN, "the user disputes what the answer states")
    states = not cues.WISH.search(said) and "?" not in c.user.text and not c.pleased
    if states and cues.NEGATION_FIRST.match(said) and not re.search(r"\b(?:next|skip|shame|pity|too bad|then)\b|^not (?:the|my|for|on|in|before|after|yet|really)\b", said) and len(c.user.words) >= 3 and not re.search(
        r"\b(?:fine|need|rush|thank\w*|that is (?:it|all)|more|it is (?:ok|good)|(?:i|we) (?:will|do not (?:have|know|think so|mind)|am|have not|can not))\b", said
    ):  # fmt: skip
        return _signal(SignalKind.CORRECTION, c, 0.7, "the user answers a statement with no")
    if (
        _ERROR_TEXT.search(c.user.text)
        and not c.answer_asks
        and not c.pleased
        and not _DIAGNOSES.search(c.answer.text)
        and "?" not in c.user.text
    ):
        return _signal(SignalKind.CORRECTION, c, 0.75, "what the answer gave ends in an error")
    if states and not c.answer_asks and not cues.FOLLOW_UP.match(said) and other_amount(c):
        return _signal(SignalKind.CORRECTION, c, 0.7, "the user states another amount of the same unit")
    return None


_MONTHS = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"


def other_amount(c: Context) -> bool:
    """Whether the turn says outright an amount in a unit of the answer's, with another number."""

    def units(text: str) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for n, unit in re.findall(
            rf"(\d[\d.,]*)\s*(°c|°f|km|kg|mg|ml|gb|mb|tb|miles?|days?|weeks?|months?|euros?|eur|dollars?|pounds?|hours?|minutes?|percent|%|g|{_MONTHS})(?!\w)",
            text.lower(),
        ):
            out.setdefault("month" if re.fullmatch(_MONTHS, unit) else unit.rstrip("s"), set()).add(n.rstrip(".,"))
        return out

    mine, theirs = units(c.user.text), units(c.answer.text)
    before: dict[str, set[str]] = {}
    for t in c.users_before:
        before.update(units(t.text))
    differs = any(u in theirs and not (mine[u] & theirs[u]) and (u not in before or mine[u] & before[u]) for u in mine)
    claims = re.search(
        r"\b(?:it is|is|are|was|were|would be|should be|equals|makes|i have|we have|says?|only)\b", c.said
    )
    return (
        differs
        and claims is not None
        and re.search(r"\b(?:can|could|will|would you|please|my (?:son|daughter|dog|bag|room))\b", c.said) is None
    )


def leaves(c: Context) -> Signal | None:
    """The user announces another way to reach her end after an answer that was none."""
    if c.answer_asks and not c.repeats and len(c.users_before) < 2:
        return None
    if c.pleased or c.own_fault or "?" in c.user.text or not _LEAVING.search(c.said) or _ASKING.match(c.said):
        return None
    if re.search(r"\b(?:uninstalling|unsubscribing|going elsewhere)\b", c.said):
        return _signal(SignalKind.ABANDONMENT, c, 0.75, "the user leaves the product")
    if re.match(r"^(?:ok |good |great |[,.] ?)*then i will\b", c.said) and len(c.users_before) < 2:
        return None  # she follows the advice
    tired = len(c.users_before) >= 2 and re.search(r"\b(?:just|rather|instead|then)\b", c.said) is not None
    if re.search(
        r"\bif\b.{0,40}\b(?:again|another)\b|\b(?:tomorrow|later|this (?:afternoon|evening|week\w*))\b.*\b(?:what|which|how|and)\b",
        c.said,
    ):
        return None
    if not (
        c.repeats
        or tired
        or c.missed >= 0.5
        or cues.FED_UP.search(c.said)
        or re.search(r"\binstead\b|\bpointless\b|\buseless\b", c.said)
    ):
        return None
    return _signal(SignalKind.ABANDONMENT, c, 0.75, "the user announces another way after an answer that was none")


def retries(c: Context) -> Signal | None:
    """The same work once more, in whatever words, where the turn adds no new subject."""
    if c.answer_asks or c.pleased or not _RETRY.search(c.said) or len(c.user.words) > 20:
        return None
    if cues.MORE.search(c.said) or re.search(r"\babout\b|\boptions?\b|\bideas?\b", c.said):
        return None
    return _signal(SignalKind.REGENERATE, c, 0.7, "the user wants the work once more")


# Words that only one language uses, enough to tell eight apart in a sentence or two.
_LANGUAGES = {
    "en": frozenset(["the", "and", "you", "your", "is", "are", "of", "to", "with", "for", "can", "this", "that", "have", "it", "will", "not", "from"]),
    "de": frozenset(["der", "die", "das", "und", "ist", "nicht", "sie", "ihr", "mit", "für", "ein", "eine", "auf", "zu", "den", "dem", "können", "wird", "ich", "werden", "bitte", "oder"]),
    "fr": frozenset(["le", "les", "des", "et", "est", "vous", "votre", "pour", "une", "dans", "pas", "que", "avec", "sur", "être", "peuvent", "peut", "du", "au", "ne", "ce"]),
    "es": frozenset(["el", "los", "las", "y", "es", "su", "para", "una", "en", "por", "con", "que", "usted", "pulse", "puede", "del", "al", "está", "sus", "lo", "se"]),
    "it": frozenset(["il", "gli", "e", "è", "di", "per", "una", "che", "con", "non", "del", "della", "puoi", "può", "sono", "nel", "alla", "si", "lo"]),
    "pt": frozenset(["o", "os", "as", "e", "é", "seu", "para", "uma", "em", "por", "com", "que", "você", "pode", "não", "do", "da", "na", "ao"]),
    "nl": frozenset(["de", "het", "een", "en", "is", "niet", "u", "uw", "met", "voor", "van", "op", "kunt", "te", "zijn", "dat", "je", "wordt"]),
}  # fmt: skip
_NAMES_LANGUAGE = re.compile(
    r"\b(?:english|german|french|spanish|italian|portuguese|dutch|japanese|chinese|russian|arabic|korean|polish|greek|hindi|turkish|translat\w*|language|how (?:do|would) (?:you|i) say)\b",
    re.I,
)


def language(text: str) -> str:
    """The language of a Latin text by its small words; empty where they do not tell."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = sorted(((sum(w in small for w in words), name) for name, small in _LANGUAGES.items()), reverse=True)
    (best, name), (second, _) = counts[0], counts[1]
    return name if best >= 3 and best >= 0.2 * len(words) and best > 1.3 * second else ""


def wrong_language(turns: Sequence[Turn]) -> Iterator[Signal]:
    """An answer in another language than all the user's own words, which name no language."""
    users: list[Turn] = []
    for t in turns:
        if t.role == "user":
            users.append(t)
        if t.role != "assistant" or not users or len(t.text) > 4000 or any(x.role == "system" for x in turns):
            continue
        asked = " ".join(u.text for u in users)
        words = re.findall(r"[^\W\d_]+", asked.lower())
        english = language(asked) == "en" or (
            asked.isascii()
            and len(words) >= 4
            and sum(
                w in _LANGUAGES["en"] or w in ("i", "how", "do", "what", "my", "does", "when", "where", "a", "in")
                for w in words
            )
            >= 2
        )
        if (
            english
            and not _NAMES_LANGUAGE.search(asked)
            and language(without_quotes(t.text)) not in ("", "en")
            and '"' not in asked
            and ":" not in asked
        ):
            yield Signal(kind=SignalKind.NO_I_MEANT, failing_turn=t.index, seen_at=t.index, reason="the answer is in another language than the request",
                         probability=0.8, evidence={"language": language(t.text)})  # fmt: skip


def _signal(kind: SignalKind, c: Context, probability: float, reason: str) -> Signal:
    return Signal(kind=kind, failing_turn=c.answer.index, seen_at=c.user.index, reason=reason,
                  probability=probability, evidence={"said": c.user.text[:200]})  # fmt: skip


PLAIN = 0.9  # a reading that no chance argues away
REACTIONS = (concedes, holds_against, narrows, echoes, disputes, leaves, retries)
