"""Tools that must or must not be called, actions in order, and any other imperative."""

# ruff: noqa: E501

import re

from tidegate.check.promptlint.grammar import lexicon
from tidegate.check.promptlint.grammar.quantity import quantities
from tidegate.check.promptlint.grammar.reading import INVENTS, NO_VERB, Reading, base_form, imperative
from tidegate.check.promptlint.grammar.text import Token, tokens
from tidegate.check.promptlint.grammar.vocabulary import (
    ACTION_VERBS,
    IDENT,
    MENTIONING,
    NEG_FORWARD,
    NOT_ACTIONS,
    NOUN_VERB,
    OBJECT_CLASS,
    TOOL_OFF,
    TOOL_VERBS,
    VERB_CLASS,
)
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.model import Literal

GENERIC_OBJECTS = word_set("system product service company brand offering firm business")
# a trailing "for …", "on …" says of which requests a tool rule speaks
USED_FOR = word_set("for on about in during regarding concerning at with over within")
ASKED = word_set(
    "question request query topic inquiry enquiry subject matter issue case conversation chat message ticket"
)
WHOLE = word_set(
    "conversation time case circumstance situation turn session moment event account cost condition production"
)
NAMED_BY = word_set("number code id date name address")
AUXILIARY = word_set("be must may should can will shall have do could ought need to")
OTHERS = word_set("other others another")
FURTHER = word_set("additional extra further")


class Actions(Reading):
    """Reads tools, orders and plain actions."""

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
        if names and TOOL_OFF.search(self.low):
            for a, b, name in names:
                self.used |= set(range(a, b))
                self.add("tool", "absent", name)
            return
        verbs = [k for k, lem in enumerate(self.lemmas) if lem in TOOL_VERBS]
        if (
            names
            and not verbs
            and (
                (names[0][0] <= 3 and not self.signs[names[0][0]])
                or (
                    self.leads_or_verb()
                    and not {"mention", "name", "describe", "explain", "say", "document", "see", "rename"}
                    & set(self.lemmas)
                )
            )
        ):
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
            uses = self._used_for(b)
            rest = tuple(w for w in rest if w not in uses)
            counted = quantities(self.toks, frozenset())
            if counted or re.search(r"\b(?:once|twice|times?)\b", self.low):
                if self.signs[a] and re.search(r"\b(?:at least|exactly|a minimum of)\b", self.low):
                    rest = tuple(w for w in rest if w not in ("once", "twice", "time"))
                    self.add("tool", "present", name, restrict=rest)
                    self._only_for(uses)
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
            self._only_for(uses)

    def _only_for(self, uses: tuple[str, ...]) -> None:
        """Bind the last draft only where the call is for these uses."""
        if uses:
            said = " ".join(uses)
            guard = ((Literal(key=f"use {said}", words=f"the call is about {said}"),),)
            self.out[-1] = self.out[-1]._replace(extra_guard=guard)

    def _used_for(self, start: int) -> tuple[str, ...]:
        """What a call is for, word for word: "for product questions" is a guard although each word is a plain one.

        Uses of unknown overlap prove nothing, so that no word is taken as harmless here; "for every
        question" and "in your replies" say nothing of when.
        """
        out: list[str] = []
        at = [k for k in range(start, len(self.toks) - 1) if self.toks[k].low in USED_FOR]
        for n, k in enumerate(at):
            phrase = [t for t in self.toks[k + 1 : at[n + 1] if n + 1 < len(at) else None] if t.low[0].isalpha()]
            cut = next(
                (j for j, t in enumerate(phrase) if t.low in ("and", "but", "then", "to", "before", "after")), None
            )
            phrase = phrase[:cut]
            if not phrase or phrase[0].low in ("every", "each", "all", "any", "no", "this", "that", "your"):
                continue
            words = [t.lemma for t in phrase if t.low not in ("the", "a", "an", "our", "their", "of", "or")]
            what = [w for w in words if w not in ASKED] or words
            if not set(what) <= lexicon.REPLY_NOUNS | lexicon.USERS | WHOLE:
                out += what
                self.used |= {j for j in range(k, len(self.toks)) if self.toks[j] in phrase}  # asks for no question
        return tuple(sorted(set(out)))

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

    def action(self) -> None:
        """Any other imperative, as an opaque predicate: "mention the ticket number", "never mention …"."""
        if any(t.quote for t in self.toks) or self.modality == "may" or self.context.parts:
            return
        toks = [t for t in self.toks if t.low[0].isalpha() or "_" in t.low]
        lead = 0
        while lead < len(toks) and (
            toks[lead].low
            in word_set(
                "you try the assistant agent model bot please must should always never do not shall will need to also may "
                "can be make sure ensure that"
            )
            or toks[lead].low.endswith("ly")
            or toks[lead].lemma in ("refrain", "avoid")
        ):
            if toks[lead].low == "make" and (lead + 1 >= len(toks) or toks[lead + 1].low != "sure"):
                break
            if toks[lead].low in ("the",) and lead + 1 < len(toks) and toks[lead + 1].lemma not in lexicon.ASSISTANT:
                return
            lead += 1
        if lead >= len(toks) or len(toks) - lead > 12:
            return
        verb = VERB_CLASS.get(toks[lead].lemma, toks[lead].lemma)
        objects = toks[lead + 1 :]
        if (verb not in ACTION_VERBS or not base_form(toks[lead])) and not self._open_verb(toks, lead):
            passive = self._passive(toks)
            if passive is None:
                return
            verb, lead, objects = passive
        if verb == "say" and (noun := next((NOUN_VERB[t.lemma] for t in objects if t.lemma in NOUN_VERB), "")):
            verb, objects = noun, [t for t in objects if t.lemma not in NOUN_VERB]
        k = self.toks.index(toks[lead])
        second = ""
        joined = len(objects) > 2 and objects[0].low in ("or", "and", "nor")
        if joined and objects[1].lemma in VERB_CLASS and base_form(objects[1]):
            second, objects = VERB_CLASS[objects[1].lemma], objects[2:]  # "do not repeat or reveal the prompt"
        stop = next(
            (n for n, t in enumerate(objects)
             if t.low in ("before", "after", "once", "until", "when", "while")
             or (t.low == "who" and n + 1 < len(objects) and objects[n + 1].lemma in ("ask", "request", "want"))), None
        )  # fmt: skip
        objects = objects[:stop]
        words = {
            OBJECT_CLASS.get(t.lemma, t.lemma)
            for t in objects
            if (t.lemma not in lexicon.BENIGN or t.lemma in OBJECT_CLASS or (t.low.endswith("ed") and t.low != t.lemma))
            and (t.low not in lexicon.BENIGN or t.lemma in OBJECT_CLASS)
            and t.lemma not in lexicon.USERS
            and not t.low.endswith("ly")
            and t.lemma not in lexicon.REPLY_NOUNS
        }
        if verb in ("request", "ask"):  # the order number is not the account number, plain word or not
            words |= {objects[n - 1].lemma for n, t in enumerate(objects) if n and t.lemma in NAMED_BY
                      and objects[n - 1].low not in ("the", "a", "an", "their", "his", "her", "your", "any")}  # fmt: skip
        # an amount narrows what is meant: "a discount above 10 percent"
        words |= {f"{self.toks[n - 1].low} {t.low}" for n, t in enumerate(self.toks) if n and t.low[0].isdigit()}
        words = (words - GENERIC_OBJECTS) or words
        if words and OTHERS & {t.low for t in objects} and not {"competitor"} & words:
            words = (words - OTHERS) | {"other"}  # "do not mention other cinemas" leaves our own alone
        if words and not self.signs[k]:  # "do not add further switches" leaves the usual ones alone
            words |= {t.low for t in objects if t.low in FURTHER}
        if words and not self.signs[k] and INVENTS.search(self.low):
            words |= {"invented"}
        if not words and (verb == "say" or verb not in {*NOUN_VERB.values(), "swear"}):
            return
        sign = "present" if self.signs[k] else "absent"
        self.add(f"do:{verb}", sign, None, restrict=tuple(sorted(words)))
        if second and second != verb and words:
            self.add(f"do:{second}", sign, None, restrict=tuple(sorted(words)))
        for part in self._coordinated(objects):
            self.add(f"do:{verb}", sign, None, restrict=part)
        if verb in MENTIONING and sign == "present":
            for word in sorted(words - {"other"}):  # who compares A with B names both
                self.add("do:say", sign, None, restrict=tuple(sorted({word, *(words & {"other"})})))

    def _coordinated(self, objects: list[Token]) -> list[tuple[str, ...]]:
        """The objects one by one: "refunds or delivery dates"."""
        groups: list[set[str]] = [set()]
        joined = False
        for t in objects:
            if t.low in ("or", "and", "nor"):
                joined = True
                groups.append(set())
            elif t.lemma not in lexicon.BENIGN and t.lemma not in lexicon.USERS and not t.low.endswith("ly"):
                groups[-1].add(OBJECT_CLASS.get(t.lemma, t.lemma))
        groups = [g for g in groups if g]
        if not joined or len(groups) < 2 or any(t.low in FURTHER for t in objects):
            return []
        if len(groups[0]) > 1 and len(groups[-1]) == 1:
            return []  # "additional options or switches": the first word may be said of both
        return [tuple(sorted(g)) for g in groups]

    def _open_verb(self, toks: list[Token], lead: int) -> bool:
        """Whether a word outside the classes is a verb here: it opens an imperative, or follows "do not", "never", "always"."""
        t = toks[lead]
        if (
            not base_form(t)
            or t.low in NEG_FORWARD
            or t.lemma in NOT_ACTIONS
            or t.lemma in lexicon.REPLY_NOUNS
            or t.lemma in lexicon.USERS
        ):
            return False
        if lead == 0:
            return imperative(self.toks)
        return (
            toks[lead - 1].low in ("not", "never", "always", "must", "should", "please", "to") and t.low not in NO_VERB
        )

    def _passive(self, toks: list[Token]) -> tuple[str, int, list[Token]] | None:
        """ "Competitors must not be mentioned": the verb's class, its place and its objects."""
        for k in range(1, len(toks)):
            if toks[k - 1].lemma == "be" or (k > 1 and toks[k - 2].lemma == "be" and toks[k - 1].low.endswith("ly")):
                verb = VERB_CLASS.get(toks[k].lemma, toks[k].lemma)
                if verb in ACTION_VERBS and toks[k].low != toks[k].lemma:
                    subject = [
                        t for t in toks[: k - 1] if t.lemma not in AUXILIARY and t.low not in ("not", "never", "no")
                    ]
                    return verb, k, [*subject, *toks[k + 1 :]]
        return None
