"""A sentence becomes instruction tuples, or nothing: unknown is abstained, never misparsed.

Conditions are taken off first, then the rest is cut into clauses; in each clause concepts,
quantities, quoted phrases and tools are read with the negation they stand under.  Words that
remain narrow the object (`restrict`): "never cite sources older than two years" forbids no
citation in general.
"""

# ruff: noqa: E501

import re
from functools import lru_cache

from tidegate.check.promptlint.grammar.antecedents import with_antecedent
from tidegate.check.promptlint.grammar.clauses import as_active, read_clause, split_clauses
from tidegate.check.promptlint.grammar.code_rules import CODE_PLACES, code_rules
from tidegate.check.promptlint.grammar.conditions import read_conditions
from tidegate.check.promptlint.grammar.directives import READER, directive
from tidegate.check.promptlint.grammar.drafts import EMPTY, Context, Draft, Parsed
from tidegate.check.promptlint.grammar.labels import LABELLED_AMOUNT, labelled_amount, read_label
from tidegate.check.promptlint.grammar.literals import branch_literal
from tidegate.check.promptlint.grammar.ordering import tool_order
from tidegate.check.promptlint.grammar.persona import persona
from tidegate.check.promptlint.grammar.precedence import declared_priorities
from tidegate.check.promptlint.grammar.refusals import answered, refused, supplied
from tidegate.check.promptlint.grammar.restated import restated
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import mask
from tidegate.check.promptlint.grammar.vocabulary import (
    ABOUT_YOU,
    CHANNELS,
    GENERIC_SECTION,
    NOT_OURS,
    SHOUTED,
    STRONG,
)
from tidegate.check.promptlint.model import REPLY, Conjunction, Constraint, Instruction, Literal, Priority, Unit


def parse_unit(unit: Unit) -> tuple[list[Instruction], list[Priority]]:
    """The instructions and precedence statements of a unit; quoted text binds nothing."""
    if unit.quoted:
        return [], []
    parsed = parse_sentence(unit.text, unit.intro)
    branch = tuple(branch_literal(e, s) for e, s in unit.conditions)
    section = section_scope(unit.section)
    out = []
    for d in parsed.drafts:
        code = d.constraint.attribute.startswith("code-") or d.constraint.attribute in ("naming", "string-quotes")
        guard = _conjoin(_conjoin(parsed.guard, d.extra_guard), (branch,) if branch else ())
        scope = d.scope
        if section and not d.universal and not scope and d.constraint.attribute not in ("tool", "order"):
            scope = ("part", section)
        elif section and scope[:1] and scope[0].startswith("each ") and not d.universal:
            scope = (*scope, section)
        out.append(
            Instruction(
                constraint=d.constraint, unit=unit, channel="code" if code else parsed.channel,
                scope=(d.scope[:2] if d.scope[:1] == ("part",) and d.scope[1] in CODE_PLACES else ("part", "code")) if code else scope, guard=guard,
                exceptions=parsed.exceptions, modality=d.modality, soft=d.soft, universal=d.universal,
                prohibition=d.prohibition, default=parsed.default, labels=(*parsed.labels, *(s.lower() for s in unit.section)),
                restrict=() if code and parsed.channel != "code" else d.restrict,
            )
        )  # fmt: skip
    return out, [Priority(winner=w, loser=x, unit=unit) for w, x in parsed.priorities]


def section_scope(section: tuple[str, ...]) -> str:
    """The output part a heading names, or "" when the heading only orders the prompt."""
    if not section:
        return ""
    last = section[-1]
    return "" if GENERIC_SECTION.search(last.replace("_", " ")) else last.lower()


def _conjoin(a: tuple[Conjunction, ...], b: tuple[Conjunction, ...]) -> tuple[Conjunction, ...]:
    if not a or not b:
        return a or b
    return tuple((*x, *y) for x in a for y in b)


@lru_cache(maxsize=50_000)
def parse_sentence(text: str, intro: str = "") -> Parsed:
    """Parse one sentence under the intro of its list; cached, so that an edit re-reads one line.

    A sentence in which nothing is read, an action alone, or a demand narrowed by words that may belong to its
    reason, is tried again in plainer words.
    """
    parsed = _parse(text, intro)
    if parsed.priorities or text.rstrip().endswith(("?", ":")) or (_names_demand(parsed) and not _narrowed(parsed)):
        return parsed
    for said in restated(text):
        again = _parse(said, intro)
        if not _names_demand(parsed):
            if _names_demand(again) or (again.drafts and not parsed.drafts):
                parsed = again
        elif _asked(again) & _asked(parsed) and _narrowed(again) < _narrowed(parsed):
            parsed = again
        if _names_demand(parsed) and not _narrowed(parsed):
            break
    return parsed if _names_demand(parsed) or not TITLE.match(text) else parsed._replace(drafts=())


def _asked(parsed: Parsed) -> set[str]:
    return {d.constraint.attribute for d in parsed.drafts if not d.constraint.attribute.startswith("do:")}


def _narrowed(parsed: Parsed) -> int:
    """How many words and places narrow what is read."""
    return sum(
        len(d.restrict) + (d.scope[:1] == ("part",))
        for d in parsed.drafts
        if not d.constraint.attribute.startswith("do:")
    )


# "Pricing: Charge What It's Worth" is a heading, whatever verb stands in it
TITLE = re.compile(
    r"^(?=(?:.*\b[A-Z]){3})[A-Z][\w'’-]*:?(?: (?:[A-Z][\w'’-]*:?|a|an|the|of|and|or|to|for|in|on|with|by|at|from|your|its|is|as))+$"
)


def _names_demand(parsed: Parsed) -> bool:
    """Whether more is read than that something is to be done."""
    return any(not d.constraint.attribute.startswith("do:") for d in parsed.drafts)


def _parse(text: str, intro: str) -> Parsed:
    mark = MARK.match(text)
    if mark is not None:
        text = text[mark.end() :]
    text = UNQUOTED.sub(r'\g<a> "\g<x>"', PRONOUN_NAMED.sub(_person, text))
    masked = mask(text)
    s = expand(masked.text)
    if text.rstrip().endswith(":") and len(text) < 60 and not re.search(r"\d", text):
        return EMPTY
    if text.rstrip().endswith("?") and not re.search(r"\b(?:please|can you|could you|would you)\b", s, re.I):
        return EMPTY
    s, negative_intro, guard_intro = _join_intro(s, intro)
    if not negative_intro and not guard_intro and (styled := code_rules(text)):
        return EMPTY._replace(drafts=styled, channel="code")
    negative_intro = negative_intro or bool(mark and CROSS & set(mark.group(0)) and not BANS.match(s))
    s = STRESS.sub("", s)
    s = LABELLED_AMOUNT.sub(labelled_amount, s)
    labelled = read_label(s)
    if labelled.step:
        return EMPTY._replace(labels=labelled.labels)
    s, concern, labels = labelled.text, labelled.concern, list(labelled.labels)
    guard_intro = _conjoin(guard_intro, labelled.guard)
    s = STRESS.sub("", s)
    arrow = re.match(r"^(?P<left>[^→]{3,80})\s*(?:→|->|=>)\s*(?P<right>.+)$", s)
    if arrow is not None and "\x01" not in arrow.group("left"):
        left = arrow.group("left").strip()
        guard_intro = _conjoin(guard_intro, ((Literal(key=f"case {left.lower()}", words=left),),))
        s = arrow.group("right")
    if (order := tool_order(s)) is not None:
        return EMPTY._replace(drafts=(order,), guard=guard_intro, labels=tuple(labels))
    priorities, s = declared_priorities(s)
    conditions = read_conditions(s)
    rest = conditions.text
    rest = with_antecedent(s, rest)
    if named := persona(rest):
        return EMPTY._replace(
            drafts=named, guard=_conjoin(conditions.guard, guard_intro), exceptions=conditions.exceptions,
            labels=tuple(labels), priorities=tuple(priorities),
        )  # fmt: skip
    if (
        NOT_OURS.match(rest)
        and re.search(r"\b(?:must|should|never|always)\b", rest, re.I)
        and (active := as_active(rest))
    ):
        rest = active
    if (NOT_OURS.match(rest) and not READER.match(rest)) or (
        ABOUT_YOU.match(rest) and not re.search(r"\b(?:must|never|always|not allowed|only)\b", rest, re.I)
    ):
        return EMPTY._replace(priorities=tuple(priorities), labels=tuple(labels))
    if not concern and not directive(rest, bool(conditions.parts), negative_intro):
        return EMPTY._replace(priorities=tuple(priorities), labels=tuple(labels))
    rest = RATIONALE.sub("", rest)
    channel = channel_of(rest, (*conditions.parts, *labels))
    drafts: list[Draft] = []
    universal_sentence = conditions.universal or bool(
        STRONG.search(rest) or (SHOUTED.search(rest) and not rest.isupper())
    )
    context = Context(masked, concern, conditions.universal, universal_sentence, conditions.parts)
    inherited = ""
    for clause in split_clauses(rest):
        found, inherited = read_clause(clause, context, negative_intro, inherited)
        drafts += found
    if (
        conditions.universal
        and UNSURE.search(s)
        and re.match(
            r"^\s*(?:always |you must |please )*(?:answer|reply|respond|give|provide|offer|supply)\b", rest, re.I
        )
    ):
        drafts.append(Draft(Constraint("always-answer", "present"), universal=True))
    unknown = any(UNKNOWN.search(lit.said()) for conj in conditions.guard for lit in conj)
    if not drafts and unknown and SAY_SO.match(rest):
        drafts.append(Draft(Constraint("abstain", "present")))  # "admit when you do not know"
    if any(d.constraint.attribute == "refuse" and d.constraint.operator == "present" for d in drafts) and unknown:
        drafts.append(Draft(Constraint("abstain", "present")))  # declining for want of knowledge admits it
    drafts = _settle(
        [*drafts, *refused(drafts, s), *answered(conditions.guard, rest), *supplied(drafts, conditions.guard, rest)]
    )
    exceptions = conditions.exceptions
    guard = _conjoin(conditions.guard, guard_intro)
    if conditions.only:
        drafts = [o for d in drafts if (o := _only(d)) is not None]
        exceptions = (*exceptions, *conditions.only)
    turned = conditions.default or bool(
        re.search(r",?\s+\bbut (?:use|for|when|if|in|with|add|switch|allow)\b", rest, re.I)
    )
    return Parsed(tuple(drafts), guard, exceptions, turned, tuple(labels), tuple(priorities), channel)


# 'speak as "we"' names a grammatical person, not a word that must occur
PRONOUN_NAMED = re.compile(
    r"\b(?P<v>(?:speaks?|writes?|talks?|answers?|reply|replies|(?:refers? to|speaks? of) (?:yourself|itself|ourselves|themselves|us|the company))(?: always| only)? )as "
    r"[\"“‘'](?P<p>we|I)[\"”’']|(?<!never )(?<!not )\b(?P<u>(?:use|say|write|prefer) )[\"“‘'](?P<q>we|I)[\"”’'](?=,| (?:not|instead|rather|for|when|throughout|everywhere)\b|[.;]?$)",
    re.I,
)


# "end with the exact phrase Is there anything else?": the phrase stands to the end
UNQUOTED = re.compile(r"\b(?P<a>(?:the|this) exact (?:phrase|sentence|words|line):?) (?P<x>[A-Z][^\"“‘`\n]{3,120})$")


def _person(m: re.Match[str]) -> str:
    plural = (m.group("p") or m.group("q")).lower() == "we"
    return f"{m.group('v') or m.group('u')}in the first person {'plural' if plural else 'singular'}"


# why a rule is there asks for nothing: ", the widget cannot draw them", "because users skim"
RATIONALE = re.compile(
    r"(?:,?\s+\b(?:because|since|so that(?! (?:a|an|any|even|anyone|everyone|my|your|beginners?|laypeople|children|novices|newcomers|experts?|non-experts?)\b)|as otherwise|given that)\b.*"
    r"|,\s+(?:as |for )?(?:the|our|this|these|those|they|it|its|we|users?|customers?|readers?|people)\s+(?:\S+\s+){0,3}?"
    r"(?:can|cannot|can not|does|do|is|are|will|would|has|have|hate|love|want|need|prefer|struggle|dislike|find|lose|break\w*)\b(?![^,;]*\b(?:must|should|never|always)\b)[^;]*)$",
    re.I,
)


# "✅ Use tables", "❌ Long answers": a mark at the start, and the marks that forbid
MARK = re.compile("[\u2190-\u2bff\U0001f300-\U0001faff\ufe0f\u200d]+\\s+")


CROSS = frozenset("\u274c\u2716\u2717\u2718\u26d4\U0001f6ab\U0001f6d1")


BANS = re.compile(r"\s*(?:never|do not|no|avoid|not|without|refrain)\b", re.I)


STRESS = re.compile(
    r"^\s*(?:it is (?:mandatory|required|essential|imperative|important|crucial|necessary|obligatory|vital|critical) (?:that|to|for you to)\s+"
    r"|(?:please )?(?:make sure|be sure|ensure|remember|take care|see to it|make certain)(?: (?:that|to))?\s+(?:you (?:always )?)?)",
    re.I,
)


SAY_SO = re.compile(
    r"^\s*(?:always |please |do |you must )?(?:admit(?: it)?|tell (?:the |your )?\w+(?: so| this| that)?|say (?:so|it)|let (?:the )?\w+ know|be (?:honest|open|upfront|candid)|own up|acknowledge (?:it|this)|inform (?:the )?\w+|state (?:so|it|this)|make (?:it|this|that) clear)(?: instead(?: of [\w ]{3,30})?| rather than [\w ]{3,30}| openly| honestly| plainly)?\W*$",
    re.I,
)


UNKNOWN = re.compile(
    r"\b(?:not (?:know|sure|certain|have|contain|cover|found|find|answer|mention|address|include)|unsure|uncertain|missing|lack\w*|nothing (?:on|about|in)|silent|no (?:information|idea|source|answer)|unknown|unavailable|insufficient)\b",
    re.I,
)


UNSURE = re.compile(
    r"\b(?:even|also|including) (?:if|when|though|where)\b[^,;.]*\b(?:not (?:know|sure|certain|have|contain|cover)|unsure|uncertain|missing|lack\w*|nothing|no (?:information|idea|source|answer))",
    re.I,
)


def _join_intro(s: str, intro: str) -> tuple[str, bool, tuple[Conjunction, ...]]:
    """What a list's intro says of each of its items: a ban, a condition, a named part, or nothing."""
    if not intro:
        return s, False, ()
    i = expand(intro).strip()
    negative = bool(
        re.search(
            r"\b(?:never|do not|avoid|must not|should not|don'ts|refrain from|forbidden|prohibited|not allowed|banned|may not)\b\s*(?:do|use|include|say|write|any of|the following|these|things?|words?|phrases?)*[\w ]{0,20}$",
            i,
            re.I,
        )
    )
    if negative and re.search(r"\bavoid\b.*\bby\b", i, re.I):
        negative = False
    if i.startswith("\x00"):
        return s, False, ((Literal(key=f"case {i[1:].lower()}", words=i[1:]),),)
    if re.match(r"^(?:if|when|whenever|unless|in case|for|during|on|outside)\b", i, re.I):
        c = read_conditions(i + ", act.")
        if c.guard or c.exceptions:
            return s, negative, c.guard
        if c.parts:
            return f"In {c.parts[0]}, {s}", negative, ()
    if re.search(r"\b(?:in|for) (?:the|a) [\w ]*(?:section|part|summary|title|headline)\b", i, re.I):
        return f"{i}, {s}" if i.lower().startswith(("in", "for")) else s, negative, ()
    return s, negative, ()


def channel_of(rest: str, parts: tuple[str, ...]) -> str:
    """The channel an instruction speaks of; `reply` unless it names another."""
    text = " ".join((rest, *parts)).lower()
    return next((name for name, pattern in CHANNELS if pattern.search(text)), REPLY)


def _only(d: Draft) -> Draft | None:
    """ "Use emoji only when X": outside X it is forbidden; inside, allowed."""
    c = d.constraint
    if c.operator == "present":
        return d._replace(constraint=Constraint(c.attribute, "absent", c.value), restrict=d.restrict)
    if c.operator == "contains":
        return d._replace(constraint=Constraint(c.attribute, "not-contains", c.value))
    if c.operator == "is":
        return d._replace(constraint=Constraint(c.attribute, "not-one-of", [c.value]))
    return None


def _settle(drafts: list[Draft]) -> list[Draft]:
    """Drop what a sentence takes back itself: two values of one choice in one sentence bind nothing."""
    out: list[Draft] = []
    for d in drafts:
        if any(o.constraint == d.constraint and o.scope == d.scope and o.restrict == d.restrict for o in out):
            continue
        out.append(d)
    clash = set()
    for a in out:
        for b in out:
            if a is not b and a.scope == b.scope and a.constraint.attribute == b.constraint.attribute:
                pair = {a.constraint.operator, b.constraint.operator}
                same = a.constraint.value == b.constraint.value
                if pair == {"is"} and not same:
                    clash.add(a.constraint.attribute)
                if pair == {"present", "absent"} and same and a.restrict == b.restrict:
                    clash.add(a.constraint.attribute)
    return [d for d in out if d.constraint.attribute not in clash]
