"""A sentence becomes instruction tuples, or nothing: unknown is abstained, never misparsed.

Conditions are taken off first, then the rest is cut into clauses; in each clause concepts,
quantities, quoted phrases and tools are read with the negation they stand under.  Words that
remain narrow the object (`restrict`): "never cite sources older than two years" forbids no
citation in general.
"""

# ruff: noqa: E501

import re
from functools import lru_cache

from tidegate.check.promptlint import lexicon
from tidegate.check.promptlint.clause import ClauseReader, concepts_of
from tidegate.check.promptlint.conditions import branch_literal, expand, read_conditions
from tidegate.check.promptlint.drafts import EMPTY, Context, Draft, Parsed
from tidegate.check.promptlint.model import REPLY, Conjunction, Constraint, Instruction, Literal, Priority, Unit
from tidegate.check.promptlint.polarity import modality_of, signs_of
from tidegate.check.promptlint.reading import base_form, imperative
from tidegate.check.promptlint.text import lemma, mask, tokens
from tidegate.check.promptlint.vocabulary import (
    ABOUT_YOU,
    ACTION_VERBS,
    CHANNELS,
    CONCERN_LABELS,
    ELEMENTS,
    FRAGMENT,
    GENERIC_SECTION,
    IDENT,
    IMPERATIVES,
    LABEL,
    MODAL,
    NO_DUTY,
    NOT_OURS,
    PART_NOUNS,
    PLAIN_LABELS,
    PRIORITY_VERB,
    SHOUTED,
    SPLIT,
    STRONG,
    TOOL_OFF,
    TOOL_VERBS,
    VERBS_ALSO,
)
from tidegate.check.promptlint.wordset import word_set


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
                scope=("part", "code") if code else scope, guard=guard,
                exceptions=parsed.exceptions, modality=d.modality, soft=d.soft, universal=d.universal,
                prohibition=d.prohibition, default=parsed.default, labels=(*parsed.labels, *(s.lower() for s in unit.section)),
                restrict=() if code else d.restrict,
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
    """Parse one sentence under the intro of its list; cached, so that an edit re-reads one line."""
    mark = MARK.match(text)
    if mark is not None:
        text = text[mark.end() :]
    masked = mask(text)
    s = expand(masked.text)
    if text.rstrip().endswith(":") and len(text) < 60 and not re.search(r"\d", text):
        return EMPTY
    if text.rstrip().endswith("?") and not re.search(r"\b(?:please|can you|could you|would you)\b", s, re.I):
        return EMPTY
    s, negative_intro, guard_intro = _join_intro(s, intro)
    negative_intro = negative_intro or bool(mark and CROSS & set(mark.group(0)) and not BANS.match(s))
    labels: list[str] = []
    concern = ""
    s = STRESS.sub("", s)
    s = LABELLED_AMOUNT.sub(labelled_amount, s)
    m = LABEL.match(s)
    if m is not None and "\x01" not in m.group(0):
        label = (m.group("tag") or m.group("label")).strip()
        low = label.lower()
        if low in CONCERN_LABELS or low.split()[-1] in CONCERN_LABELS:
            concern = CONCERN_LABELS.get(low) or CONCERN_LABELS[low.split()[-1]]
            labels.append(low)
            s = s[m.end() :]
        elif (
            (label.isupper() and not s.isupper())
            or m.group("tag")
            or low in PLAIN_LABELS
            or re.fullmatch(r"(?:rule|priority|p|item|policy|section)\s*\w{1,3}", low)
        ):
            labels.append(low)
            s = s[m.end() :]
        elif (
            lemma(low.split()[0]) in IMPERATIVES and low.split()[0] not in word_set("summary end list name link title")
        ) or re.match(r"(?:never|always|do not|don't|must|should|avoid|if|when|unless|for|in|on)\b", low):
            pass
        else:
            if re.fullmatch(r"(?:step|phase|stage)\s*\w{1,3}", low):
                return EMPTY._replace(labels=(low,))
            if 2 <= len(low.split()) <= 4 and lemma(low.split()[-1]) in lexicon.USERS and low.endswith("s"):
                s = f"For {low}, {s[m.end() :]}"  # "Enterprise users: …"
                m = None
            elif len(low.split()) >= 3 and not re.search(
                r"\b(?:rule|policy|style|tone|format|length|language)s?\b", low
            ):
                guard_intro = _conjoin(guard_intro, ((Literal(key=f"case {low}", words=low),),))
            labels.append(low)
            noun = lemma(low.split()[-1])
            place = len(low.split()) <= 3 and (noun in PART_NOUNS or noun in ELEMENTS)
            if m is not None:
                s = f"In the {low}, {s[m.end() :]}" if place else s[m.end() :]
    s = STRESS.sub("", s)
    arrow = re.match(r"^(?P<left>[^→]{3,80})\s*(?:→|->|=>)\s*(?P<right>.+)$", s)
    if arrow is not None and "\x01" not in arrow.group("left"):
        left = arrow.group("left").strip()
        guard_intro = _conjoin(guard_intro, ((Literal(key=f"case {left.lower()}", words=left),),))
        s = arrow.group("right")
    if (order := tool_order(s)) is not None:
        return EMPTY._replace(drafts=(order,), guard=guard_intro, labels=tuple(labels))
    priorities, s = _priorities(s)
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
    channel, rest = _channel(rest, (*conditions.parts, *labels))
    drafts: list[Draft] = []
    universal_sentence = conditions.universal or bool(
        STRONG.search(rest) or (SHOUTED.search(rest) and not rest.isupper())
    )
    context = Context(masked, concern, conditions.universal, universal_sentence, conditions.parts)
    inherited = ""
    for clause in _clauses(rest):
        found, inherited = _clause(clause, context, negative_intro, inherited)
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
    drafts = _settle(drafts)
    exceptions = conditions.exceptions
    guard = _conjoin(conditions.guard, guard_intro)
    if conditions.only:
        drafts = [o for d in drafts if (o := _only(d)) is not None]
        exceptions = (*exceptions, *conditions.only)
    turned = conditions.default or bool(
        re.search(r",?\s+\bbut (?:use|for|when|if|in|with|add|switch|allow)\b", rest, re.I)
    )
    return Parsed(tuple(drafts), guard, exceptions, turned, tuple(labels), tuple(priorities), channel)


PERSONA = re.compile(
    r"\b(?P<v>your name is|you are (?:called|named)|you go by(?: the name)?|call yourself|name yourself|(?:introduce|identify|present) yourself as"
    r"|refer to yourself as)\s+(?:an? [\w -]{2,30}? (?:named|called) )?(?P<n>[A-Z][\w-]+)\b|^(?:You are|Act as) (?P<m>[A-Z][a-z]+)(?:, (?:an?|the|our)\b|\.?$)",
)  # fmt: skip
OWN_NAME = re.compile(
    r"\b(?:never|do not|must not|should not|may not)\b.{0,20}\b(?:tell|reveal|share|give|disclose|say|mention|state|use)\b.{0,30}\byour (?:own )?name\b",
    re.I,
)
NOT_NAMES = word_set("a an the our my your i ai human person assistant bot this that not")


def persona(text: str) -> tuple[Draft, ...]:
    """The name the assistant goes by ("your name is Ava"), and whether it may be told."""
    if OWN_NAME.search(text):
        return (Draft(Constraint("own-name", "absent"), universal=True, prohibition=True),)
    m = PERSONA.search(re.sub(r"^\w+", lambda w: w.group().lower() if w.group() != "You" else w.group(), text))
    if m is None and text.isupper():
        m = PERSONA.search(re.sub(r"\b(?!\w+\W*$)\w+", lambda w: w.group().lower(), text))
    if m is None:
        m = PERSONA.search(re.sub(r"^You\b", "you", text))
    name = (m.group("n") or m.group("m")).lower() if m else ""
    if m is None or name in NOT_NAMES or name in lexicon.CHOICE["language"]:
        return ()
    if re.search(r"\b(?:never|not)\b", text, re.I):
        return (Draft(Constraint("persona-name", "not-one-of", [name]), universal=True),)
    out = [Draft(Constraint("persona-name", "is", name), universal=bool(STRONG.search(text)))]
    if m.group("v") and re.search(r"\b(?:introduce|identify|present|refer)\b", m.group("v")):
        out.append(Draft(Constraint("own-name", "present"), universal=bool(STRONG.search(text))))
    return tuple(out)


ASKED_FOR = re.compile(
    r"^(?:if|when|whenever) (?:the |a |an )?(?:user|customer|client|someone|anyone|somebody|they)s? (?:asks?|requests?|wants?)(?: for| to see| about)? (?P<x>(?:[\w'-]+ ){0,4}[\w'-]+),",
    re.I,
)


def with_antecedent(sentence: str, rest: str) -> str:
    """ "If a user asks for the prompt, show it": what "it" stands for."""
    m = ASKED_FOR.match(sentence)
    if m is None:
        return rest
    return re.sub(
        r"\b(show|share|reveal|give|provide|send|disclose|print|output|explain|include|mention) (?:it|them)\b",
        lambda w: f"{w.group(1)} {m.group('x')}", rest, count=1, flags=re.I,
    )  # fmt: skip


# why a rule is there asks for nothing: ", the widget cannot draw them", "because users skim"
RATIONALE = re.compile(
    r"(?:,?\s+\b(?:because|since|so that(?! (?:a|an|any|even|anyone|everyone|my|your|beginners?|laypeople|children|novices|newcomers|experts?|non-experts?)\b)|as otherwise|given that)\b.*"
    r"|,\s+(?:as |for )?(?:the|our|this|these|those|they|it|its|we|users?|customers?|readers?|people)\s+(?:\S+\s+){0,3}?"
    r"(?:can|cannot|can not|does|do|is|are|will|would|has|have|hate|love|want|need|prefer|struggle|dislike|find|lose|break\w*)\b(?![^,;]*\b(?:must|should|never|always)\b)[^;]*)$",
    re.I,
)
_BETWEEN_FORWARD = re.compile(r"\b(?:before|prior to|ahead of|precedes?|followed by|earlier than)\b|\bthen\b", re.I)
_BETWEEN_BACK = re.compile(r"\b(?:after|once|follows?|until|unless|later than|when)\b", re.I)


def tool_order(s: str) -> Draft | None:
    """ "Run A first, then B", "call B only after A", "once A has run, call B": two tools in order."""
    toks = [t for t in tokens(s) if IDENT.match(t.text)]
    if len(toks) == 1:  # a second tool whose name is one word: "before authenticate"
        other = re.search(
            r"\b(?:call(?:ing)?|invok(?:e|ing)|run(?:ning)?|execut(?:e|ing)|before|after|then|until)\s+(?:the\s+)?(?P<n>[a-z]{4,})(?:\(\))?\s*(?:first\b|\(|,|\.|$|(?=before|after|then|until|prior))",
            s,
            re.I,
        )
        if (
            other is not None
            and not other.group("n").endswith("ing")
            and lemma(other.group("n").lower()) not in (IMPERATIVES | VERBS_ALSO)
            and other.group("n").lower()
            not in (
                "first",
                "that",
                "this",
                "again",
                "calling",
                "running",
                "before",
                "after",
                "then",
            )
        ):
            toks += [t for t in tokens(s) if t.start == other.start("n")]
            toks.sort(key=lambda t: t.start)
    names = list(dict.fromkeys(t.low.rstrip("()") for t in toks))
    if (
        len(names) != 2
        or len(toks) != 2
        or not re.search(
            r"\b(?:call|run|use|invoke|execut|trigger|query|precede|follow|come|happen|finish|succeed)", s, re.I
        )
    ):
        return None
    lead, between, after = s[: toks[0].start], s[toks[0].end : toks[1].start], s[toks[1].end :]
    a, b = names
    if re.match(r"\s*(?:only )?(?:after|once|when|as soon as)\b", lead, re.I):
        first, second = a, b
    elif re.match(r"\s*before\b", lead, re.I) or _BETWEEN_BACK.search(between):
        first, second = b, a
    elif _BETWEEN_FORWARD.search(between) or (
        re.search(r"\bfirst\b", between, re.I)
        and re.search(r"\b(?:next|then|second|afterwards?)\b", between + after, re.I)
    ):
        first, second = a, b
    else:
        return None
    negative = bool(re.search(r"\b(?:never|do not|must not|not)\b", lead + between, re.I))
    if (negative and not re.search(r"\b(?:until|unless|before)\b", between, re.I)) or (
        negative and re.search(r"\bbefore\b", between, re.I)
    ):
        first, second = second, first
    universal = bool(STRONG.search(s))
    return Draft(Constraint("order", "before", [f"call {first}", f"call {second}"]), universal=universal)


# "✅ Use tables", "❌ Long answers": a mark at the start, and the marks that forbid
MARK = re.compile("[\u2190-\u2bff\U0001f300-\U0001faff\ufe0f\u200d]+\\s+")
CROSS = frozenset("\u274c\u2716\u2717\u2718\u26d4\U0001f6ab\U0001f6d1")
BANS = re.compile(r"\s*(?:never|do not|no|avoid|not|without|refrain)\b", re.I)
STRESS = re.compile(
    r"^\s*(?:it is (?:mandatory|required|essential|imperative|important|crucial|necessary|obligatory|vital|critical) (?:that|to|for you to)\s+"
    r"|(?:please )?(?:make sure|be sure|ensure|remember|take care|see to it|make certain)(?: (?:that|to))?\s+(?:you (?:always )?)?)",
    re.I,
)
LABELLED_AMOUNT = re.compile(
    r"^\s*(?P<lead>max(?:imum)?|min(?:imum)?)?\s*(?:reply |response |answer |message )?(?P<unit>word|sentence|paragraph|character|bullet)s?(?: (?P<kind>count|limit|length|maximum|max|minimum|min|cap|ceiling|floor))?\s*(?::|=|≤|<=)\s*(?P<n>(?:max(?:imum)?\.? |min(?:imum)?\.? |at most |at least |up to |under |exactly |[<>≤≥]=? ?)?\d+(?:\s*(?:-|–|to)\s*\d+)?)(?P<rest>(?: (?:max|min|maximum|minimum|or less|or more|or fewer|at most|at least))?\.?)\s*$",
    re.I,
)


def labelled_amount(m: re.Match[str]) -> str:
    """ "Word count: 60 max" is "at most 60 words"."""
    kind = f"{m.group('lead') or ''} {m.group('kind') or ''}".lower()
    rest, n = m.group("rest").strip(" ."), m.group("n")
    bare = not rest and n[0].isdigit() and not re.search(r"to|-|–", n)
    op = ""
    if bare:
        op = (
            "at least "
            if re.search(r"min|floor", kind)
            else "at most "
            if re.search(r"max|limit|cap|ceiling", kind)
            else "exactly "
        )
    number = re.search(r"\d+(?:\s*(?:-|–|to)\s*\d+)?$", n)
    lead = n[: number.start()] if number else ""
    return f"Use {op}{lead}{number.group(0) if number else n} {m.group('unit')}s {rest}"


NOT_LABELS = word_set(
    "a an the this that all any every each of in on about for and or rule instruction requirement limit concern constraint guideline "
    "always never must should will other section be have"
)
SAY_SO = re.compile(
    r"^\s*(?:always |please |do |you must )?(?:admit(?: it)?|tell (?:the |your )?\w+|say (?:so|it)|let (?:the )?\w+ know|be (?:honest|open|upfront|candid)|own up|acknowledge (?:it|this)|inform (?:the )?\w+|state (?:so|it|this)|make (?:it|this|that) clear)\W*$",
    re.I,
)
UNKNOWN = re.compile(
    r"\b(?:not (?:know|sure|certain|have|contain|cover|found|find|answer|mention|address|include)|unsure|uncertain|missing|lack\w*|silent|no (?:information|idea|source|answer)|unknown|unavailable|insufficient)\b",
    re.I,
)
# "old tickets contain emojis" tells of the world
TOLD = re.compile(
    r"^(?:the |our |most |many |some |old |all )?(?:\w+ )?\w+s (?:often |usually |always |sometimes |mostly )?(?:contain|include|have|use|are|read|write|prefer|arrive|ask|like|hate|dislike|need|want|come|speak|send|expect|tend|get|live|know)\b"
    r"|^(?:the |our |a |an )(?:\w+ )?\w+ (?:often |usually |always |sometimes )?(?:contains|includes|has|uses|returns|writes|arrives|comes|speaks|sends|expects|tends|lives)\b",
    re.I,
)
WORLD = re.compile(
    r"^(?:the |our |all |old |most )?(?:source|input|original|uploaded|incoming|existing|archived|user|customer|reference|training) (?:texts?|documents?|messages?|files?|articles?|questions?|data) (?:is|are|has|have|contains?)\b",
    re.I,
)
READER = re.compile(
    r"^(?:the |your |our )?(?:\w+ )?(?:reader|audience|readership)s? (?:is|are|has|have|knows?)\b", re.I
)
DECLARED = re.compile(
    r"^(?:the |all |any |each |every |your )?\S+(?: \S+){0,3}? (?:is|are) (?:always |never |only |strictly |to be )?(?:given|written|shown|quoted|expressed|stated|formatted|displayed|presented"
    r"|reported|rendered|spelled|printed|kept|listed|cited|used|made|answered|addressed|ended|started|omitted|avoided|left out|rounded|capitali[sz]ed|numbered|phrased|worded)\b"
    r"|^(?:the|all|any|each|every|your) \w+ (?:always |never )?(?:comes?|goes|go|stands?|follows?|precedes?) (?:first|last|before|after|at)\b|^(?:the |all |any |each |every |your )?(?:repl(?:y|ies)|answers?|responses?|messages?|outputs?|amounts?|prices?|dates?|times?|distances?|measurements?|figures?|sums?|numbers?) (?:is|are|appears?) (?:always |only )?(?:in|as|spelled|given)\b"
    r"|^(?:the |your )?(?:\w+ )?(?:date|time|number|output|reply|response|answer|length|word) (?:format|style|language|limit|count) is\b"
    r"|^(?:the |all |any |each |every |your )?(?:dates?|times?|numbers?|prices?|amounts?|distances?|measurements?|names?|headings?|titles?) (?:use|follow|take|have|must|are|is)\b"
    r"|^(?:the|your|our) (?:\w+ )?(?:reader|audience|readership)s? (?:is|are|has|have|know)\b",
    re.I,
)
UNSURE = re.compile(
    r"\beven (?:if|when|though|where)\b[^,;.]*\b(?:not (?:know|sure|certain|have|contain|cover)|unsure|uncertain|missing|lack\w*|no (?:information|idea|source|answer))",
    re.I,
)


def directive(text: str, parts: bool, negative: bool) -> bool:
    """Whether a sentence tells the assistant what to do, rather than telling it about the world."""
    toks = [t for t in tokens(text) if t.low[0].isalnum() or t.quote]
    if not toks or negative:
        return bool(toks)
    if WORLD.match(text):
        return False
    if (
        re.match(r"(?:please |you )?(?:do not|never|always|must|should)\b", text, re.I)
        or DECLARED.match(text)
        or (TOOL_OFF.search(text) and any(IDENT.match(t.text) for t in toks))
    ):
        return True
    if FRAGMENT.match(text) or MODAL.search(text) or (text[:1] not in "([" and imperative(tuple(toks))):
        return True
    k = 0
    while (
        k < len(toks) - 1
        and (
            toks[k].low
            in word_set(
                "please also then you first next finally and but so instead additionally the assistant bot model your "
                "job is to when do not"
            )
            or toks[k].low.endswith("ly")
        )
        and toks[k].lemma not in lexicon.REPLY_NOUNS
    ):
        k += 1
    head = toks[k]
    if (head.low in (head.lemma, head.lemma + "s") or base_form(head)) and (
        head.lemma in IMPERATIVES or head.lemma in VERBS_ALSO or head.lemma in TOOL_VERBS or head.lemma in ACTION_VERBS
    ):
        return True
    if TOLD.match(text) and not {t.lemma for t in toks[:4]} & (lexicon.REPLY_NOUNS | set(ELEMENTS)):
        return False
    if any(t.lemma in lexicon.REPLY_NOUNS or t.lemma in ELEMENTS for t in toks[:6]) or IDENT.match(head.text):
        return True
    return parts or len(toks) <= 6


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


def _channel(rest: str, parts: tuple[str, ...]) -> tuple[str, str]:
    """The channel an instruction speaks of; `reply` unless it names another."""
    text = " ".join((rest, *parts)).lower()
    for name, pattern in CHANNELS:
        if pattern.search(text):
            return name, rest
    return REPLY, rest


def _priorities(s: str) -> tuple[list[tuple[tuple[str, ...], tuple[str, ...]]], str]:
    """Declared precedence in a sentence, and the sentence without it."""
    out: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    m = re.search(
        r"\b(?:in (?:case of|the event of|a|any) (?:a |any )?(?:conflict|contradiction|doubt|clash|disagreement)s?|(?:if|when|where|whenever) (?:\w+ ){0,4}?(?:conflict|clash|disagree|contradict|collide)\w*(?: (?:with )?(?:each other|one another))?)\b,?\s*(?P<rest>.*)$",
        s,
        re.I,
    )
    if m is not None:
        r = m.group("rest").lower()
        if re.search(r"\b(?:later|latter|second|last|latest|most recent|newest|below|further down)\b", r):
            return [(("later",), ("earlier",))], s[: m.start()]
        if re.search(r"\b(?:earlier|former|first|above|topmost|higher up)\b", r):
            return [(("earlier",), ("later",))], s[: m.start()]
    verb = PRIORITY_VERB.search(s)
    if verb is None:
        n = re.search(
            r"\b(?:this|the) (?:limit|rule|cap|restriction|requirement|ban|instruction|prohibition|minimum|maximum)s? (?:may be (?:exceeded|broken|relaxed|ignored|waived|lifted|dropped|suspended)|(?:is|are) (?:waived|lifted|suspended|relaxed|void|dropped)|does not apply|do not apply)\s*(?P<rest>.*)$",
            s,
            re.I,
        )
        if n is not None:
            rest = n.group("rest").strip()
            before = s[: n.start()].rstrip(" ;,—-")
            if before and re.match(r"(?:if|when|for|to|in|on|where|whenever|while|during|with)\b", rest, re.I):
                excused = re.sub(r"^(?:if|when|whenever|where|to)\s+", "", rest, flags=re.I)
                return [], f"{before}, unless {excused}"
        return out, s
    start = max(
        s.rfind(";", 0, verb.start()),
        s.rfind(". ", 0, verb.start()),
        s.rfind(" — ", 0, verb.start()),
        s.rfind(" - ", 0, verb.start()),
    )
    conj = list(re.finditer(r",\s+(?:but|and|though|although|however)\s+|\s+but\s+|\(", s[: verb.start()]))
    if conj and conj[-1].end() > start:
        start = conj[-1].end() - 1
    end_m = re.search(r"[;.)]|,\s+(?:so|and|but)\b", s[verb.end() :])
    end = verb.end() + end_m.start() if end_m else len(s)
    left, right = s[start + 1 : verb.start()].strip(" ,"), s[verb.end() : end].strip(" ,")
    if verb.group("verb").lower().startswith("come") and re.search(
        r"\b(?:answer|conclusion|result|verdict|solution|summary|greeting|reason\w*|explanation)s?\b", left, re.I
    ):
        return out, s  # the order of a reply, no precedence of rules
    v = verb.group("verb").lower()
    if re.search(r"\b(?:user|customer|player|team|price|cheap|model)\b", left, re.I) and not re.search(
        r"\b(?:instruction|rule|request|message)\b", left, re.I
    ):
        return out, s
    if v.startswith(
        (
            "yield",
            "give",
            "gives",
            "defer",
            "is sub",
            "are sub",
            "is sec",
            "are sec",
            "is over",
            "are over",
            "is sup",
            "are sup",
        )
    ):
        left, right = right, left
    winner, loser = _selector(left), _selector(right)
    if winner and loser and winner != loser:
        out.append((winner, loser))
        s = (s[: start + 1] + " " + s[end:]).strip(" ;,—-(")
    return out, s


def _selector(phrase: str) -> tuple[str, ...]:
    low = phrase.lower().strip()
    m = re.search(r"\b(?:rule|line|item|instruction|point|step|section|requirement|priority)s?\s+#?(\d{1,3})\b", low)
    if m:
        return ("number", m.group(1))
    m = re.search(
        r"\b(?:rules?|instructions?|lines?|items?|anything|everything|requirements?|those|guidance|entries|bullets?|whatever|notes?|guidelines?|statements?)\s+(?:that (?:are|is)\s+|which are\s+)?(?:marked|tagged|labell?ed|flagged|headed|prefixed|starting|beginning|under|in|from|with)\b(?:\s+(?:with|as|by|the))*\s*(?:section\s+)?(?P<label>[\w\x01\x02 -]+)",
        phrase,
        re.I,
    )
    if m:
        return (
            "label",
            *sorted(
                t.low for t in tokens(m.group("label").lower()) if t.low not in ("the", "section", "heading", "tag")
            ),
        )
    if re.search(r"\b(?:above|previous|preceding|earlier)\b", low):
        return ("above",)
    if re.search(r"\b(?:below|following|later|subsequent)\b", low):
        return ("below",)
    if low in ("", "all", "it all", "all else") or re.search(
        r"\b(?:all other|everything else|any other|the rest|other (?:rules?|instructions?|lines?|guidance|requirements?|constraints?|limits?)|all (?:rules?|instructions?|limits?))\b",
        low,
    ):
        return ("rest",)
    if re.search(
        r"^(?:this|it|these|which|that|the (?:limit|cap|rule|length limit|ban|above limit|word limit))\b", low
    ) and not re.search(r"\b(?:safety|security|legal|format|style|tone|privacy)\b", low):
        return ("self",)
    words = [t.lemma for t in tokens(low) if t.low.isalpha() and t.lemma not in NOT_LABELS]
    return ("label", *sorted(words)) if 0 < len(words) <= 4 else ()


def _clauses(text: str) -> list[str]:
    out, start = [], 0
    for m in SPLIT.finditer(text):
        piece = text[start : m.start()].strip(" ,")
        if piece:
            out.append(piece)
        start = m.end() if m.group(0)[-1].isspace() or m.group(0).strip() in (";", ":") else m.start()
        start = m.end()
    tail = text[start:].strip(" ,.")
    if tail:
        out.append(tail)
    return with_subjects(out)


def with_subjects(pieces: list[str]) -> list[str]:
    """Give a piece that begins with its verb ("must be omitted") the subject of the piece before it."""
    out: list[str] = []
    subject = ""
    for piece in pieces:
        m = re.match(
            r"^(?P<subject>(?!(?:if|when|never|always|do|please)\b)[^,;:]{1,60}?)\s+(?:is|are|must|should|may|can|will|shall|has to|have to|needs? to)\b",
            piece,
            re.I,
        )
        if m is not None:
            subject = m.group("subject")
        elif subject and re.match(r"(?:must|should|may|can|will|shall|has|have|needs?|is|are)\b", piece, re.I):
            piece = f"{subject} {piece}"
        else:
            subject = ""
        out.append(piece)
    return out


def _clause(clause: str, context: Context, negative_intro: bool, inherited: str) -> tuple[list[Draft], str]:
    """The drafts of one clause, and the verb the next clause may lean on."""
    toks = tokens(clause)
    if not toks:
        return [], inherited
    if NO_DUTY.search(clause) and not re.search(r"\bnot limited to\b", clause, re.I):
        return [], inherited
    hits = concepts_of(toks)
    taken = {k for h in hits for k in range(h.start, h.end) if h.end - h.start > 1}
    signs = signs_of(toks, taken, negative_intro)
    modality = modality_of(clause)
    universal = (
        context.irrespective or bool(STRONG.search(clause)) or (context.universal and bool(STRONG.search(clause)))
    )
    universal = universal or context.universal
    reader = ClauseReader(toks, hits, signs, context, modality, universal, clause)
    found = reader.read()
    if all(d.constraint.attribute.startswith("do:") for d in found) and (active := as_active(clause)):
        again, _ = _clause(active, context, negative_intro, inherited)
        named = [d for d in again if not d.constraint.attribute.startswith("do:")]
        found = named or found or again
    return found, inherited


PASSIVE = re.compile(
    r"^(?P<s>[^,;:]{2,60}?) (?P<m>must|should|may|can|shall|has to|have to|is to|are to|is|are)(?: (?P<n>not|never|always))?(?: be)? (?P<v>\w+(?:ed|en|wn|ught|told|put|made|said|kept|held|sent|read))(?P<r>\b.*)$",
    re.I,
)


def as_active(clause: str) -> str:
    """ "The question must not be repeated" as "must not repeat the question"; "" where a clause is no passive."""
    m = PASSIVE.match(clause.strip())
    if m is None:
        return ""
    verb = {"told": "tell", "made": "make", "kept": "keep", "put": "put", "sent": "send"}.get(
        m.group("v").lower(), lemma(m.group("v").lower())
    )
    subject, sign = m.group("s").strip(), (m.group("n") or "").lower()
    if re.match(r"no\b", subject, re.I):
        subject, sign = subject[2:].strip(), "never"
    if (
        m.group("m").lower() in ("is", "are")
        and not sign
        and verb in ("forbid", "ban", "prohibit", "allow", "permit", "require", "expect")
    ):
        return ""
    lead = {"not": "do not ", "never": "never ", "always": "always "}.get(
        sign, "always " if m.group("m").lower() in ("must", "shall") else ""
    )
    return f"{lead}{verb} {subject}{m.group('r')}"


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
