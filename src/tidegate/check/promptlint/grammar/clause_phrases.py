"""Quoted words and sentences that must start, end, appear in or stay out of the reply."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.reading import Reading, fold
from tidegate.check.promptlint.grammar.text import number_at, tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    VERBS_OF_PHRASE,
)
from tidegate.check.promptlint.grammar.wordset import word_set

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE_SHAPES = (
    ("iso", re.compile(r"\d{4}-\d{2}-\d{2}|yyyy-mm-dd", re.I)),
    ("day-first", re.compile(r"dd?[/.]mm?[/.]yy(?:yy)?|(?:1[3-9]|2\d|3[01])[/.]\d{1,2}[/.]\d{2,4}", re.I)),
    ("month-first", re.compile(r"mm?/dd?/yy(?:yy)?|\d{1,2}/(?:1[3-9]|2\d|3[01])/\d{2,4}", re.I)),
    ("month name first", re.compile(rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|month day,? year", re.I)),
    ("day and month name", re.compile(rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}|day month year", re.I)),
)


CLOCK_SHAPES = (
    ("12h", re.compile(r"\b(?:1[0-2]|0?[1-9])(?::[0-5]\d)? ?[ap]\.?m\b", re.I)),
    ("24h", re.compile(r"\b(?:1[3-9]|2[0-3]):[0-5]\d\b(?! ?[ap]\.?m)", re.I)),
)


QUOTED_WORD = word_set("word term phrase keyword expression sentence string text include contain say mention")


class Phrases(Reading):
    """Reads required and forbidden texts."""

    def phrases(self) -> None:
        """Quoted words and sentences that must start, end, appear in or stay out of the reply."""
        quotes = [(k, int(t.text[1:-1])) for k, t in enumerate(self.toks) if t.quote and k not in self.used]
        low = self.low
        if not quotes:
            if self.bare_date() or self.bare_time():
                return
            self.data_at_edge()
            self.unquoted_words()
            return
        if "pronoun" in self.lemmas:
            return
        if self.dates(quotes):
            return
        if any(self.context.masked.quotes[x].strip().lower() in ("i", "me", "my") for _, x in quotes):
            if "first-person" not in {d.constraint.attribute for d in self.out} and {"use", "say", "write"} & set(
                self.lemmas
            ):
                self.add("first-person", "present" if self.signs[quotes[0][0]] else "absent")
            return
        if re.search(
            r"\b(?:such as|for example|like|e\.g|similar to|along the lines of|called|named|titled|labell?ed|entitled|known as|means?|denoted|represented|the format|following format|instead of)\b",
            low,
        ) and not re.search(
            r"\b(?:exact|verbatim|word|phrase|sentence)\b|\b(?:start|begin|open|end|close|finish|conclude)s? (?:with something )?(?:exactly )?like this\b",
            low,
        ):
            self.used |= {k for k, _ in quotes}
            return
        for position, (k, index) in enumerate(quotes):
            literal = self.context.masked.quotes[index]
            self.used.add(k)
            positive = self.signs[k]
            before = [t.lemma for t in self.toks[max(0, k - 8) : k]]
            whole = self.lemmas
            admits = re.search(
                r"\bi (?:do not|don['’]t|cannot|can['’]t|am not|'m not) (?:know|sure|answer|help)|not (?:sure|certain)|unknown\b",
                literal,
                re.I,
            )
            if admits and (
                {"phrase", "word", "sentence", "words", "ban", "forbid"} & set(whole)
                or any(
                    v in whole for v in ("say", "reply", "respond", "answer", "write", "state", "tell", "use", "output")
                )
            ):
                self.add("abstain", "present" if positive else "absent", None)
                continue
            stop = {k for k, t in enumerate(self.toks) if t.quote}
            extra = word_set(
                "word term phrase sentence keyword expression line text statement following exact verbatim wording "
                "string say mention appear name character words letter quote opener tagline slogan notice disclaimer "
                "formula literal greeting salutation sign vocabulary lexicon speak message open introduce preface "
                "farewell closing motto opening initial very occur"
            )
            rest = tuple(w for w in self.residue("keyword", (k, k + 1)) if w not in extra and w not in VERBS_OF_PHRASE)
            _ = stop
            starts = bool(
                re.search(
                    r"\b(?:start|begin|open|opens|opening|lead|preface|prefix|first (?:word|words|line|sentence|thing)|introduce|kick off|kicks off|prepend|starts|begins|leads)\b",
                    low,
                )
            ) and not re.search(
                r"\b(?:sentences?|paragraphs?|bullets?|lines?|section|postscript|headers?|headings?|items?|titles?|names?|commits?|each|every) (?:must |should |to )?(?:start|begin|open)",
                low.replace("every response", "").replace("every reply", ""),
            )
            ends = bool(
                re.search(
                    r"\b(?:end|ends|finish|finishes|close|closes|conclude|concludes|sign off|sign-off|last (?:word|words|line|sentence|thing)|closing|final (?:word|words|line|sentence)|wrap up|append)\b",
                    low,
                )
            )
            if starts and not ends:
                self.add("phrase.start", "starts" if positive else "not-starts", literal, restrict=rest)
                continue
            if ends and not starts:
                self.add("phrase.end", "ends" if positive else "not-ends", literal, restrict=rest)
                continue
            counted = self.times()
            keywordish = bool(
                word_set(
                    "word term phrase keyword expression sentence string line text disclaimer statement notice words"
                )
                & set(whole)
            ) or bool(
                word_set(
                    "include contain use say mention write add insert avoid appear put ban utter drop work carry feature "
                    "weave occur come find be present forbid prohibit speak hear see show need require read omit leave"
                )
                & set(whole)
            )
            if not keywordish or (self.context.masked.code[index] and not QUOTED_WORD & set(whole)):
                continue
            if {"replace", "interpret", "treat", "read", "spell", "mean", "respond", "abbreviate", "instead"} & set(
                before
            ):
                continue
            if counted is not None and positive:
                lo, hi = counted
                if lo is not None:
                    self.add(f"keyword:{fold(literal)}", ">=", lo, restrict=rest)
                if hi is not None:
                    self.add(f"keyword:{fold(literal)}", "<=", hi, restrict=rest)
                continue
            _ = position
            self.add("contains", "contains" if positive else "not-contains", literal, restrict=rest)

    def data_at_edge(self) -> None:
        """ "End with the reference number": a place that holds one thing."""
        m = re.search(
            r"\b(?P<edge>start|begin|open|end|finish|close|conclude)s? (?:each |every |all |your |the |any )?(?:\w+ )?(?:with|on|by giving|by stating) (?:the|your|a|an) (?P<what>(?:\w+ ){0,2}(?:number|id|code|date|total|price|score|name|version|timestamp|amount|reference|title))\b",
            self.low,
        )
        if m is None or not self.signs[0]:
            return
        kind = "starts" if m.group("edge") in ("start", "begin", "open") else "ends"
        self.add(f"phrase.{kind[:-1]}", kind, f"[{m.group('what').split()[-1]}]")
        if kind == "starts" and re.search(r"\bnothing (?:before|else)\b", self.low):
            self.add("opener", "absent")

    def dates(self, quotes: list[tuple[int, int]]) -> bool:
        """A date written out as the pattern to follow."""
        for k, index in quotes:
            literal = self.context.masked.quotes[index].strip()
            shape = next((name for name, pattern in DATE_SHAPES if pattern.fullmatch(literal)), None)
            if shape is not None and re.search(r"\b(?:dates?|format|like|as)\b", self.low):
                self.used.add(k)
                self.add("date-format", "is" if self.signs[k] else "not-one-of", shape if self.signs[k] else [shape])
                return True
        return False

    def bare_date(self) -> bool:
        """ "Dates take the form 31/12/2025": the pattern without quotation marks."""
        if not re.search(r"\b(?:dates?|days?|deadlines?|timestamps?)\b", self.low) or any(
            h.attribute == "date-format" for h in self.hits
        ):
            return False
        for name, pattern in DATE_SHAPES:
            m = re.search(rf"\b(?:{pattern.pattern})(?!\w)", self.low, re.I)
            if m is not None:
                positive = not re.search(r"\b(?:never|not|avoid|no)\b", self.low[: m.start()])
                self.add("date-format", "is" if positive else "not-one-of", name if positive else [name])
                self.used |= set(range(len(self.toks)))
                return True
        return False

    def bare_time(self) -> bool:
        """ "Write times like 3:30 pm": the clock by an example of it."""
        lead = re.search(
            r"\b(?:times?|hours|appointments?|clock)\b.*?\b(?:like|as|format|style|such as|e\.g\.?|pattern|example)\b",
            self.low,
        )
        if lead is None or any(h.attribute == "clock" for h in self.hits):
            return False
        for name, pattern in CLOCK_SHAPES:
            if pattern.search(self.low, lead.end()):
                positive = not re.search(r"\b(?:never|not|avoid|no)\b", self.low)
                self.add("clock", "is" if positive else "not-one-of", name if positive else [name])
                self.used |= set(range(len(self.toks)))
                return True
        return False

    def unquoted_words(self) -> None:
        """ "the word synonyms", "the keywords atlantis and constable", "do not use the word shall"."""
        m = re.search(
            r"\b(?:the )?(?:word|term|keyword)s?\s*:?\s+(?P<w>[a-z][\w'-]+)(?P<more>(?:\s*(?:,|and|or)\s+[a-z][\w'-]+)*)",
            self.low,
        )
        if (
            m is None
            or m.group("w") in lexicon.BENIGN
            or m.group("w")
            in ("count", "limit", "length", "list", "choice", "order", "in", "per", "is", "are", "cap", "cloud", "from")
        ):
            return
        if not re.search(r"\b(?:the (?:word|term|keyword)|keywords?|words?:)", self.low):
            return
        names = [m.group("w"), *re.findall(r"[a-z][\w'-]+", re.sub(r"\b(?:and|or)\b", " ", m.group("more")))]
        k = next((i for i, t in enumerate(self.toks) if t.low == m.group("w")), 0)
        counted = self.times()
        for name in names:
            if name in lexicon.BENIGN and name != m.group("w"):
                continue
            self.used |= {i for i, t in enumerate(self.toks) if t.low == name}
            if counted is not None and self.signs[k]:
                lo, hi = counted
                if lo is not None:
                    self.add(f"keyword:{fold(name)}", ">=", lo)
                if hi is not None:
                    self.add(f"keyword:{fold(name)}", "<=", hi)
            else:
                self.add("contains", "contains" if self.signs[k] else "not-contains", name)

    def times(self) -> tuple[int | None, int | None] | None:
        """ "at least 3 times", "exactly twice", "no more than once": (low, high)."""
        m = re.search(
            r"(?P<op>at least|at most|exactly|no more than|not more than|more than|less than|fewer than|up to|no fewer than|a minimum of|a maximum of|only|never more than)?\s*(?:(?P<n>\d+|[a-z]+)\s+(?:or more )?times?|(?P<w>once|twice|thrice))\b",
            self.low,
        )
        if m is None:
            return None
        word = m.group("w")
        n = {"once": 1, "twice": 2, "thrice": 3}.get(word or "")
        if n is None:
            read = number_at(tokens(m.group("n")), 0) if m.group("n") else None
            if read is None:
                return None
            n = read[0]
        op = (m.group("op") or "").strip()
        if (
            "or more" in m.group(0)
            or op in ("at least", "no fewer than", "a minimum of")
            or (not op and word is None and "at least" in self.low)
        ):
            return n, None
        if op in ("at most", "no more than", "not more than", "up to", "a maximum of", "never more than"):
            return None, n
        if op == "more than":
            return n + 1, None
        if op in ("less than", "fewer than"):
            return None, n - 1
        return n, n
