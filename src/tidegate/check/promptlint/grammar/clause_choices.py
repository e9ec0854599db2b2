"""Concepts that take one value of several: language, format, case, tone, audience, units ..."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.drafts import Hit
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.reading import Reading
from tidegate.check.promptlint.grammar.vocabulary import ELEMENTS, PART_NOUNS
from tidegate.check.promptlint.grammar.wordset import word_set

# what a choice is about anyway narrows nothing: "all measurements are metric", "prices in euros"
OWN: dict[str, frozenset[str]] = {
    "units": word_set(
        "measurement distance weight length temperature quantity value size height volume measure unit number report speed"
    ),
    "currency": word_set(
        "price amount cost fee total money sum charge quote value monetary figure rate budget payment currency report invoice"
    ),
    "date-format": word_set(
        "date format day calendar timestamp report follow year month iso us pattern notation template scheme shape style"
    ),
    "clock": word_set("notation style system time hour clock format timestamp day report appointment"),
    "spelling": word_set("spelling word convention orthography english rule"),
    "timezone": word_set("time timestamp zone date report"),
    "address": word_set("mr ms mrs dr title never first name address call greet"),
    "temperature": word_set("temperature degree report value"),
    "person": word_set("person voice perspective point view narrate pronoun"),
    "tense": word_set("tense verb"),
    "voice": word_set("voice sentence verb construction"),
}


MANNERS = ("tone", "verbosity", "ornament", "directness")  # how the whole reply sounds
# "be formal in letters to authorities": the manner of one medium
MEDIUM = re.compile(
    r"\bin (?:all |any |your |the )?(?P<a>letters|e-?mails|chats|texts|text messages|posts|tweets|reports|articles|newsletters|phone calls|calls|memos|notes|comments)\b"
)


class Choices(Reading):
    """Reads choices."""

    def _choice(self, attribute: str, hits: list[Hit]) -> None:
        if attribute == "case":
            self._case(hits)
            return
        if attribute == "language":
            hits = [h for h in hits if self.toks[h.start].text[0].isupper() and self._language_named(h)]
        elif attribute == "audience":
            hits = [h for h in hits if h.end - h.start > 1 or self._audience_named(h)]
        elif attribute == "format":
            hits = [h for h in hits if self._format_asked(h)]
        elif attribute in MANNERS:
            hits = [h for h in hits if self._style_of_reply(h)]
        elif attribute == "indent":
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
        if attribute in (*MANNERS, "audience"):
            if len(yes) > 1:
                return
            if len(self._not_beside(restrict, hits)) > (2 if self.universal else 1):
                return
            restrict = self._not_beside(restrict, hits)
            if self.leads_or_verb():  # "use informal language, like among friends": of a part, or of all
                restrict = tuple(w for w in restrict if w in PART_NOUNS or w in ELEMENTS)
            if {"ask", "request", "detect", "identify"} & set(self.lemmas[: hits[0].start]):
                return
        placed = self._placed(hits, attribute) if attribute in ("format", "language") else None
        scope = self._scope_of(
            tuple(w for w in restrict if w not in OWN.get(attribute, ()) and (placed is None or w in placed)),
            attribute in MANNERS,
        )
        if yes:
            if len(yes) == 1:
                self.add(attribute, "is", yes[0], scope=scope, soft=soft)
            elif " or " in f" {self.low} " or "/" in self.low:
                self.add(attribute, "one-of", yes, scope=scope, soft=soft)
            elif attribute == "language":
                return
        if no:
            if attribute in MANNERS and not yes:
                opposite = {"brief": "brief", "long": "long"}
                self.add(attribute, "not-one-of", [opposite.get(n, n) for n in no], scope=scope, soft=soft)
            elif attribute != "audience":
                self.add(attribute, "not-one-of", no, scope=scope, soft=soft)

    def _not_beside(self, restrict: tuple[str, ...], hits: list[Hit]) -> tuple[str, ...]:
        """Without the words that are joined to a hit: "formal and restrained" is one manner."""
        beside = {self.lemmas[k] for h in hits for k in range(max(0, h.start - 2), min(len(self.toks), h.end + 2))
                  if not any(t.low in ("in", "for", "of", "on") for t in self.toks[min(k, h.end) : max(k, h.start)])}  # fmt: skip
        return tuple(w for w in restrict if w not in beside)

    def _scope_of(self, restrict: tuple[str, ...], manner: bool = False) -> tuple[str, ...]:
        if self.part:
            return self.part
        if manner and (medium := MEDIUM.search(self.low)):
            return ("part", lemma(medium.group("a").split()[-1]))
        return ("part", " ".join(restrict)) if restrict else ()

    def _placed(self, hits: list[Hit], attribute: str) -> frozenset[str]:
        """The words that may name a part: no verb, no predicate, no noun or adjective that only dresses the choice.

        "Correspondence is conducted in German" and "a single YAML mapping" speak of the whole
        reply; "subject lines are in German" and "in the header" do not.
        """
        ends = {h.end for h in hits}
        starts = {h.start for h in hits}
        out = []
        for k, t in enumerate(self.toks):
            if self.signs[k] is not hits[0].positive:
                continue  # "ordinary sentences without any code" speaks of no code
            prior = self.toks[k - 1].lemma if k else ""
            verb = prior in word_set("be get we i must should shall will may can to nothing")
            likened = bool({"as", "like"} & {x.low for x in self.toks[max(0, k - 3) : k]})  # "as in a letter"
            dress = likened or (
                attribute == "format"
                and (k in ends or (k + 1 in starts and prior in word_set("a an as single strict pure one only in")))
            )
            if not (verb or dress):
                out.append(t.lemma)
        return frozenset(out)

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
        if re.match(
            r"(?:always |please )?translate (?:every|all|each|your|the) (?:of your )?(?:answer|repl|response|output)",
            self.low,
        ):
            return True
        return "translate" not in self.lemmas and "translation" not in self.lemmas and "learn" not in self.lemmas

    def _audience_named(self, h: Hit) -> bool:
        if self.toks[h.end - 1].low.endswith(("'s", "s'")):
            return False  # "the children's programme" is a thing
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
            and not (h.start and self.lemmas[h.start - 1] == "be" and set(self.lemmas[: h.start]) & lexicon.REPLY_NOUNS)
            and h.value != "csv"
            and self.toks[h.end - 1].low not in ("paragraphs", "sentences")
        ):
            return False
        prior = [t.low for t in self.toks[: h.start]]
        lemmas = self.lemmas[: h.start]
        if not h.positive and (h.start == 0 or nxt == "be") and not {"input", "file", "upload"} & set(self.lemmas):
            return True  # "JSON is prohibited", "keep JSON out"
        if h.value in ("plain", "prose"):
            return not ({"convert", "parse", "from", "readable", "look", "view", "legible", "even"} & set(lemmas))
        if {"parse", "read", "receive", "given", "input", "accept", "convert", "load", "inside", "extract"} & set(
            prior
        ):
            return False
        asked = word_set(
            "in as only valid with be format output return respond emit produce single nothing use is entire "
            "reply raw pure into avoid no not never but other one without any"
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
        named = re.search(r"\b(?:including|even|inclusive of)\b(?P<what>[^,;.]*)", self.low)
        if named is not None:  # "all lowercase, including names" speaks of everything
            restrict = tuple(w for w in restrict if not re.search(rf"\b{re.escape(w)}", named.group("what")))
            self.part = (
                () if self.part and re.search(rf"\b{re.escape(self.part[-1])}", named.group("what")) else self.part
            )
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
                    if not restrict:
                        self.add("lowercase-letters", "present")
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
                place = tuple(w for w in restrict if w not in ("word", "sentence", "emphasis", "key"))
                self.add("lowercase-letters", "absent", None, scope=self._scope_of(place))
                where = self._scope_of(place)
                if where and set(where[-1].split()[-1:]) & PART_NOUNS:  # a part in capitals has capitals
                    self.add("uppercase-letters", "present", None, scope=where)
                if not restrict:
                    self.add("all-caps", "present", None)
            elif h.value == "capital":
                words = tuple(w for w in restrict if w not in ("sentence", "word"))
                self.add("uppercase-letters", "present", None, restrict=words)
                if "sentence case" in surface or "normal capital" in surface or "standard capital" in surface:
                    self.add("lowercase-letters", "present")
