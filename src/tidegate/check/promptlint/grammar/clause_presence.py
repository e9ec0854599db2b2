"""Concepts that are there or not: emoji, tables, citations, questions, greetings ..."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.clause_choices import Choices
from tidegate.check.promptlint.grammar.drafts import Hit
from tidegate.check.promptlint.grammar.vocabulary import (
    IMPERATIVES,
    NEG_VERBS,
    PLACES,
    POST_NEG,
    PRESENT_BENIGN,
)
from tidegate.check.promptlint.grammar.wordset import word_set

MORE_THAN = re.compile(
    r"\b(?:more than|over|beyond|exceed\w*) (?:once|twice|one|two|three|four|five|a|an|\d+)\b|\b(?:twice|repeatedly|again and again|too (?:many|much|often))\b"
)


class Presence(Choices):
    """Reads presences, and hands choices on."""

    def answer_first(self) -> None:
        """ "Give the answer immediately", "get straight to the point": nothing may stand before the answer."""
        if (
            re.search(
                r"\b(?:answer|reply|respond|begin|start|open|lead|jump|dive|get|go|launch|come|cut)\b.{0,40}\b(?:immediately|straight (?:away|to|into)|right away|directly (?:with|into)|right (?:to|into)|with the (?:answer|solution|result|fix)(?: itself)?|to the chase|at once)\b"
                r"|\bfirst (?:word|words|sentence|line|thing)s? (?:must|should|has to|have to|is|are|needs? to)\b.{0,20}\b(?:part of|belong|already)?\s*(?:the|be the|to the|an?) (?:answer|solution|content|substance|information)"
                r"|\b(?:immediately|straight (?:away|to)|directly)\b.{0,25}\b(?:answer|solution|point)\b|\banswer at once\b",
                self.low,
            )
            and not any(t.quote for t in self.toks)
            and not re.search(r"\b(?:not|never)\b.*\b(?:answer|immediately|directly|straight)\b", self.low)
            and not re.search(r"\b(?:escalate|transfer|hand|call|human|email)\b", self.low)
        ):
            self.add("answer-first", "present")
            if re.search(r"\bto the (?:point|chase)\b", self.low):
                self.add("verbosity", "is", "brief", soft=True)
            self.used |= {
                k for k, t in enumerate(self.toks) if t.lemma in ("answer", "point", "straight", "immediately")
            }

    def concepts(self) -> None:
        """Everything the lexicon names."""
        by_attribute: dict[str, list[Hit]] = {}
        for h in self.hits:
            if any(k in self.used for k in range(h.start, h.end)) or h.attribute in self.done:
                continue
            by_attribute.setdefault(h.attribute, []).append(h)
        for attribute, hits in by_attribute.items():
            if hits[0].kind == "choice":
                self._choice(attribute, hits)
            else:
                for h in hits[:1] if len({h.positive for h in hits}) == 1 else hits:
                    self._present(h)

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
        if (
            attribute in ("jargon", "acronym")
            and h.positive
            and {"define", "explain", "clarify", "spell", "gloss"} & set(lemmas)
        ):
            return  # "define technical terms" asks for no jargon
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
        if not h.positive:
            if MORE_THAN.search(self.low):
                return  # "not more than once" forbids no first time
            restrict = (*restrict, *self.degree(h.end), *self.purpose(h.end), *self.edge(h))
        elif self.edge(h):
            restrict = (*restrict, *self.edge(h))
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
            if attribute == "question":
                attribute = "ask"  # a question at the end is put to the user
                self.add("question", "present", None, restrict=("at the end",))
            restrict = ()
        if attribute == "question" and not h.positive and restrict == ("at the end",):
            self.add("ask", "absent", None, restrict=restrict, scope=scope)  # a question at the end is put to the user
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
        if self.leads_or_verb() and {"in", "as", "with", "into", "using"} & {
            t.low for t in self.toks[max(0, h.start - 3) : h.start]
        }:
            return True
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
            "generate output produce show create paste write cite include provide carry need add give link quote back support append omit skip without no mention "
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
                    "always include provide add leave skip omit drop"
                )
                & set(self.lemmas)
            ):
                return False
        return bool(verbs & set(self.lemmas))
