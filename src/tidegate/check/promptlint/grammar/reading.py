"""What every reader of a clause shares: its words, its signs, its place, and the drafts it adds."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.drafts import Context, Draft, Hit
from tidegate.check.promptlint.grammar.places import place_of
from tidegate.check.promptlint.grammar.text import Token, number_at
from tidegate.check.promptlint.grammar.vocabulary import (
    IMPERATIVES,
    NEG_FORWARD,
    NEG_VERBS,
    POST_NEG,
    SOFT_BENIGN,
    VERBS_ALSO,
)
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Constraint

PROHIBITS = re.compile(
    r"\b(?:do not|must not|should not|may not|can not|no|not|refrain|without|forbidden|banned|prohibited|omit|skip)\b"
)
PRYING = word_set("personal private intimate sensitive leading trick")
INVENTS = re.compile(r"\b(?:make|making|made)[- ]up\b|\b(?:invent|fabricat|hallucinat|falsif|forge)\w*|\bfake\b")
TOO_MUCH = word_set("excessively heavily often repeatedly liberally unnecessarily gratuitously frequently overly")
DEGREE = word_set(
    "excessive unnecessary needless undue redundant superfluous overly gratuitous extraneous excess excessively unneeded "
    "overused irrelevant pointless empty too same such certain nested"
)


OWN_PLACE = {"heading": "header", "title": "headline", "codeblock": "code"}


class Reading:
    """One clause being read."""

    def __init__(
        self, toks: tuple[Token, ...], hits: list[Hit], signs: list[bool], context: Context, modality: str,
        universal: bool, clause: str,
    ) -> None:  # fmt: skip
        self.toks, self.signs, self.context, self.clause = toks, signs, context, clause
        self.modality, self.universal = modality, universal
        self.hits = [h._replace(positive=signs[h.start]) for h in hits]
        self.lemmas = [t.lemma for t in toks]
        self.low = clause.lower()
        self.out: list[Draft] = []
        self.used: set[int] = set()
        self.done: set[str] = set()  # attributes that a frame has read
        self.part = place_of(self.low, self.context.parts, self.unquote)

    def add(self, attribute: str, operator: str, value: object = None, *, scope: tuple[str, ...] = (),
            restrict: tuple[str, ...] = (), soft: bool = False, modality: str | None = None) -> None:  # fmt: skip
        """Add one draft in the clause's scope."""
        scope, restrict = scope or self.part, tuple(dict.fromkeys(restrict))
        if operator in ("present", "absent") and scope in (("part", attribute), ("part", OWN_PLACE.get(attribute))):
            scope = ()  # "headings are not permitted" speaks of headings, not of what stands in them
        self.out.append(Draft(Constraint(attribute, operator, value), scope, restrict, modality or self.modality,
                              soft or attribute in lexicon.SOFT, self.universal,
                              operator in ("absent", "not-contains", "not-starts", "not-ends")
                              and bool(PROHIBITS.search(self.low))))  # fmt: skip

    def unquote(self, word: str) -> str:
        """A name, quoted or not."""
        m = re.fullmatch(r"\x01(\d+)\x02", word)
        return self.context.masked.quotes[int(m.group(1))].lower() if m else word.lower()

    def residue(self, family: str, *spans: tuple[int, int]) -> tuple[str, ...]:
        """Content words that no rule accounts for: they narrow what the clause speaks of."""
        benign = SOFT_BENIGN.get(family, frozenset())
        inside = {k for a, b in spans for k in range(a, b)} | self.used
        inside |= {
            k
            for h in self.hits
            for k in range(h.start, h.end)
            if h.attribute == family or not (self.inside_place(h) or self.treated(h))
        }
        joined = self.joined(spans)
        words = []
        for k, t in enumerate(self.toks):
            if k in inside or k in joined or not (t.low[0].isalpha()):
                continue
            lem = t.lemma
            if (lem in lexicon.BENIGN or t.low in lexicon.BENIGN or lem in benign or t.low in benign or lem in NEG_VERBS
                    or lem in POST_NEG or t.low in POST_NEG or t.low.endswith("ly") or lem in NEG_FORWARD
                    or lem in lexicon.REPLY_NOUNS or lem in lexicon.USERS or lem in lexicon.ASSISTANT):  # fmt: skip
                continue
            if self.acts(k):
                continue
            if number_at(self.toks, k) is not None or (
                k == 0 and (lem in IMPERATIVES or lem in VERBS_ALSO or self.leads())
            ):
                continue
            nxt = self.toks[k + 1].lemma if k + 1 < len(self.toks) else ""
            if nxt in ("reply", "answer", "response", "message", "output") and t.low == lem:
                continue  # "every booking answer" is every answer
            words.append(lem)
        return tuple(sorted(set(words)))

    def acts(self, k: int) -> bool:
        """Whether a word is the deed itself: "do not illustrate with …", "nothing is to be printed in …"."""
        t, prior = self.toks[k], self.toks[k - 1].low if k else ""
        if prior in ("not", "never") and base_form(t) and k + 1 < len(self.toks) and k <= 3:
            return t.lemma in DEEDS and self.toks[k + 1].low in DEED_AFTER
        return prior in ("be", "been", "is", "are", "not") and t.low != t.lemma and t.low.endswith(("ed", "en"))

    def degree(self, end: int) -> tuple[str, ...]:
        """Words that forbid only too much of a thing: "unnecessary lists", "excessive detail"."""
        invented = ["invented"] if INVENTS.search(self.low) else []
        if "question" in self.lemmas:
            invented += [t.low for t in self.toks if t.low in PRYING]
        return (*invented, *(t.low for k, t in enumerate(self.toks) if t.low in (DEGREE if k < end else TOO_MUCH)))

    def purpose(self, end: int) -> tuple[str, ...]:
        """What a prohibition is limited to by "as …" or "for …": "no code blocks for prose"."""
        for k in range(end, len(self.toks) - 1):
            if self.toks[k].low in ("as", "for", "in", "inside", "within"):
                rest = [t for t in self.toks[k + 1 :] if t.low.isalpha()]
                if not rest or rest[0].low in (
                    "this",
                    "our",
                    "each",
                    "every",
                    "all",
                    "any",
                    "example",
                    "instance",
                    "your",
                ):
                    return ()
                words = [
                    t.lemma
                    for t in rest
                    if t.low not in ("the", "a", "an")
                    and (t.lemma not in lexicon.REPLY_NOUNS or (t.lemma == "text" and len(rest) == 1))
                ]
                return tuple(
                    w for w in words if w not in lexicon.USERS and w not in ("conversation", "circumstance", "case")
                )[:3]
        return ()

    def edge(self, h: Hit) -> tuple[str, ...]:
        """The end of the reply that a thing is asked for or kept from: "do not end with a question"."""
        if h.attribute in ("greeting", "opener", "closing", "title", "heading"):
            return ()
        verbs = [t.lemma for t in self.toks[max(0, h.start - 4) : h.start]]
        if {"end", "finish", "close", "conclude"} & set(verbs):
            return ("at the end",)
        return ("at the start",) if {"start", "begin", "open"} & set(verbs) else ()

    def leads(self) -> bool:
        """Whether the first word is a verb in the imperative, judged by what follows it."""
        return imperative(self.toks)

    def joined(self, spans: tuple[tuple[int, int], ...]) -> set[int]:
        """Words that "or", "and" or a comma joins to what was read: other things beside it, not a narrowing of it."""
        out: set[int] = set()
        for a, b in spans:
            k = a - 1
            while k >= 1 and (self.toks[k].low in ("or", "and", "nor", ",", "/")):
                out.add(k - 1)
                k -= 2
            k = b
            while k + 1 < len(self.toks) and self.toks[k].low in ("or", "and", "nor", ",", "/"):
                k += 1
                while k + 1 < len(self.toks) and (
                    self.toks[k].low.endswith("ly")
                    or self.toks[k].low
                    in (
                        "or",
                        "and",
                        "nor",
                        "any",
                        "a",
                        "an",
                        "the",
                        "other",
                    )
                ):
                    k += 1
                out.add(k)
                k += 1
        return out

    def treated(self, h: Hit) -> bool:
        """Whether a concept is the thing that another one is asked of: "SQL queries are in capitals", "write acronyms in lowercase"."""
        if not any(o.start > h.end and o.attribute != h.attribute for o in self.hits) or h.end >= len(self.toks):
            return False
        nxt = self.toks[h.end]
        if nxt.lemma in (
            "be",
            "must",
            "should",
            "have",
            "use",
            "need",
            "end",
            "start",
            "begin",
            "contain",
            "carry",
            "include",
            "take",
            "get",
        ):
            return h.start <= 2 and not self.leads()
        return nxt.low in ("in", "as", "using") and h.start <= 3 and self.leads_or_verb()

    def leads_or_verb(self) -> bool:
        """Whether the clause begins with an imperative."""
        return self.leads() or self.toks[0].lemma in IMPERATIVES or self.toks[0].lemma in VERBS_ALSO

    def inside_place(self, h: Hit) -> bool:
        """Whether a concept only says where: "no emoji in headings"."""
        k = h.start - 1
        while k >= 0 and self.toks[k].low in ("the", "a", "an", "each", "every", "any", "all", "your", "these"):
            k -= 1
        return (
            k >= 0
            and self.toks[k].low
            in ("in", "inside", "within", "under", "of", "from", "on", "for", "to", "with", "about")
            and any(o.start < k for o in self.hits)
            and self.toks[k].low not in ("with", "to")
        )


def fold(text: str) -> str:
    """Keywords are compared without case and outer punctuation."""
    return text.strip().strip(".,;:").lower()


# verbs that only bring a thing about; "do not repeat the greeting" forbids less than a greeting
DEEDS = word_set("embed illustrate divide decorate wrap attach insert type print furnish draw sketch pose compose")
DEED_AFTER = word_set("with by in on as out the a an any your it them images pictures questions tables")
AFTER_VERB = word_set(
    "the a an your their his her its each every all any no it them this that these those in out up down into with to at on "
    "by through how what why only of without everything anything something nothing yourself as over off back away across along together after before within"
)
NO_VERB = word_set(
    "the a an this that these those it they he she we i you your their each every all any no if when for in on at by with "
    "to of and or but not there here what which who how why as from than only one nothing something"
)


SUBJECTS = word_set(
    "input output data text content traffic mail email code support search access feedback history context documentation weather "
    "information time money stock everybody someone nobody each most some many few several both"
)


LY_VERBS = word_set("rely apply reply supply comply imply multiply")


def base_form(t: Token) -> bool:
    """Whether a word is in its base form (summarise and summarize alike)."""
    return t.low == t.lemma or (t.lemma.endswith("ize") and t.low == t.lemma[:-3] + "ise")


def imperative(toks: tuple[Token, ...]) -> bool:
    """Whether a clause begins with a verb in its base form: nothing but a verb stands before "the", "your", "into" …"""
    if len(toks) < 2 or not toks[0].low.isalpha() or not base_form(toks[0]) or toks[0].low in NO_VERB:
        return False
    if number_at(toks, 0) is not None:
        return False  # "five bullets"
    if (
        (toks[0].low.endswith("ly") and toks[0].low not in LY_VERBS)
        or toks[0].lemma in lexicon.USERS
        or toks[0].lemma in lexicon.REPLY_NOUNS
    ):
        return False
    if toks[1].low in AFTER_VERB:
        return True
    if toks[1].low in ("exactly", "precisely") or (number_at(toks, 1) is not None and toks[0].lemma not in SUBJECTS):
        return True  # "suggest exactly three beers"
    plural = toks[1].low.isalpha() and toks[1].low != toks[1].lemma and toks[1].low.endswith("s")
    finite = any(t.lemma in ("be", "must", "should", "may", "can", "will", "have", "do") for t in toks)
    if not plural and not finite and len(toks) > 2 and toks[1].low.isalpha() and toks[0].lemma not in SUBJECTS:
        plural = toks[2].low in (
            "to",
            "in",
            "with",
            "for",
            "from",
            "on",
            "at",
            "into",
            "every",
            "each",
            "after",
            "before",
        )
    return plural and not finite and toks[0].lemma not in SUBJECTS and (len(toks) == 2 or toks[2].low in AFTER_VERB)
