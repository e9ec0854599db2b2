"""One clause: concepts, amounts, quoted texts and tools, each with the negation it stands under."""

# ruff: noqa: E501, SIM102

import re

from tidegate.check.promptlint import lexicon
from tidegate.check.promptlint.drafts import Context, Draft, Hit
from tidegate.check.promptlint.model import Constraint
from tidegate.check.promptlint.quantity import Quantity, quantities
from tidegate.check.promptlint.text import Token, lemma, number_at, tokens
from tidegate.check.promptlint.vocabulary import (
    ACTION_VERBS,
    ELEMENTS,
    IDENT,
    IMPERATIVES,
    NEG_FORWARD,
    NEG_VERBS,
    PART_NOUNS,
    PLACES,
    POST_NEG,
    PRESENT_BENIGN,
    SOFT_BENIGN,
    TOOL_VERBS,
    VERB_CLASS,
    VERBS_ALSO,
    VERBS_OF_PHRASE,
)
from tidegate.check.promptlint.wordset import word_set


def concepts_of(toks: tuple[Token, ...]) -> list[Hit]:
    """Concepts of a clause, longest wording first, none overlapping."""
    table = lexicon.concepts()
    out: list[Hit] = []
    k = 0
    while k < len(toks):
        best = None
        for lemmas, kind, attribute, value in table.get(toks[k].lemma, ()):
            if best is not None and len(lemmas) < len(best[0]):
                break
            if _matches(toks, k, lemmas) and best is None:
                best = (lemmas, kind, attribute, value)
        if best is None:
            k += 1
            continue
        end = k + len(best[0])
        out.append(Hit(best[1], best[2], best[3], k, end, True))
        k = end
    return out


def _matches(toks: tuple[Token, ...], k: int, lemmas: tuple[str, ...]) -> bool:
    if k + len(lemmas) > len(toks):
        return False
    return all(toks[k + j].lemma == lem or toks[k + j].low == lem for j, lem in enumerate(lemmas))


class ClauseReader:
    """Turns the concepts, quantities and quotations of one clause into drafts."""

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
        self.part = self._part()

    def read(self) -> list[Draft]:
        """All drafts of the clause."""
        self.tools()
        self.ordering()
        self.phrases()
        self.amounts()
        self.code_style()
        self.answer_first()
        self.concepts()
        if not self.out:
            self.action()
        return self.out

    # -- helpers -----------------------------------------------------------------------------

    def add(self, attribute: str, operator: str, value: object = None, *, scope: tuple[str, ...] = (),
            restrict: tuple[str, ...] = (), soft: bool = False, modality: str | None = None) -> None:  # fmt: skip
        """Add one draft in the clause's scope."""
        scope = scope or self.part
        self.out.append(Draft(Constraint(attribute, operator, value), scope, restrict, modality or self.modality,
                              soft or attribute in lexicon.SOFT, self.universal))  # fmt: skip

    def _part(self) -> tuple[str, ...]:
        """The named part or element the clause speaks of, from "in the X section" or a leading phrase."""
        for text in (*self.context.parts,):
            scope = part_of(text)
            if scope:
                return scope
        named = re.search(
            r"\b(?:in|under|within|inside|for|of|into) (?:a |the |your |each |every )?(?:(?P<a>[\w-]+(?: [\w-]+)?) )?(?P<n>section|part|block|field|column)s?(?: (?:called|named|titled|labell?ed) (?P<b>[\w\x01\x02]+))?",
            self.low,
        )
        called = re.search(
            r"\bsections? (?:called|named|titled|labell?ed|headed) (?P<b>[\w\x01\x02]+(?: [\w\x01\x02]+)?)", self.low
        )
        if called:
            return ("part", self.unquote(called.group("b")))
        if named and (named.group("a") or named.group("b")):
            return ("part", lemma(self.unquote(named.group("b") or named.group("a"))))
        place = re.match(
            r"^(?:the |each |every |all |your |any )?(?P<a>title|headline|subject line|body|heading|summary|introduction|conclusion|intro|outro|caption|footer|abstract|headline)s? (?:must|should|has|have|is|are|may|needs?|can|in|at|under)\b",
            self.low,
        ) or re.match(
            r"^(?:\w+ ){1,4}?(?:the|your|each|every) (?P<a>title|headline|subject line|body|heading|summary|introduction|conclusion|intro|outro|caption|footer|abstract)s? (?:in|under|below|to|at|within|short)\b",
            self.low,
        )
        if place:
            return ("part", lemma(place.group("a")))
        subject = re.match(
            r"^(?:the |each |every |all |your |any )?(?P<a>[\w-]+) (?P<n>section|part|block|field|paragraph)s?\b",
            self.low,
        )
        if subject and subject.group("a") not in ("the", "each", "every", "all"):
            return ("part", lemma(subject.group("a")))
        return ()

    def unquote(self, word: str) -> str:
        """A name, quoted or not."""
        m = re.fullmatch(r"\x01(\d+)\x02", word)
        return self.context.masked.quotes[int(m.group(1))].lower() if m else word.lower()

    def residue(self, family: str, *spans: tuple[int, int]) -> tuple[str, ...]:
        """Content words that no rule accounts for: they narrow what the clause speaks of."""
        benign = SOFT_BENIGN.get(family, frozenset())
        inside = {k for a, b in spans for k in range(a, b)} | self.used
        inside |= {
            k for h in self.hits for k in range(h.start, h.end) if h.attribute == family or not self.inside_place(h)
        }
        words = []
        for k, t in enumerate(self.toks):
            if k in inside or not (t.low[0].isalpha()):
                continue
            lem = t.lemma
            if (lem in lexicon.BENIGN or t.low in lexicon.BENIGN or lem in benign or t.low in benign or lem in NEG_VERBS
                    or lem in POST_NEG or t.low in POST_NEG or t.low.endswith("ly") or lem in NEG_FORWARD
                    or lem in lexicon.REPLY_NOUNS or lem in lexicon.USERS or lem in lexicon.ASSISTANT):  # fmt: skip
                continue
            if number_at(self.toks, k) is not None or (k == 0 and (lem in IMPERATIVES or lem in VERBS_ALSO)):
                continue
            nxt = self.toks[k + 1].lemma if k + 1 < len(self.toks) else ""
            if nxt in ("reply", "answer", "response", "message", "output") and t.low == lem:
                continue  # "every booking answer" is every answer
            words.append(lem)
        return tuple(sorted(set(words)))

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

    # -- families ----------------------------------------------------------------------------

    def tools(self) -> None:
        """Tools that must or must never be called, by name."""
        names: list[tuple[int, int, str]] = []
        for k, t in enumerate(self.toks):
            name = ""
            if t.quote:
                index = int(t.text[1:-1])
                inner = self.context.masked.quotes[index]
                nxt = self.lemmas[k + 1] if k + 1 < len(self.toks) else ""
                if self.context.masked.code[index] and (IDENT.match(inner) or nxt in ("tool", "function", "endpoint")):
                    name = inner
            elif (
                IDENT.match(t.text)
                and t.low not in {n.lower() for n in lexicon.CHOICE["naming"]}
                and not t.low.startswith(("snake_", "upper_"))
            ):
                name = t.text
            elif (
                t.low == "tool"
                and k
                and self.toks[k - 1].low
                not in word_set("the a any each every this that your all of right appropriate available no")
            ) and (
                self.toks[k - 1].low.isalpha()
                and k >= 2
                and self.toks[k - 2].low in ("the", "our", "your")
                and any(v in TOOL_VERBS for v in self.lemmas)
            ):
                name = self.toks[k - 1].low
            if name:
                names.append((k, k + 1, name.rstrip("()").lower()))
        verbs = [k for k, lem in enumerate(self.lemmas) if lem in TOOL_VERBS]
        if names and not verbs and names[0][0] <= 3 and not self.signs[names[0][0]]:
            verbs = [names[0][0]]
        if not names or not verbs:
            if names:
                self.used |= {k for a, b, _ in names for k in range(a, b)}
            return
        pivot = next(
            (
                k
                for k, t in enumerate(self.toks)
                if t.low in ("before", "after", "without", "prior") and k > names[0][0]
            ),
            None,
        )
        spans = tuple((a, b) for a, b, _ in names)
        for a, b, name in names:
            self.used |= set(range(a, b))
            if pivot is not None and a > pivot:
                continue
            if self.hits and any(h.attribute in ("format", "language") for h in self.hits):
                continue
            extra = {
                "tool",
                "function",
                "api",
                "endpoint",
                "turn",
                "call",
                "request",
                "command",
                "method",
                "service",
                "question",
                "query",
                *TOOL_VERBS,
            }
            rest = tuple(w for w in self.residue("tool", *spans) if w not in extra)
            counted = quantities(self.toks, frozenset())
            if counted or re.search(r"\b(?:once|twice|times?)\b", self.low):
                continue
            if pivot is not None and self.toks[pivot].low == "without":
                continue
            if pivot is not None and any(x > pivot for x, _, _ in names):
                other = next(n for x, _, n in names if x > pivot)
                first, second = (name, other) if self.toks[pivot].low in ("before", "prior") else (other, name)
                self.add("order", "before", [f"call {first}", f"call {second}"], restrict=())
                continue
            if pivot is not None:
                tail = [w for w in self.lemmas[pivot + 1 :] if w not in lexicon.BENIGN]
                if tail and not self.signs[a]:
                    rest = (*rest, *tail)
                else:
                    rest = tuple(w for w in rest if w not in self.lemmas[pivot + 1 :]) if not tail else rest
            self.add("tool", "present" if self.signs[a] else "absent", name, restrict=rest)

    def ordering(self) -> None:
        """ "Verify identity before you discuss the balance": actions in order."""
        if self.out:
            return
        m = re.match(
            r"^(?:always |you must |please |first )?(?P<a>[a-z]\w+ .+?) (?P<word>before|prior to|ahead of|after) (?P<b>[a-z]\w+ing .+)$",
            self.low,
        )
        if m is None or "\x01" in self.clause:
            return
        a, b = self.action_key(m.group("a")), self.action_key(m.group("b"))
        if not a or not b or a == b or not self.signs[0]:
            return
        if m.group("word") == "after":
            a, b = b, a
        self.add("order", "before", [a, b])

    def action_key(self, phrase: str) -> str:
        """A name for an action: its verb class and its objects."""
        toks = tokens(phrase)
        words = [
            t.lemma
            for t in toks
            if t.low[0].isalpha()
            and t.low
            not in ("the", "a", "an", "any", "your", "their", "its", "you", "to", "of", "for", "with", "user's")
        ]
        if not words or len(words) < 2 or len(words) > 6:
            return ""
        words[0] = VERB_CLASS.get(words[0], words[0])
        rest = sorted({w for w in words[1:] if w not in lexicon.BENIGN and w not in lexicon.USERS} or set())
        if not rest:
            return ""
        return " ".join((words[0], *rest))

    def phrases(self) -> None:
        """Quoted words and sentences that must start, end, appear in or stay out of the reply."""
        quotes = [(k, int(t.text[1:-1])) for k, t in enumerate(self.toks) if t.quote and k not in self.used]
        low = self.low
        if not quotes:
            self.unquoted_words()
            return
        if re.search(
            r"\b(?:such as|for example|like|e\.g|similar to|along the lines of|called|named|titled|labell?ed|entitled|known as|means?|denoted|represented|the format|following format|instead of)\b",
            low,
        ) and not re.search(r"\b(?:exact|verbatim|word|phrase|sentence)\b", low):
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
            if admits and any(
                v in whole for v in ("say", "reply", "respond", "answer", "write", "state", "tell", "use", "output")
            ):
                self.add("abstain", "present" if positive else "absent", None)
                continue
            stop = {k for k, t in enumerate(self.toks) if t.quote}
            extra = word_set(
                "word term phrase sentence keyword expression line text statement following exact verbatim wording "
                "string say mention appear name character words letter quote opener tagline slogan notice disclaimer "
                "formula literal greeting salutation sign vocabulary lexicon speak message open introduce preface "
                "farewell closing motto"
            )
            rest = tuple(w for w in self.residue("keyword", (k, k + 1)) if w not in extra and w not in VERBS_OF_PHRASE)
            _ = stop
            starts = bool(
                re.search(
                    r"\b(?:start|begin|open|opens|opening|lead|preface|prefix|first (?:word|words|line|sentence|thing)|introduce|kick off|kicks off|prepend|starts|begins|leads)\b",
                    low,
                )
            ) and not re.search(
                r"\b(?:sentences?|paragraphs?|bullets?|lines?|section|postscript|each|every) (?:must |should |to )?(?:start|begin|open)",
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
                    "weave"
                )
                & set(whole)
            )
            if not keywordish:
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

    def amounts(self) -> None:
        """Lengths and counts, of the reply, of each element, or of a named part."""
        stated = re.search(
            r"\b(?P<unit>word|sentence|character|paragraph|bullet)s? (?:count )?(?P<op>limit|maximum|cap|ceiling|minimum|floor)\b[^.;]{0,40}?\b(?:is|of|at|:)\s*(?P<n>\d+)\b(?!\s*(?:%|words?|sentences?|char))",
            self.low,
        )
        if stated and self.modality != "may":
            op = ">=" if stated.group("op") in ("minimum", "floor") else "<="
            self.add(stated.group("unit") + "s", op, int(stated.group("n")), scope=self.part)
        negated = frozenset(k for k, s in enumerate(self.signs) if not s)
        for q in quantities(self.toks, negated):
            if any(k in self.used for k in range(q.start, q.end)):
                continue
            if self.modality == "may" and q.high is None:
                continue
            self._amount(q)

    def _amount(self, q: Quantity) -> None:
        if q.unit.startswith("count:") and (
            self.toks[q.end - 1].lemma in lexicon.USERS
            or self.toks[q.end - 1].lemma
            in word_set(
                "tool call retry language time point part way thing level type kind different set piece group space "
                "one digit row column value year"
            )
        ):
            if self.toks[q.end - 1].lemma == "point":
                q = q._replace(unit="bullets")
            else:
                return
        if q.unit in ("steps", "questions", "tables", "spaces", "pages", "tokens") and not re.search(
            r"\b(?:at (?:most|least)|exactly|no more|fewer|more than|maximum|minimum|up to|only|between|limit|under|over)\b",
            self.low,
        ):
            return
        if self.modality != "may" or q.high is not None:
            modality = "should" if q.approximate or self.modality == "should" else "must"
        else:
            modality = "may"
        if any(
            w in self.lemmas for w in ("last", "previous", "within", "every", "after", "ago", "past")
        ) and q.unit.startswith("count:"):
            return
        held = self._holder(q)
        if held is not None and self.part and held[0] and held[0][0].startswith(("each ", "the ")):
            held = ((*held[0], *self.part[1:]), held[1])
        if held is None:
            self.used |= set(range(q.start, q.end))
            return
        holder, restrict = held
        if holder == () and not restrict and q.unit in lexicon.LENGTH_UNITS and not self._whole(q):
            return
        self.used |= set(range(q.start, q.end))
        if q.low is not None and q.low == q.high:
            self.add(q.unit, "=", q.low, scope=holder, restrict=restrict, modality=modality)
            return
        if q.low is not None:
            self.add(q.unit, ">=", q.low, scope=holder, restrict=restrict, modality=modality)
        if q.high is not None:
            self.add(q.unit, "<=", q.high, scope=holder, restrict=restrict, modality=modality)

    def _whole(self, q: Quantity) -> bool:
        """Whether an amount without a holder is the whole reply's: a reply noun, a verb of writing, or a bare limit."""
        if set(self.lemmas) & (lexicon.REPLY_NOUNS - {"all", "text", "turn", "result"}) or self.context.concern:
            return True
        if self.toks[0].text[0] in "([$" or (q.start == 0 and q.low == q.high and q.end >= len(self.toks) - 1):
            return False
        verbs = word_set(
            "write reply answer respond keep limit use give be stay say exceed produce stick cap go aim restrict "
            "make generate confine provide need return output deliver contain include list present offer compose "
            "speak summarize draft create do must run have get drop add explain hold trim put fall"
        )
        if set(self.lemmas) & verbs:
            return True
        return q.low != q.high

    def _holder(self, q: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """What is measured: () for the whole reply, None when it is one thing of many and binds nothing else."""
        if q.holder and not q.per:
            last = self.toks[q.end - 1]
            rest = [w for w in self.residue(q.unit, (q.start, q.end)) if w not in ("long", "length")]
            if rest and last.low == last.lemma:
                return None
            if q.holder.startswith("each "):
                return (q.holder if last.low != last.lemma else f"the {q.holder[5:]}",), ()
            return ("part", q.holder), ()
        if q.holder:
            return (q.holder,), ()
        words = [
            w
            for w in self.residue(q.unit, (q.start, q.end))
            if w
            not in word_set(
                "length size count number total sum budget range window target worth hard short space comfortably "
                "unit quota line edit trim extract cap run span fit squeeze reject rejected truncate cut concise "
                "brief spend dedicate devote post list draft say text accept tight strict limit word fill amount "
                "measure restrict confine shorter stop ceiling floor never generate write type roughly print clock "
                "weigh stretch extend exceed"
            )
        ]
        unit_noun = self.toks[q.end - 1].lemma if q.end else ""
        element = None
        for k, t in enumerate(self.toks):
            if q.start <= k < q.end or t.lemma not in ELEMENTS or t.lemma == unit_noun:
                continue
            if lexicon.UNITS.get(t.lemma) == q.unit or (
                t.lemma in ("letter", "name", "topic") and q.unit not in ("words", "characters")
            ):
                continue
            before = self.toks[k - 1].low if k else ""
            if k < q.start and (
                before in ("each", "every", "all", "the", "any", "no", "per", "your", "", "individual", "single")
                or t.low != t.lemma
                or k <= 2
            ):
                element = t
                break
            if k >= q.end and before in ("each", "every", "per", "any"):
                element = t
                break
        if (
            element is not None
            and self.part[:1] == ("part",)
            and element.lemma in ("section", "part", *self.part[1].split())
        ):
            return self.part, ()
        if element is not None:
            name = ELEMENTS[element.lemma]
            index = self.toks.index(element)
            nth = self.toks[index - 1].low if index else ""
            others = tuple(w for w in words if w != element.lemma)
            if nth in ("first", "opening", "last", "final", "closing", "second", "third"):
                return ("part", f"{nth} {name}"), ()
            if name in ("title", "summary", "headline", "caption", "description", "tweet"):
                return ("part", " ".join((name, *others)) if others else name), ()
            others = tuple(w for w in others if w not in ELEMENTS)
            single = nth in ("the", "this", "a", "an", "one", "") and element.low == element.lemma
            lead = f"the {name}" if single else f"each {name}"
            return ((lead, *others) if others else (lead,)), ()
        if self.part:
            return self.part, ()
        if words:
            if q.unit.startswith("count:") or q.unit in ("bullets", "items", "examples", "sections", "paragraphs"):
                parts = [w for w in words if w in PART_NOUNS]
                return (("part", " ".join(words)) if parts else ()), (() if parts else tuple(words))
            return ("part", " ".join(words)), ()
        return (), ()

    def code_style(self) -> None:
        """Style of program text: indentation, names, documentation, types, blank lines."""
        low = self.low
        around = next((k for k, lem in enumerate(self.lemmas) if lem == "around"), None)
        if around and self.lemmas[around - 1] == "space" and "operator" in self.lemmas:
            self.add("code-operator-spaces", "present" if self.signs[around - 1] else "absent")
            return
        if re.search(r"\bindent", low):
            self.used |= set(range(len(self.toks)))
            n = re.search(r"\b(\d+|two|four|eight|three)[- ]spaces?\b", low)
            tabs = [k for k, t in enumerate(self.toks) if t.lemma == "tab"]
            spaces = [k for k, t in enumerate(self.toks) if t.lemma == "space"]
            if tabs:
                self.add(
                    "code-indent",
                    "is" if self.signs[tabs[0]] else "not-one-of",
                    "tabs" if self.signs[tabs[0]] else ["tabs"],
                    scope=("part", "code"),
                )
            if spaces:
                positive = self.signs[spaces[0]]
                self.add(
                    "code-indent",
                    "is" if positive else "not-one-of",
                    "spaces" if positive else ["spaces"],
                    scope=("part", "code"),
                )
                if n and positive:
                    width = number_at(tokens(n.group(1)), 0)
                    if width:
                        self.add("code-indent-width", "=", width[0], scope=("part", "code"))
            self.out = [d for d in self.out if d.constraint.attribute.startswith("code-")]

    def answer_first(self) -> None:
        """ "Give the answer immediately", "get straight to the point": nothing may stand before the answer."""
        if (
            re.search(
                r"\b(?:answer|reply|respond|begin|start|open|lead|jump|dive|get|go|launch|come|cut)\b.{0,40}\b(?:immediately|straight (?:away|to|into)|right away|directly (?:with|into)|right (?:to|into)|with the (?:answer|solution|result|fix)(?: itself)?|to the chase|at once)\b"
                r"|\bfirst (?:word|words|sentence|line|thing)s? (?:must|should|has to|have to|is|are|needs? to)\b.{0,20}\b(?:part of|belong|already)?\s*(?:the|be the|to the|an?) (?:answer|solution|content|substance|information)"
                r"|\b(?:immediately|straight (?:away|to)|directly)\b.{0,25}\b(?:answer|solution|point)\b|\bthe answer (?:must |should )?(?:come|comes) first\b|\bput the answer first\b",
                self.low,
            )
            and not any(t.quote for t in self.toks)
            and self.signs[0]
            and not re.search(r"\b(?:escalate|transfer|hand|call|human|email)\b", self.low)
        ):
            self.add("answer-first", "present")
            self.used |= {
                k for k, t in enumerate(self.toks) if t.lemma in ("answer", "point", "straight", "immediately")
            }

    def concepts(self) -> None:
        """Everything the lexicon names."""
        by_attribute: dict[str, list[Hit]] = {}
        for h in self.hits:
            if any(k in self.used for k in range(h.start, h.end)):
                continue
            by_attribute.setdefault(h.attribute, []).append(h)
        for attribute, hits in by_attribute.items():
            if hits[0].kind == "choice":
                self._choice(attribute, hits)
            else:
                for h in hits[:1] if len({h.positive for h in hits}) == 1 else hits:
                    self._present(h)

    def _choice(self, attribute: str, hits: list[Hit]) -> None:
        if attribute == "case":
            self._case(hits)
            return
        if attribute == "license":
            for h in hits:
                if h.positive:
                    self.add("code-license", "present")
                    self.add("code-license-kind", "is", h.value)
            return
        if attribute == "language":
            hits = [h for h in hits if self.toks[h.start].text[0].isupper() and self._language_named(h)]
        elif attribute == "audience":
            hits = [h for h in hits if h.end - h.start > 1 or self._audience_named(h)]
        elif attribute == "format":
            hits = [h for h in hits if self._format_asked(h)]
        elif attribute in ("tone", "verbosity"):
            hits = [h for h in hits if self._style_of_reply(h)]
        elif attribute in ("currency", "person", "order", "timezone", "voice", "tense", "indent", "license"):
            if attribute in ("indent", "license"):
                return
        if not hits:
            return
        family = attribute
        restrict = self.residue(family, *((h.start, h.end) for h in hits))
        if self._about_input(restrict):
            return
        yes = list(dict.fromkeys(h.value for h in hits if h.positive))
        no = list(dict.fromkeys(h.value for h in hits if not h.positive))
        soft = attribute in lexicon.SOFT
        modality = self.modality
        if modality == "may":
            return
        if attribute in ("tone", "verbosity", "audience"):
            if len(yes) > 1 or (attribute == "tone" and len(set(yes)) > 1):
                return
            if len(restrict) > (2 if self.universal else 1):
                return
        scope = self._scope_of(restrict)
        if yes:
            if len(yes) == 1:
                self.add(attribute, "is", yes[0], scope=scope, soft=soft)
            elif " or " in f" {self.low} " or "/" in self.low:
                self.add(attribute, "one-of", yes, scope=scope, soft=soft)
            elif attribute == "language":
                return
        if no:
            if attribute in ("verbosity", "tone") and not yes:
                opposite = {"brief": "brief", "long": "long"}
                self.add(attribute, "not-one-of", [opposite.get(n, n) for n in no], scope=scope, soft=soft)
            elif attribute != "audience":
                self.add(attribute, "not-one-of", no, scope=scope, soft=soft)

    def _scope_of(self, restrict: tuple[str, ...]) -> tuple[str, ...]:
        if self.part:
            return self.part
        return ("part", " ".join(restrict)) if restrict else ()

    def _about_input(self, restrict: tuple[str, ...]) -> bool:
        return bool(
            {"input", "question", "uploaded", "upload", "source", "transcript", "parse", "read"} & set(restrict)
        )

    def _language_named(self, h: Hit) -> bool:
        nxt = self.lemmas[h.end] if h.end < len(self.toks) else ""
        if nxt in word_set(
            "translation speaker customer user market team term loanword law literature culture cuisine food name "
            "teacher lesson course class student version dictionary grammar history government company subsidiary "
            "office"
        ):
            return False
        return "translate" not in self.lemmas and "translation" not in self.lemmas and "learn" not in self.lemmas

    def _audience_named(self, h: Hit) -> bool:
        if re.match(r"^\s*you (?:are|act)\b", self.low) or "you are an expert" in self.low:
            return False
        prior = self.lemmas[max(0, h.start - 5) : h.start]
        return bool(
            word_set(
                "reader audience assume if like for to user target as customer everyone listener student treat "
                "suppose imagine recipient"
            )
            & set(prior)
        ) and not (
            {"by", "from", "quote", "consult", "refer", "escalate", "human", "hand", "transfer"} & set(self.lemmas)
        )

    def _format_asked(self, h: Hit) -> bool:
        """Whether a format is what the reply must be, rather than something it holds or speaks of."""
        nxt = self.lemmas[h.end] if h.end < len(self.toks) else ""
        if nxt in word_set(
            "key schema input file example below field value string path template tag page attachment provided "
            "config header row column parser"
        ):
            return False
        if (
            self.toks[h.end - 1].low.endswith("s")
            and h.value != "csv"
            and self.toks[h.end - 1].low not in ("paragraphs",)
        ):
            return False
        prior = [t.low for t in self.toks[: h.start]]
        lemmas = self.lemmas[: h.start]
        if h.value in ("plain", "prose"):
            return not ({"convert", "parse", "from", "readable", "look", "view", "legible", "even"} & set(lemmas))
        if {"parse", "read", "receive", "given", "input", "accept", "convert", "load", "inside", "extract"} & set(
            prior
        ):
            return False
        asked = word_set(
            "in as only valid with be format output return respond emit produce single nothing use is entire "
            "reply raw pure into avoid no not never but other one"
        )
        return (
            bool(asked & set(prior))
            or bool(asked & set(lemmas))
            or (h.start == 0 and (nxt in ("only", "output", "format", "object", "please", "") or "only" in self.low))
            or self.context.concern == "format"
        )

    def _style_of_reply(self, h: Hit) -> bool:
        """Whether a style word is about the whole reply, not about one thing in it ("a detailed table")."""
        nxt = self.lemmas[h.end] if h.end < len(self.toks) else ""
        word = self.toks[h.start].low
        if h.end - h.start > 1 or word.endswith("ly"):
            return True
        reply = word_set(
            "reply answer response message output prose text tone register language style manner voice wording "
            "explanation writing way fashion phrasing speech and or but at in as with , . : yet when to "
            "throughout everywhere treatment coverage form approach"
        )
        if nxt and nxt not in reply and self.toks[h.end].low.isalpha():
            return False
        return (
            bool(
                word_set(
                    "be keep sound stay remain write reply answer respond use make maintain speak adopt talk go give "
                    "provide favor value aim prefer need require must should"
                )
                & set(self.lemmas[: h.start + 1])
            )
            or h.start == 0
            or bool(self.context.concern)
        )

    def _case(self, hits: list[Hit]) -> None:
        if self.part and self.part[1] in ("title", "headline") and not hits:
            return
        restrict = self.residue("case", *((h.start, h.end) for h in hits))
        restrict = tuple(
            w for w in restrict if w not in ("letter", "capital", "case", "character", "shift", "key", "alphabet")
        )
        if self.modality == "may":
            return
        surface = self.low
        starts = bool(re.search(r"\b(?:start|begin|open|first letter|initial)", surface))
        for h in hits:
            if h.value == "title":
                self.add(
                    "case",
                    "is" if h.positive else "not-one-of",
                    "title" if h.positive else ["title"],
                    scope=self._scope_of(restrict),
                )
                continue
            capital = self.toks[h.start].lemma in word_set(
                "capital capitalize capitalization initial leading uppercase upper standard sentence normal block all "
                "full caps"
            )
            whole = (
                bool(
                    re.search(
                        r"\b(?:in|all|only|entirely|entire|whole|everything|every letter|exclusively|throughout|nothing but)\b",
                        surface,
                    )
                )
                and not starts
            )
            scope = self._scope_of(restrict)
            each = bool(re.search(r"\b(?:each|every|all) sentences?\b|\bsentences\b", surface))
            if h.value == "upper" and h.positive and starts:
                self.add("uppercase-letters", "present", None)
                continue
            if h.value == "lower":
                if h.positive and not starts:
                    self.add("uppercase-letters", "absent", None, scope=scope if restrict else ())
                elif not h.positive:
                    self.add("lowercase-letters", "absent", None, scope=scope)
            elif not h.positive:
                shouting = re.search(r"\b(?:all[- ]caps|caps lock|full caps|block capitals|shout)", surface)
                if shouting:
                    self.add("all-caps", "absent", None, restrict=restrict)
                elif restrict and not each:
                    self.add("uppercase-letters", "absent", None, scope=scope)
                else:
                    self.add("uppercase-letters", "absent", None)
            elif h.value == "upper" or (
                h.value == "capital" and capital and whole and self.toks[h.start].lemma != "capitalize" and not restrict
            ):
                if starts or (re.search(r"\b(?:words? in|word)\b", surface) and re.search(r"\d|\bat least\b", surface)):
                    continue
                self.add("lowercase-letters", "absent", None, scope=scope if restrict else ())
                if not restrict:
                    self.add("all-caps", "present", None)
            elif h.value == "capital":
                words = tuple(w for w in restrict if w not in ("sentence", "word", "proper", "noun", "name"))
                self.add("uppercase-letters", "present", None, restrict=words)

    def _present(self, h: Hit) -> None:
        attribute = h.attribute
        lemmas = self.lemmas
        if attribute == "nbsp-blank" and {"function", "body", "method"} & set(lemmas):
            attribute = "code-blank-lines"
        prior = [t.low for t in self.toks[max(0, h.start - 3) : h.start]]
        before = prior[-1] if prior else ""
        if (
            attribute in PLACES
            and before in ("the", "each", "every", "this", "any")
            and len(prior) > 1
            and prior[-2] in word_set("in inside within under after before outside between above below of from near")
        ):
            return
        if h.end - h.start == 1 and attribute in PLACES and h.end < len(self.toks):
            nxt = self.toks[h.end]
            if (
                nxt.low.isalpha()
                and nxt.lemma not in lexicon.BENIGN
                and not nxt.low.endswith("ly")
                and nxt.lemma not in lexicon.USERS
                and (
                    (
                        nxt.lemma not in POST_NEG
                        and nxt.lemma not in NEG_VERBS
                        and nxt.lemma not in PRESENT_BENIGN
                        and nxt.low == nxt.lemma
                    )
                    or nxt.low.endswith("s")
                )
                and nxt.lemma not in lexicon.BENIGN
                and nxt.lemma not in PRESENT_BENIGN
            ):
                return
        if self.inside_place(h) and attribute not in ("opener", "greeting", "closing"):
            return
        if before in ("outside", "inside", "within", "under", "below", "above", "between") or (
            len(prior) > 1 and prior[-2] == "outside"
        ):
            return
        if attribute == "heading" and (
            (lemmas[h.start] == "header" and self.residue(attribute, (h.start, h.end)))
            or re.match(r"^(?:always )?(?:start|begin|end|keep|make) ", self.low)
        ):
            return
        if (
            attribute
            in word_set(
                "bullets numbered list title summary example image table heading comma digits reasoning-shown warning "
                "code-comments"
            )
            and self.modality == "must"
            and not self._asks_for(h)
        ):
            return
        if attribute in ("question", "ask"):
            if not self._question(h):
                return
            after = [t.lemma for t in self.toks[h.end : h.end + 3]]
            if attribute == "question" and after[:1] in (["for"], ["to"]) and set(after) & lexicon.USERS:
                attribute = "ask"
            if attribute == "question" and {"ask", "pose", "raise"} & set(lemmas) and "rhetorical" not in lemmas:
                attribute = "ask"
        if attribute in ("citation", "link") and not self._cites(h):
            return
        if (
            attribute in ("slang", "contraction")
            and any(x.attribute == "tone" for x in self.hits)
            and h.positive is False
        ):
            pass
        if attribute == "always-answer" and not (self.universal or self.context.irrespective):
            return
        if attribute == "user-name" and not (
            {"use", "address", "greet", "mention", "call", "include", "say"} & set(lemmas)
        ):
            return
        if attribute == "list":
            attribute = "bullets" if not h.positive else "list"
            if h.positive:
                return
        if attribute == "markdown" and h.positive and re.search(r"\b(?:parse|render|convert|strip|input)\b", self.low):
            return
        if (
            attribute == "opener"
            and {"sentence"} & set(lemmas[h.start : h.end])
            and not re.search(r"\b(?:start|begin|open|lead|preface|first|introduc|before)", self.low)
            and "friendly" in lemmas
        ):
            return
        if self.modality == "may":
            if h.positive:
                self.add(attribute, "present", None, modality="may", restrict=self.residue(attribute, (h.start, h.end)))
            return
        restrict = tuple(
            w for w in self.residue(attribute, (h.start, h.end)) if w not in PRESENT_BENIGN and w not in IMPERATIVES
        )
        if attribute.startswith("code-"):
            self.add(
                attribute,
                "present" if h.positive else "absent",
                None,
                scope=("part", "code"),
                restrict=tuple(
                    w
                    for w in restrict
                    if w not in word_set("function code file full purpose triple quote body argument type")
                ),
            )
            return
        scope = self.part
        if attribute in ("ask", "question") and h.positive and re.search(r"\b(?:end|finish|close|conclude)", self.low):
            self.add("question", "present", None)
            restrict = ()
        self.add(attribute, "present" if h.positive else "absent", None, restrict=restrict, scope=scope)

    def _asks_for(self, h: Hit) -> bool:
        prior = self.lemmas[: h.start]
        if not h.positive:
            return True
        verbs = word_set(
            "use include add present structure format write provide give put contain insert organize list show "
            "answer reply respond output break lay append start begin end finish make produce in as with be have "
            "carry need return arrange display render create prefer supply offer express"
        )
        after = self.lemmas[h.end : h.end + 3]
        return (
            bool(verbs & set(prior))
            or bool({"require", "must", "mandatory", "need"} & set(self.lemmas[h.end :]))
            or after[:1] == ["be"]
        )

    def _question(self, h: Hit) -> bool:
        before = self.toks[h.start - 1].low if h.start else ""
        if h.end - h.start == 1 and h.attribute == "question":
            if before in word_set("the user's their this that customer's original user each every of customer") or (
                before == "any" and not {"ask", "pose", "put"} & set(self.lemmas)
            ):
                return False
            verbs = word_set(
                "ask end pose include contain raise finish close put add conclude with no without avoid never use need"
            )
            return bool(verbs & set(self.lemmas)) and not (
                {"answer", "multiple", "exam", "quiz", "interview"} & set(self.lemmas)
            )
        return (
            not ({"answer", "respond", "reply"} & set(self.lemmas[: h.start]))
            or "ask" in self.lemmas
            or not h.positive
            or bool({"end", "close", "finish", "conclude"} & set(self.lemmas))
            or bool({"clarifying"} & set(self.lemmas[h.start : h.end]) and "before" in self.low)
        )

    def _cites(self, h: Hit) -> bool:
        word = self.toks[h.start].lemma
        if h.end - h.start > 1 or word in ("cite", "citation", "footnote", "bibliography", "attribution"):
            return True
        verbs = word_set(
            "cite include provide carry need add give link quote back support append omit skip without no mention "
            "attribute contain have leave never use put require name drop insert accompany list point post share "
            "avoid come must supply strip free"
        )
        before = self.toks[h.start - 1].low if h.start else ""
        if word in ("source", "reference"):
            if (
                before in word_set("the your this these data open news provided given single trusted other different")
                and not ({"cite", "name", "link"} & set(self.lemmas))
                and not (before in ("its", "the", "a") and "claim" in self.lemmas)
            ):
                return False
            verbs = verbs - {"use"}
            if "code" in self.lemmas[max(0, h.start - 1) : h.start + 2]:
                return False
            if (
                word == "reference"
                and self.toks[h.start].low in ("referencing", "referenced", "reference")
                and h.start == 0
            ):
                return False
            if word == "source" and not (
                word_set(
                    "claim statement fact cite answer reply response no never without assertion figure list every each "
                    "always include provide add"
                )
                & set(self.lemmas)
            ):
                return False
        return bool(verbs & set(self.lemmas))

    def action(self) -> None:
        """Any other imperative, as an opaque predicate: "mention the ticket number", "never mention …"."""
        if any(t.quote for t in self.toks) or self.modality == "may" or self.context.parts:
            return
        toks = [t for t in self.toks if t.low[0].isalpha() or "_" in t.low]
        lead = 0
        while lead < len(toks) and (
            toks[lead].low
            in word_set(
                "you the assistant agent model bot please must should always never do not shall will need to also may "
                "can be make sure ensure that"
            )
            or toks[lead].low.endswith("ly")
            or toks[lead].lemma in ("refrain", "avoid")
        ):
            if toks[lead].low in ("the",) and lead + 1 < len(toks) and toks[lead + 1].lemma not in lexicon.ASSISTANT:
                return
            lead += 1
        if lead >= len(toks) or len(toks) - lead < 2 or len(toks) - lead > 9:
            return
        verb = VERB_CLASS.get(toks[lead].lemma, toks[lead].lemma)
        if verb not in ACTION_VERBS:
            return
        k = self.toks.index(toks[lead])
        words = {
            VERB_CLASS.get(t.lemma, t.lemma)
            for t in toks[lead + 1 :]
            if t.lemma not in lexicon.BENIGN
            and t.low not in lexicon.BENIGN
            and t.lemma not in lexicon.USERS
            and not t.low.endswith("ly")
            and t.lemma not in lexicon.REPLY_NOUNS
        }
        if not words:
            return
        self.add(f"do:{verb} {' '.join(sorted(words))}", "present" if self.signs[k] else "absent", None)


def part_of(text: str) -> tuple[str, ...]:
    """The scope a phrase names: "the SUMMARY section" → part summary, "each bullet" → each bullet."""
    toks = tokens(text)
    lemmas = [t.lemma for t in toks]
    each = bool({"each", "every", "all", "any", "per"} & {t.low for t in toks})
    if (
        toks
        and toks[-1].lemma in ELEMENTS
        and (each or toks[-1].low != toks[-1].lemma)
        and toks[-1].lemma not in ("summary", "title", "section")
    ):
        return (f"each {ELEMENTS[toks[-1].lemma]}",)
    words = [
        lem
        for lem, t in zip(lemmas, toks, strict=True)
        if t.low[0].isalnum()
        and t.low not in word_set("the a an your of in for each every section sections part called named titled output")
    ]
    return ("part", " ".join(words)) if words else ()


def fold(text: str) -> str:
    """Keywords are compared without case and outer punctuation."""
    return text.strip().strip(".,;:").lower()
