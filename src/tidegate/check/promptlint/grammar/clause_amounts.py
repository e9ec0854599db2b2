"""Lengths and counts: of the reply, of each element, or of a named part."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.quantity import Quantity, quantities
from tidegate.check.promptlint.grammar.reading import Reading
from tidegate.check.promptlint.grammar.vocabulary import (
    ELEMENTS,
    PART_NOUNS,
)
from tidegate.check.promptlint.grammar.wordset import word_set

BOUND = re.compile(
    r"\b(?:is|are) (?:the |an? |our |your )?(?:absolute |upper |hard |strict |outer |firm |maximum |lower |bare )*(?P<b>ceiling|cap|limit|maximum|max|most|upper bound|minimum|floor|lower bound)\b"
)
VOID = re.compile(
    r"\b(?:is|are|be|gets?|being|counts? as|considered|treated as|deemed)\b[^,;]{0,25}\b(?:truncated|cut|incomplete|invalid|insufficient|too (?:long|short)"
    r"|fail(?:s|ed|ures?)?|bounced|returned|wrong|dropped|lost|thrown away|ignored|a mistake|an error|not enough|too much|clipped|trimmed|chopped|unusable|thin|skimpy|short|bloated|excessive)\b",
    re.I,
)

EACH_THING = re.compile(
    r"(?:each|every) (?P<n>[a-z]+) (?:has|have|gets?|is|must|should|needs?|takes?|may|can|contains?|consists?|holds?|runs?|receives?)\b"
)


class Amounts(Reading):
    """Reads quantities and what they measure."""

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
        edge = BOUND.search(self.low)
        if edge is not None and q.low == q.high and q.low is not None:
            q = (
                q._replace(low=None)
                if edge.group("b")[0] in "clmu" and not edge.group("b").startswith(("min", "lower"))
                else q._replace(high=None)
            )
        held = self._holder(q)
        if held is not None and self.part and held[0] and held[0][0].startswith(("each ", "the ")):
            held = ((*held[0], *self.part[1:]), held[1])
        if held is None:
            self.used |= set(range(q.start, q.end))
            return
        holder, restrict = held
        if q.unit == "questions" and q.low and {"ask", "pose", "raise", "put"} & set(self.lemmas) and modality != "may":
            self.add("ask", "present")
        if q.low != q.high and VOID.search(self.low):
            # "anything under four sentences is incomplete": what is named is what may not be
            q = q._replace(low=None if q.high is None else q.high + 1, high=None if q.low is None else q.low - 1)
            restrict = ()
            holder = () if holder[:1] == ("part",) and not self.part else holder
        if holder == () and not restrict and q.unit in lexicon.LENGTH_UNITS and not self._whole(q):
            return
        self.used |= set(range(q.start, q.end))
        if holder and holder[0].startswith("each ") and self.toks[0].low == "no":
            self.done |= {holder[0][5:], f"{holder[0][5:]}s"}  # "no bullet is longer than …" forbids no bullets
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
        exact = self.toks[0].low in ("exactly", "precisely", "just", "only")
        if exact and q.end >= len(self.toks) - 1:
            return True
        if self.toks[0].text[0] in "([$" or (
            q.start == 0 and q.low == q.high and not exact and q.end >= len(self.toks) - 1
        ):
            return False
        verbs = word_set(
            "write reply answer respond keep limit use give be stay say exceed produce stick cap go aim restrict "
            "make generate confine provide need return output deliver contain include list present offer compose "
            "speak summarize draft create do must run have get drop add explain hold trim put fall"
        )
        if set(self.lemmas) & verbs:
            return True
        return q.low != q.high or BOUND.search(self.low) is not None

    def _holder(self, q: Quantity) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """What is measured: () for the whole reply, None when it is one thing of many and binds nothing else."""
        edge = re.match(
            r"(?:always |please |then )*(?P<v>start|begin|open|lead|end|close|finish|conclude)\b.{0,24}?\bwith (?:an?|one|two|three|\d)\b",
            self.low,
        )
        if edge is not None and not self.part and q.unit in ("words", "sentences", "paragraphs"):
            return ("part", "opening" if edge.group("v") in ("start", "begin", "open", "lead") else "closing"), ()
        if re.match(
            r"(?:the |your )?(?:full|entire|whole|complete|overall) \w+ (?:must|should|may|can|has|is|needs)\b",
            self.low,
        ):
            return (), ()
        if (
            q.start
            and self.toks[q.start - 1].low == "each"
            and not q.per
            and not ELEMENTS.keys() & {t.lemma for t in self.toks[: q.start]}
        ):
            return None  # "ten palindromes, each at least 5 characters long" measures each of what was named
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
                "weigh stretch extend exceed split divide break organise organize arrange structure form consist compose present "
                "belong goe put stand absolute ceil ceiling ask pose raise crack incomplete consider treat count"
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
            if t.lemma == "question" and k > q.end:
                continue  # "for every question" is every reply
            if k < q.start and k > 1 and any(w in lexicon.REPLY_NOUNS for w in self.lemmas[: min(k, 4)]):
                continue  # "the reply consists of bullets and has …" measures the reply
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
        version = re.search(
            r"\bthe (short|long|brief|detailed|full|quick|main|extended) (?:answer|explanation|version|reply|response)\b",
            self.low,
        )
        if version is not None:
            return ("part", f"{version.group(1)} version"), ()
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
            generic = nth in ("a", "an") and index == 1  # "a paragraph holds …" is every paragraph
            single = nth in ("the", "this", "a", "an", "one", "") and element.low == element.lemma and not generic
            lead = f"the {name}" if single else f"each {name}"
            return ((lead, *others) if others else (lead,)), ()
        if self.part:
            return self.part, ()
        each = EACH_THING.match(self.low)
        if each and q.unit in lexicon.LENGTH_UNITS and each.group("n") not in lexicon.USERS | lexicon.REPLY_NOUNS:
            return (f"each {lemma(each.group('n'))}",), ()  # "each book gets at least 20 words"
        if words:
            if q.unit.startswith("count:") or q.unit in ("bullets", "items", "examples", "sections", "paragraphs"):
                parts = [w for w in words if w in PART_NOUNS]
                return (("part", " ".join(words)) if parts else ()), (() if parts else tuple(words))
            return ("part", " ".join(words)), ()
        return (), ()
