"""What a condition says: known families are enumerations, whatever else is an opaque predicate.

Unknown predicates are keyed by their content words, so that "unless the guest used one first" and
"when the guest has used one first" are one condition and its opposite; known families (country,
tier, language, day …) have values that exclude each other.
"""

# ruff: noqa: E501

import re
from functools import lru_cache

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import tokens
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Conjunction, Literal

STOP = word_set(
    "a an the this that these those it its be have do does did can could will would shall should must may "
    "might you your they their them he she his her to of in on at for with by from as and or if when "
    "whenever is are was were been being has had there here then so just really very any some such own "
    "also already ever currently explicitly clearly specifically directly actually please about"
)  # fmt: skip


SYNONYMS = {
    **dict.fromkeys(lexicon.USERS - {"person", "people", "they", "them", "he", "she", "you", "u", "who", "whoever",
                                     "everyone", "everybody", "anyone", "someone", "human", "child", "minor"}, "user"),
    "emoticon": "emoji", "smiley": "emoji", "pictogram": "emoji", "request": "ask", "want": "ask", "inquire": "ask",
    "enquire": "ask", "query": "ask", "one": "it", "uses": "use", "employ": "use", "utilize": "use", "mention": "mention",
    "documentation": "source", "document": "source", "doc": "source", "context": "source", "material": "source",
    "knowledge": "source", "manual": "source", "article": "source", "base": "source",
    "cover": "contain", "include": "contain", "hold": "contain", "answer": "answer", "write": "write", "speak": "write",
    "initially": "first", "before": "first", "start": "first", "begin": "first", "detail": "detail", "details": "detail",
    "concern": "topic", "regard": "topic", "involve": "topic", "relate": "topic", "discuss": "topic", "upset": "angry",
    "frustrated": "angry", "annoyed": "angry", "furious": "angry",
}  # fmt: skip


NEGATIONS = word_set("not no never without none neither nor lack lacking")


TOPIC = re.compile(r"^(?:the |a |an |any |this |your )?(?:\w+ )?(?P<what>reply|answer|response|message|question|ticket|request|topic|issue|conversation|query|case|subject|email|discussion|inquiry|enquiry|problem|complaint|call|chat)s?\s+(?:is about|is related to|relates to|concerns?|involves?|regards?|touch(?:es)? on|deals? with|is on|covers?|is regarding)\s+(?P<value>.+)$", re.I)  # fmt: skip


ASKS = re.compile(r"^(?:the |a |an )?(?:\w+ )?(?:user|customer|client|guest|caller|they|he|she|someone|patient|student|visitor|member|person|reader)s?\s+(?:(?:has|have|explicitly|specifically|directly) )*(?:asks?(?:ed)?|requests?(?:ed)?|wants?|inquires?|enquires?|asking|needs?)\s+(?:you )?(?:for|about|to|how|what|whether|a|an)?\s*(?P<value>.+)$", re.I)  # fmt: skip


EQUALS = re.compile(r"^(?:the |a |an |your |their |this )?(?P<key>(?:[\w'’-]+ ){0,4}?[\w'’-]+)\s*(?:\bis\b|\bare\b|\bequals\b|==?|\bis set to\b|:)\s*(?:equal to |set to )?(?P<not>not |n't |no longer )?(?:in |on |from |at |the |a |an |of )*(?P<value>[^,]+?)\s*$", re.I)  # fmt: skip


LANGUAGE_OF = re.compile(r"\b(?:writ(?:es?|ing|ten)|wrote|speaks?|speaking|messages?|asks?|types?|communicates?|language)\b.*?\b([A-Z][a-z]+)\b|\b([A-Z][a-z]+)[- ]speaking\b")  # fmt: skip


def condition(text: str, word: str = "if") -> tuple[Conjunction, ...]:
    """The condition a phrase states, as alternatives of conjunctions; () when it says nothing."""
    text = expand(text.strip(" ,.")).strip()
    if re.fullmatch(r"you (?:speak|write|answer|reply|respond|talk|do)(?: so)?", text, re.I):
        return ()
    if not text or re.fullmatch(
        r"(?:possible|needed|necessary|appropriate|applicable|relevant|required|available|useful|helpful|suitable)",
        text,
        re.I,
    ):
        return () if not text else ((Literal(key=f"it is {text.lower()}", words=f"it is {text.lower()}"),),)
    if word.startswith(("unless", "except", "if", "when", "only", "whenever", "in case", "should", "for", "where")):
        pieces = re.split(r",?\s+or\s+(?:if |when |in case |for )?", text, flags=re.I)
    else:
        pieces = [text]
    before = word in ("before", "until") and not re.match(r"(?:you|it|any|each|every|a|an)\b|\w+ing\b\s", text)
    after = word in ("after", "once", "as soon as") and not re.match(
        r"(?:you|it|any|each|every|a|an)\b|\w+ing\b\s", text
    )
    during = word in ("during", "while") and bool(re.match(r"(?:the |an? )?\w+$", text, re.I))
    if before or after or during:
        key, _ = _content(text)
        phase = "before" if before else "after" if after else "during"
        return ((Literal(key=f"phase {key}", value=phase, functional=True, words=f"{phase} {text}"),),) if key else ()
    if len(pieces) > 1:
        head = re.match(
            r"^(.*\b(?:is|are|asks? (?:for|about)|for|in|about|mentions?|from)\s+(?:the |a |an )?)\S+(?:\s\S+)?$",
            pieces[0],
            re.I,
        )
        if head and len(pieces[1].split()) <= 2:
            pieces = [pieces[0], *(head.group(1) + p for p in pieces[1:])]
    out = []
    for piece in pieces:
        conj = []
        for part in re.split(
            r",?\s+and\s+(?=(?:the|they|he|she|it|you|their|there|has|have|is|are|does|no|not|user|customer)\b)",
            piece,
            flags=re.I,
        ):
            lit = literal(part)
            if lit is not None:
                conj.append(lit)
        if conj:
            out.append(tuple(conj))
    return tuple(out)


def enumerated_literal(words: list[str]) -> Literal | None:
    """The condition of a known family (country, tier, day …) that these words name; None for none or several."""
    for w in words:
        if w in ("business", "office", "working") and "hour" in words:
            return Literal(key="hours", value="business", functional=True, words="business hours")
    found = [(w, lexicon.ENUMERATED[w]) for w in words if w in lexicon.ENUMERATED]
    if len(found) == 1:
        value, key = found[0]
        if key == "customer history" and value == "existing":
            value = "returning"
        if key == "expertise" and value == "novice":
            value = "beginner"
        return Literal(key=key, value=value, functional=True, words=f"{key} = {value}")
    return None


@lru_cache(maxsize=20_000)
def literal(phrase: str) -> Literal | None:
    """One atomic condition; None when nothing is left of the phrase."""
    phrase = re.sub(r"\s+", " ", expand(phrase)).strip(" ,.")
    positive = True
    m = TOPIC.match(phrase)
    if m is not None:
        value, positive = _content(m.group("value"))
        return (
            Literal(
                key="topic",
                value=value,
                positive=positive,
                functional=True,
                words=f"the topic is {m.group('value').strip()}",
            )
            if value
            else None
        )
    language = LANGUAGE_OF.search(phrase)
    if language:
        name = (language.group(1) or language.group(2) or "").lower()
        if name in lexicon.CHOICE["language"]:
            negative = bool(re.search(r"\bnot\b|\bother than\b", phrase, re.I))
            return Literal(
                key="user language",
                value=name,
                positive=not negative,
                functional=True,
                words=f"the user writes {name.capitalize()}",
            )
    m = ASKS.match(phrase)
    if m is not None and not re.search(r"\bnot\b", phrase):
        value, positive = _content(m.group("value"))
        if value:
            return Literal(
                key="user asks", value=value, positive=positive, words=f"the user asks {m.group('value').strip()}"
            )
    low_tokens = [t.low if t.low in lexicon.ENUMERATED else t.lemma for t in tokens(phrase.lower())]
    enumerated = enumerated_literal(low_tokens)
    if enumerated is not None:
        content = [w for w in low_tokens if w not in STOP and w not in lexicon.ENUMERATED]
        kin = word_set(
            "user account customer country region plan tier client guest live base locate located based "
            "subscription subscriber member location device patient student age market jurisdiction card level "
            "type status kind come reside sign hour visitor shopper during business office working request arrive "
            "today day not no app billing shipping delivery order contact reach channel person traveller traveler"
        )
        if all(SYNONYMS.get(w, w) in kin or w in kin for w in content):
            negative = any(w in NEGATIONS for w in low_tokens)
            return enumerated.negated() if negative else enumerated
    m = EQUALS.match(phrase)
    if m is not None and len(m.group("value").split()) <= 4:
        key, _ = _content(m.group("key"))
        value, sign = _content(m.group("value"))
        if value == "user":  # "the holder is a visitor": which kind of person is the point
            value = " ".join(sorted(t.lemma for t in tokens(m.group("value").lower()) if t.low not in STOP))
        subject_user = key in ("user", "", "it")
        if key and value and not subject_user:
            return Literal(key=key, value=value, positive=sign and not m.group("not"), functional=True, words=phrase)
    content_text, positive = _content(phrase)
    if content_text == "user":  # members are not guests: only the general words for a user mean every user
        kinds = sorted(
            {t.lemma for t in tokens(phrase.lower()) if t.lemma in lexicon.USERS}
            - {"user", "customer", "client", "person", "people"}
        )
        content_text = " ".join(kinds) or content_text
    return Literal(key=content_text, positive=positive, words=phrase) if content_text else None


def _content(phrase: str) -> tuple[str, bool]:
    """Content words (lemmas, synonyms folded, sorted) and whether the phrase is affirmative."""
    toks = tokens(phrase.lower())
    positive = sum(t.lemma in NEGATIONS for t in toks) % 2 == 0
    words = {SYNONYMS.get(t.lemma, t.lemma) for t in toks if t.low not in STOP and t.lemma not in STOP
             and t.lemma not in NEGATIONS and (t.low[0].isalnum() or t.quote)}  # fmt: skip
    if words > {"user"}:
        words -= {"user"}
    return " ".join(sorted({stem(w) for w in words})), positive


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without the endings that turn a verb into a noun: celebrating and celebration are one condition."""
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ments", "ment"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > 5 else word


def conjoined(groups: list[tuple[Conjunction, ...]]) -> tuple[Conjunction, ...]:
    """Several conditions that must all hold, as alternatives of conjunctions."""
    out: list[Conjunction] = [()]
    for g in groups:
        out = [a + b for a in out for b in g]
    return tuple(c for c in out if c) if groups else ()


def branch_literal(expression: str, sign: bool) -> Literal:
    """The condition of a template branch: `plan == "pro"` or any other expression, as it is written."""
    e = " ".join(expression.split())
    m = re.fullmatch(r"([\w.\[\]'\"]+)\s*(==|!=|is not|is)\s*[\"']?([\w .-]+?)[\"']?", e)
    if m:
        equal = m.group(2) in ("==", "is")
        return Literal(key=f"template {m.group(1)}", value=m.group(3), positive=sign is equal, functional=True, words=e)
    m = re.fullmatch(r"not\s+(.+)", e)
    if m:
        return branch_literal(m.group(1), not sign)
    return Literal(key=f"template {e}", positive=sign, words=e)
