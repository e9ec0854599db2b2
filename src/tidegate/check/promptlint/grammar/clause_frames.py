"""Meaning frames of a clause as drafts, and the two requests that need more than a pattern: consent and tools at large."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.clause_presence import MORE_THAN
from tidegate.check.promptlint.grammar.drafts import Hit
from tidegate.check.promptlint.grammar.frames import CLASSES, Match, frame_matches, vocabulary
from tidegate.check.promptlint.grammar.lemmas import lemma
from tidegate.check.promptlint.grammar.reading import Reading
from tidegate.check.promptlint.grammar.text import number_at
from tidegate.check.promptlint.grammar.vocabulary import IMPERATIVES, NEG_VERBS, VERB_CLASS, VERBS_ALSO
from tidegate.check.promptlint.grammar.wordset import word_set

CHOICES = word_set(
    "summary-position german-address french-address spanish-address apology-degree answer-position units language verbosity audience tone spelling code-language directness"
)
WHOLE_ONLY = word_set("verbosity audience jargon tone directness")
CONSENT = frozenset(CLASSES["consent"].split()) | {"ask"}
SEEK = frozenset(lemma(w) for w in CLASSES["seek"].split()) | {"confirm"}
DEED_ALSO = word_set("send issue create remove")  # deeds whose verb elsewhere says nothing of its own
AT_LARGE = word_set("act answer decide continue start move work respond reply prefer")
DETERMINERS = word_set("the a an your each every all any their its these those")
# the action that a noun names
NOMINAL = {"deletion": "delete", "removal": "remove", "cancellation": "cancel", "payment": "pay", "purchase": "buy", "transfer": "transfer",
           "refund": "refund", "booking": "book", "reservation": "book", "execution": "run", "publication": "publish", "change": "change",
           "modification": "change", "update": "update", "order": "order", "closure": "close", "upload": "upload", "installation": "install",
           "deployment": "deploy", "sending": "send", "dispatch": "send", "merge": "merge"}  # fmt: skip
DEFINES = word_set("define explain gloss clarify spell introduce")
SHOWN = word_set(
    "include show provide write contain give add have use present insert supply output produce generate need"
)
FRAME_BENIGN = word_set(
    "old good fact truth channel chat platform key essential paramount vital crucial important original general overall clearly question request topic subject matter issue anything something point step thing ask user answer explanation option "
    "virtual digital automated product service information content text name way manner example detail context reason result final own "
    "help support think know decision choice response system live real current exact relevant related useful natural "
    "good great best personal subjective own open beginning end start begin time language tone voice "
    "expression sign form kind sort type level amount number inside outside document source kindly freely"
)  # fmt: skip
MONEY = word_set("price amount cost fee money sum charge fare rate budget payment pay invoice total")
CODE_BENIGN = vocabulary("code-language") | lexicon.BENIGN | FRAME_BENIGN | IMPERATIVES | SHOWN


class Framed(Reading):
    """Reads meaning frames."""

    def frames(self) -> None:
        """All frames of the clause; what they used is not read again."""
        if self.part and self.part[0].startswith("each "):
            return
        self.consent()
        if [
            t.low
            for t in self.toks
            if t.low.isalpha() and t.low not in ("please", "always", "not", "do", "never", "back")
        ][:1] == ["ask"] and {t.low for t in self.toks[1:] if t.low.isalpha()} <= {
            "the",
            "a",
            "user",
            "customer",
            "client",
            "them",
            "ask",
            "always",
            "back",
            "not",
            "never",
        }:
            self.add("ask", "present" if self.signs[-1] else "absent")
            self.used |= set(range(len(self.toks)))
        matches = frame_matches(self.lemmas)
        if len({m.value for m in matches if m.attribute == "code-language"}) > 1:  # "in Python or Java" leaves a choice
            matches = [m for m in matches if m.attribute != "code-language"]
        taken = set(self.used)
        for m in matches:
            if m.anchor is not None and any(k in taken for k in range(m.start, m.end)):
                continue
            if any(o is not m and o.attribute == m.attribute and _inside(m, o) for o in matches):
                continue
            if m.anchor is None and any(o.anchor is None and _inside(m, o) for o in matches if o is not m):
                continue
            self._frame(m)

    def _frame(self, m: Match) -> None:
        positive = self._sign(m)
        after = self.toks[m.end].low if m.end < len(self.toks) else ""
        if (
            m.attribute == "explanation"
            and m.anchor is None
            and after in ("that", "which", "in", "for", "from", "when")
        ):
            return  # "only code that compiles" narrows the code
        if (
            m.attribute == "ask"
            and self.lemmas[m.start] in SEEK | {"check", "verify", "consult"}
            and "before" in self.low
        ):
            return  # "check with the customer before cancelling" is consent to one act
        if m.attribute == "units" and "pound" in self.lemmas[m.start : m.end] and MONEY & set(self.lemmas):
            self.add("currency", "is" if positive else "not-one-of", "gbp" if positive else ["gbp"])
            return  # "prices in pounds" is money
        if m.attribute == "first-person" and {"singular", "plural"} & set(self.lemmas):
            person = "we" if "plural" in self.lemmas else "first"
            self.add("person", "is" if positive else "not-one-of", person if positive else [person])
            return
        if m.attribute.endswith("-address"):
            self.done.add("language")  # "Sie in German" says how to address, not which language to write
        if m.attribute in ("explanation", "reasoning-shown") and self._names_place(m):
            return  # "no code in explanations" asks for no explanation
        if m.attribute == "jargon" and positive and DEFINES & set(self.lemmas):
            return
        if self.modality == "may" and not positive:
            return
        inside = range(m.start, m.end)
        if m.attribute in ("units", "language") and any(k in self.used for k in inside):
            return
        if m.attribute == "units" and any(h.attribute == "currency" for h in self.hits):
            return
        if m.attribute == "language" and any(h.attribute == "language" for h in self.hits):
            return
        if m.attribute == "code-language" and not {x for x in self.lemmas if x.isalpha()} <= CODE_BENIGN:
            return  # "backend code is in Java" speaks of a part of the code
        if m.attribute in CHOICES:
            value = m.value if positive else [m.value]
            if m.attribute == "apology-degree":
                # "do not apologise profusely" is restraint, and "not over-apologising" too
                value = m.value if m.value == "restrained" or positive else "restrained"
                if m.value == "restrained" and positive and not self._wards_off():
                    return
                self.add(m.attribute, "is", value, soft=True)
                if value == "restrained":  # a ban: whether "apologise warmly when …" is an exception, a person says
                    self.out[-1] = self.out[-1]._replace(prohibition=True)
                self.done.add("apology")
                return
            if m.attribute in WHOLE_ONLY and (self.part or self._words(m)):
                return
            if m.attribute in WHOLE_ONLY:
                self.done.add(m.attribute)
            if self.modality != "may":
                self.add(m.attribute, "is" if positive else "not-one-of", value)
            self.used |= {m.start, m.end - 1}
            return
        if m.attribute == "codeblock" and (
            self._noun_follows(m.end) or (positive and not SHOWN & set(self.lemmas[: m.end]))
        ):
            return
        if not positive and m.operator == "absent":
            return  # "not in plain words" asks for no jargon
        present = positive is (m.operator == "present")
        restrict = () if m.anchor is None else self.narrowing(m)
        hit = Hit("present", m.attribute, "", m.start + 1, m.end, positive)
        restrict = (*restrict, *self.edge(hit))
        if m.attribute == "refuse" and m.anchor is not None:
            restrict = tuple(dict.fromkeys((*restrict, *self._refused(m.end))))
        if (
            m.attribute == "user-name"
            and self.toks[m.end - 1].low == "names"
            and any(t.low.isdigit() for t in self.toks)
        ):
            return  # "mention at least 10 person names" is an amount of names, not the user's
        if m.attribute == "user-name":
            which = {"first": "first", "given": "first", "last": "last", "surname": "last"}
            restrict = tuple(dict.fromkeys(which[w] for w in self.lemmas if w in which))
        if not positive and MORE_THAN.search(self.low):
            return
        if not present and m.anchor is not None:
            restrict = (*restrict, *(w for w in self.purpose(m.end) if w not in vocabulary(m.attribute)))
        if not present:
            restrict = (*restrict, *self.degree(m.end))
        elif m.attribute == "codeblock" and not restrict:
            restrict = self._with_each(m.end)
        if self.modality == "may":
            self.add(m.attribute, "present", None, modality="may", restrict=restrict)
        else:
            self.add(m.attribute, "present" if present else "absent", None, restrict=restrict)
        self.done.add(m.attribute)
        self.used |= (
            {m.start, m.end - 1} if m.anchor is not None and m.attribute not in ("any-list", "user-name") else set()
        )

    def _wards_off(self) -> bool:
        """Whether a clause keeps away from a thing: "avoid excessive apologies"."""
        return bool(
            {"avoid", "no", "not", "never", "without", "skip", "refrain", "minimize", "limit"} & set(self.lemmas)
        )

    def _names_place(self, m: Match) -> bool:
        """Whether the last word of a frame only says where another thing goes: "a sample with every explanation"."""
        k, skipped = m.end - 2, False
        each = False
        while k > m.start and (self.toks[k].low in DETERMINERS or not skipped):
            if self.toks[k].low in ("in", "into", "inside", "within", "with", "to"):
                break
            each |= self.toks[k].low in ("every", "each", "all", "any")
            skipped |= self.toks[k].low not in DETERMINERS
            k -= 1
        word = self.toks[k].low if k > m.start else ""
        thing = any(t.low.isalpha() and t.low not in DETERMINERS for t in self.toks[m.start + 1 : k])
        return thing and (word in ("in", "into", "inside", "within", "to") or (word == "with" and each))

    def _with_each(self, end: int) -> tuple[str, ...]:
        """The things of which each gets one: "with every explanation"."""
        said = " ".join(t.low for t in self.toks[end:])
        what = re.match(r"(?:with|in|to|for|under|after|into) (?:each|every|all|any) (?P<w>(?:[a-z-]+ )?[a-z]+)$", said)
        words = [t.lemma for t in self.toks[-len(what.group("w").split()) :] if t.low.isalpha()] if what else []
        return () if not words or words[-1] in lexicon.REPLY_NOUNS | lexicon.USERS else tuple(sorted(words))

    def _refused(self, start: int) -> tuple[str, ...]:
        """What is refused: every content word that follows."""
        return tuple(
            t.lemma for t in self.toks[start:]
            if t.low.isalpha() and t.lemma not in lexicon.BENIGN and t.lemma not in lexicon.USERS
            and t.lemma not in ("question", "request", "anything", "topic", "ask", "matter", "pose", "say")
        )  # fmt: skip

    def _noun_follows(self, k: int) -> bool:
        """Whether the word before k only describes the next one ("code review")."""
        if k >= len(self.toks):
            return False
        t = self.toks[k]
        return (
            t.low.isalpha() and t.lemma not in lexicon.BENIGN and t.lemma not in lexicon.REPLY_NOUNS and t.lemma != "be"
        )

    def _sign(self, m: Match) -> bool:
        """The sign a frame stands under: of its last word, or of what stands before its first."""
        if m.anchor is None:
            return self.signs[m.start - 1] if m.start else True
        if m.anchor == m.start == 0 and self.toks[0].lemma in NEG_VERBS:
            return True
        if m.anchor == m.start and m.start > 0 and m.end > m.start:
            return self.signs[m.start - 1] if self.toks[m.start - 1].low not in (",", ";") else self.signs[m.start]
        return self.signs[m.anchor]

    def narrowing(self, m: Match) -> tuple[str, ...]:
        """The words that narrow what a frame speaks of; an amount narrows too ("numbers below ten")."""
        amount = [f"{self.toks[k - 1].low} {t.low}" for k, t in enumerate(self.toks)
                  if k and self.toks[k - 1].low in ("above", "below", "over", "under", "than", "to", "from")
                  and number_at(self.toks, k)]  # fmt: skip
        return (*amount, *self._words(m))

    def _words(self, m: Match) -> tuple[str, ...]:
        known = vocabulary(m.attribute) - {"first", "last", "given", "surname"} | {"original", "current", "initial"}
        return tuple(
            w for w in self.residue(m.attribute, *((k, k + 1) for k in range(m.start, m.end) if k not in m.gaps))
            if w not in FRAME_BENIGN and w not in known and w not in IMPERATIVES and w not in VERBS_ALSO and w not in lexicon.REPLY_NOUNS
        )  # fmt: skip

    def consent(self) -> None:
        """ "Ask before you delete a file", "delete files without asking": whether an action needs a yes."""
        at = next((k for k, t in enumerate(self.toks) if t.low in ("without", "before", "until", "unless") and k), None)
        words = self.lemmas
        if at is not None and self.toks[at].low in ("without", "until", "unless") and CONSENT & set(words[at + 1 :]):
            if not {"question", "clarification"} & set(words):
                what = self._objects(0, at)
                if what and set(what) <= AT_LARGE:
                    self.add("ask", "absent" if self.signs[at - 1] else "present")
                    self.used |= set(range(len(self.toks)))
                elif what:
                    self.add("consent", "absent" if self.signs[at - 1] else "present", None, restrict=what)
                    self.used |= set(range(len(self.toks)))
            return
        if at is None:
            at = next((k for k, t in enumerate(self.toks) if t.low == "to" and k and words[k - 1] in CONSENT), None)
        end = len(words) if at is None else at
        asked = [k for k in range(end) if words[k] in CONSENT - {"ask"} or (words[k] == "confirm" and at is not None)]
        seeks = asked and (SEEK & set(words[: asked[-1] + 1]))
        if not asked or not seeks or "sign-off" in words[:end]:
            return
        need = next((k for k in range(asked[0]) if words[k] in ("require", "need")), None)
        what = self._objects(at + 1, len(words)) if at is not None else self._objects(0, need) if need else ()
        if at is not None and not what:
            return
        self.add("consent", "present" if self.signs[asked[-1]] else "absent", None, restrict=what)
        self.used |= set(range(len(self.toks)))

    def _objects(self, start: int, end: int) -> tuple[str, ...]:
        """The action of a stretch of the clause: its verb's class and its objects."""
        out: set[str] = set()
        for k in range(start, end):
            t = self.toks[k]
            if (
                not t.low[0].isalpha()
                or ((t.lemma in lexicon.BENIGN or t.low in lexicon.BENIGN) and (out or t.lemma not in DEED_ALSO))
                or t.lemma in lexicon.USERS
            ):
                continue
            if t.lemma in ("never", "not", "always", "first", "ask", "permission") or t.low.endswith("ly"):
                continue
            verb = NOMINAL.get(t.lemma, t.lemma)
            if verb not in ("carry", "do", "make", "perform", "take", "happen", "go", "proceed"):
                out.add(VERB_CLASS.get(verb, verb))
        return tuple(sorted(out))


def _inside(m: Match, o: Match) -> bool:
    """Whether a match says less than another one of the same place."""
    return o.start <= m.start and m.end <= o.end and (o.end - o.start) > (m.end - m.start)
