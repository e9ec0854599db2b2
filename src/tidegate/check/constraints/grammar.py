# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this sentence a rule?  Modality, mood and polarity of English, decided without a model.

A rule tells somebody (the model, its operators, or anyone who asks it) what must, must not or
may only be done.  It shows itself as a deontic modal ("must", "may not", "is not allowed to"),
an imperative ("Refund only ...", "Never share ..."), a prohibition without a verb ("No refunds
after 30 days"), a stated bound ("Refunds are limited to $50"), or a norm in the present tense
("The assistant never reveals ...").  Facts, descriptions, examples, questions and guesses about
the world ("This may take a minute") are none.
"""

import re

import msgspec

from tidegate.check.constraints import lexicon
from tidegate.check.constraints.lexicon import has, tokens


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a sentence was read: a rule or not, by which sign, whether it forbids, and its main clause."""

    is_rule: bool
    sign: str
    forbids: bool = False
    main: str = ""
    condition: str = ""


_LABEL = re.compile(
    r"^\W*(?:(?:important|note|warning|caution|rule|policy|reminder|critical|security|privacy|remember|attention|strict|notice"
    r"|requirement|constraint|guideline|instruction|step|safety|formatting|style|tone|compliance|nb|also|ps|p\.s\.)"
    r"(?:\s+(?:rule|policy|note|notice|requirement|guideline|no\.?))?\s*#?\d*(?:\.\d+)*\s*[:.)\-–—]+\s*|\*+)+\s*", re.I
)  # fmt: skip
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”]*”|`[^`]*`|(?<![\w])'[^'\n]{2,}?'(?!\w)|«[^»]*»|<[^<>\n]{1,80}>|\{[^{}\n]{1,80}\}"
)
_EXAMPLE = re.compile(
    r"^\W*(?:for example|for instance|e\.g\.|example|examples|sample|as an illustration|user|customer|human|q|a|client"
    r"|patient|caller|student|bot reply|assistant|agent|input|output|question|answer|response|transcript)\s*\d*\s*[:,]|^\W*(?:e\.g\.|i\.e\.)|"
    r"^\W*(?:for example|for instance|as an example)\b|^\W*(?:here is|here's|here are|below is|below are|the following (?:is|are)) (?:an?|some|the|two|three)?\s*(?:examples?|samples?)\b",
    re.I,
)  # fmt: skip
_LEADING = re.compile(
    r"^(?:if|when|whenever|where|wherever|unless|before|after|once|while|until|in case|in the event|should the|should a|should any"
    r"|except|provided|as long as|given|even if|even when|even though|although|though|because|since|for|in|on|at|to|during|with|without|under|regardless|no matter|based"
    r"|depending|as|per|according|by|upon|from|outside|within|beyond|despite|instead of|rather than|in order to|whatever|whoever|only when|only if|only after|prior to|following|due to|given that|having)\b",
    re.I,
)  # fmt: skip
_FILLERS = frozenset(["please", "always", "only", "also", "then", "just", "simply", "kindly", "immediately", "first", "instead", "otherwise", "strictly", "politely", "finally", "next", "further", "additionally", "moreover", "however", "therefore", "thus", "so", "and", "but", "or", "rather", "absolutely", "clearly", "carefully", "generally", "ideally", "usually", "typically", "normally", "where", "possible", "preferably", "gently", "briefly", "proactively", "explicitly", "promptly", "do", "definitely", "certainly", "really", "automatically", "manually", "quickly", "directly", "silently", "never", "ever", "again", "still", "in", "lastly", "firmly", "truthfully", "honestly", "consistently", "occasionally", "permanently", "gracefully", "internally"])  # fmt: skip
_NEVER = ("never", "do not", "don't", "dont", "under no circumstances", "under no circumstance", "on no account", "in no case",
          "at no time", "at no point", "not ever", "by no means", "in no event", "not", "no longer", "no")  # fmt: skip
_DEONTIC_BE = re.compile(
    r"\b(?:is|are|be|being|been)\s+(?:\w+ly\s+|not\s+|never\s+|only\s+|also\s+|all\s+|both\s+)*(?:allowed|permitted|authori[sz]ed|forbidden|prohibited"
    r"|required|obliged|obligated|expected to|supposed to|mandatory|compulsory|banned|off[- ]limits|disallowed|restricted to|restricted from"
    r"|limited to|capped at|out of bounds|non-negotiable|imperative|essential|to be (?:\w+ed|kept|sent|written|given|made|treated|held|shown)|not to|never to|only to"
    r"|unacceptable|a must|reserved for|barred from|strictly confidential|confidential and|out of scope|not acceptable|not an option|not available to"
    r"|grounds for|subject to (?:prior |manager |written )?approval|to remain|to stay|under no circumstances|instructed to|encouraged to|entitled only|eligible only|not eligible|ineligible|non-refundable|nonrefundable|final and)\b", re.I
)  # fmt: skip
_NOT_ALLOWED = re.compile(r"\b(?:isn't|aren't)\s+(?:allowed|permitted|authori[sz]ed|an option|acceptable|to)\b", re.I)
_SECRET_BE = re.compile(
    r"\b(?:is|are)\s+(?:strictly|completely|entirely|highly)?\s*(?:confidential|secret|private|internal[- ]only|for internal use|classified|top secret)\b",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:maximum|minimum|max|min|limit|cap|ceiling|upper bound|quota|threshold)\b[^.]{0,60}?(?:\bis\b|\bof\b|\bare\b|:|=|\bat\b)\s*(?:\w+\s){0,2}?[$€£]?\d|"
    r"\b(?:no (?:more|fewer|less|later|earlier|longer) than|at most|at least|up to|not exceed(?:ing)?|never exceed(?:ing)?)\b[^.]{0,20}(?:[$€£]?\d|\bone\b|\btwo\b|\bthree\b|\bfour\b|\bfive\b|\bten\b|\ba single\b|\bhalf\b)", re.I
)  # fmt: skip
_MODAL = re.compile(
    r"\b(must(?:n't)?|shall(?: not)?|shan't|should(?:n't)?|ought(?: not)? to|(?:has|have|need|needs) to|need not|may not|can ?not|can't|may not|may only|can only"
    r"|might not|couldn't|won't|will|may|can|would|better not|had better|need)\b", re.I
)  # fmt: skip
_FINITE = frozenset(["is", "are", "was", "were", "be", "has", "have", "had", "does", "do", "did", "will", "would", "can", "could", "may", "might", "must", "shall", "should", "isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't", "doesn't", "don't", "didn't", "won't", "can't", "cannot", "contains", "contain", "includes", "include", "comes", "come", "goes", "go", "takes", "take", "needs", "need", "starts", "start", "means", "mean", "requires", "require", "gets", "get", "becomes", "become", "remains", "remain", "stays", "shows", "arrive", "begin", "begins", "expire", "expires", "apply", "applies", "depend", "depends", "vary", "varies", "cost", "costs", "range", "ranges", "appear", "appears", "consist", "consists", "belong", "belongs", "change", "changes", "happen", "happens", "keep", "keeps", "use", "uses", "usually", "typically", "work", "works", "run", "runs", "open", "opens", "close", "closes", "ship", "ships", "differ", "differs", "increase", "increased", "dropped", "rose", "fell", "grew", "went", "came"])  # fmt: skip
_DETERMINERS = frozenset(["the", "a", "an", "any", "all", "every", "each", "your", "their", "his", "her", "its", "our", "my", "this", "that", "these", "those", "no", "some", "only", "it", "them", "him", "us", "me", "you", "everything", "anything", "nothing", "anyone", "someone", "everyone", "both", "either", "one", "two", "three", "up", "out", "off", "back", "down", "at", "most", "least", "to", "in", "on", "with", "for", "from", "about", "by", "into", "more", "less", "as", "between", "personal", "customer", "customers", "user", "users"])  # fmt: skip
_OUTCOME = frozenset(["take", "arrive", "work", "see", "look", "feel", "appear", "help", "suffice", "receive", "find", "become", "happen", "seem", "sound", "contain", "match", "notice", "expect", "reflect", "cost", "last", "result", "cause", "depend", "vary", "differ", "lead", "mean", "fail", "need", "want", "like", "get", "be", "have", "know", "understand", "enjoy", "experience", "wonder", "encounter", "come", "include", "also", "return", "occur", "load", "run", "apply", "ask", "still", "choose"])  # fmt: skip


_COORDINATED = re.compile(
    r"(?:never|always|do not|don't|please|not|ensure|make sure|refuse|decline|escalate|avoid|only|be|then|instead|keep|use|say|reply|respond|confirm|ask|transfer|stop|redirect|politely|simply|refer)\b",
    re.I,
)
_PERMITS = re.compile(
    r"(?:you|(?:the|an?) (?:\w+ )?(?:agent|assistant|bot|representative|employee|manager|operator|advisor|model))\s+(?:can|may)\s+(?!also help|help|see|find|ask|expect|assist)",
    re.I,
)


def read(text: str, lead: str = "") -> Reading:
    """How one sentence reads; `lead` is the text before the colon of the list it stands in."""
    plain = _QUOTED.sub(" Q0 ", text)
    bare = _LABEL.sub("", plain).strip(" \t*_•-–—")
    if not re.search(r"[A-Za-z]{2}", bare):
        return Reading(is_rule=False, sign="no words")
    if _EXAMPLE.match(text.strip()) and not re.match(
        r"^\W*(?:answer|response|output)s?\s*:?\s+(?:must|should|shall|in |with )", text, re.I
    ):
        return Reading(is_rule=False, sign="example")
    if _is_question(bare):
        return Reading(is_rule=False, sign="question")
    if lead:
        inherited = _inherit(lead, bare)
        if inherited is not None:
            return inherited
    condition, main = _split_condition(bare)
    for position, clause in enumerate(_clauses(main)):
        found = _read_clause(clause)
        if found is not None and position and found[0] == "imperative" and not _COORDINATED.match(clause):
            continue  # "you can book, modify, or cancel": a coordinated infinitive, not an order
        if found is not None:
            return Reading(is_rule=True, sign=found[0], forbids=found[1], main=main, condition=condition)
    if (
        condition
        and _PERMITS.match(main)
        and re.match(r"(?:if|when|once|after|provided|as long as|unless|only)\b", condition, re.I)
    ):
        return Reading(is_rule=True, sign="conditional permission", main=main, condition=condition)
    if condition and (inverted := _read_inverted(condition)):
        return Reading(is_rule=True, sign=inverted, forbids=True, main=main, condition=condition)
    return Reading(is_rule=False, sign="declarative", main=main, condition=condition)


def _is_question(text: str) -> bool:
    if not text.rstrip("\"'”’)*_ ").endswith("?"):
        return False
    head = tokens(text)[:1]
    return (
        not head
        or not _imperative_start(text)
        or head[0] in {"do", "can", "could", "would", "will", "is", "are", "have", "did"}
    )


def _inherit(lead: str, item: str) -> Reading | None:
    """A list item under a deontic lead-in ("You must never:") is a rule with the lead-in's polarity."""
    low = lead.lower()
    if re.search(
        r"\b(?:example|examples|sample|following (?:tools|products|services|fields|information|steps were)|such as|contains|includes)\b",
        low,
    ) and not re.search(r"\b(?:must|never|not|only|should|shall)\b", low):
        return None
    forbids = bool(
        re.search(
            r"\b(?:never|not|don't|cannot|can't|forbidden|prohibited|banned|off-limits|disallowed|avoid|refuse|decline|no)\b",
            low,
        )
    )
    strong = re.search(r"\b(?:must|never|shall|should|do not|don't|cannot|can't|may not|may only|can only|only|always|forbidden|prohibited"
                       r"|required|not allowed|not permitted|avoid|refuse|ensure|make sure|off-limits|banned|disallowed)\b", low)  # fmt: skip
    if strong is None:
        return None
    return Reading(is_rule=True, sign="list under a modal lead-in", forbids=forbids, main=item, condition=lead)


def _split_condition(text: str) -> tuple[str, str]:
    """(leading subordinate clause or adverbial, main clause); the comma that closes it decides."""
    if _LEADING.match(text):
        if re.match(
            r"^(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account|by no means)\b",
            text,
            re.I,
        ):
            return "", text
        depth = 0
        for i, c in enumerate(text):
            depth += (c in "([") - (c in ")]")
            if c in ",:–—" and depth == 0 and i > 3:
                rest = text[i + 1 :].strip()
                head = tokens(rest)[:3]
                if head and (head[0] in ("then", "you") or _starts_clause(rest)):
                    return text[:i], re.sub(r"^then\s+", "", rest, flags=re.I)
        found = re.search(r"\b(?:,? then|,)\s+(.*)$", text)
        if found:
            return text[: found.start()], found.group(1)
        inner = re.match(
            r"^(?:if|when|whenever|should)\b.{3,80}?\b((?:do not|don't|never|always|please|you (?:must|should|shall))\b.*)$",
            text,
            re.I,
        )
        if inner:
            return text[: inner.start(1)], inner.group(1)
    return "", text


def _starts_clause(text: str) -> bool:
    if _imperative_start(text):
        return True
    head = " ".join(tokens(text)[:12])
    return bool(_MODAL.search(head) or _DEONTIC_BE.search(head) or re.match(r"(?:no|only|never|always|do not|don't|please)\b", head)
                or re.search(r"\b(?:is|are|was|were|has|have)\b", head))  # fmt: skip


def _clauses(main: str) -> list[str]:
    """The main clause and its coordinates ("..., and never ...", "...; do not ...")."""
    parts = re.split(
        r"\s*(?:;|:\s|\s[–—-]\s|,\s+(?:and|but|or|so|yet|then|otherwise|instead|nor)\s+|,\s+(?=(?:do not|don't|never|always|please|you must|you should)\b)|\s+but\s+|\s+and\s+(?=(?:never|always|do not|don't|must|should|you|only)\b)|\.\s+)",
        main,
        flags=re.I,
    )
    return [p.strip(" ,") for p in parts if p and p.strip(" ,")]


def _read_inverted(condition: str) -> str:
    low = condition.lower()
    return (
        "prohibition"
        if re.match(r"(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account)\b", low)
        else ""
    )


def _read_clause(clause: str) -> tuple[str, bool] | None:
    """(sign, forbids) when a clause is deontic; None otherwise."""
    clause = re.sub(r"\((?!s\))[^()]*\)", " ", clause).strip()
    clause = (
        re.sub(
            r"^(?:and|but|or|so|then|also|however|therefore|in addition|additionally|furthermore|moreover|that said|likewise|similarly|in particular|in general|as such|in short|above all|most importantly|importantly|remember|remember that|note that|please note that|be aware that|keep in mind that|bear in mind that)[,:]?\s+(?=\w)",
            "",
            clause,
            flags=re.I,
        )
        if not re.match(r"^remember to\b", clause, re.I)
        else clause
    )
    low = clause.lower().replace("’", "'")
    words = [t for t in tokens(clause) if re.match(r"[\w$€£]", t)]
    if not words:
        return None
    negative = bool(
        re.search(
            r"\b(?:never|not|cannot|no|nobody|none|nor|neither|without)\b|n't\b|forbidden|prohibited|banned|off[- ]limits|disallowed|confidential|refrain|avoid|refuse|decline",
            low,
        )
    )
    if re.match(
        r"(?:under no circumstances?|at no (?:time|point)|in no (?:case|event)|on no account|by no means)\b", low
    ):
        return "prohibition", True
    for test in (_imperative, _modal, _statement):
        sign = test(clause, low, words)
        if sign:
            return sign, negative
    return None


def _imperative_start(text: str) -> bool:
    words = [t for t in tokens(text) if re.match(r"[\w$€£]", t)]
    return bool(words) and bool(_imperative(text, text.lower(), words))


def _imperative(_: str, __: str, words: list[str]) -> str:
    """An imperative: after fillers and negation, a base-form verb that is not the subject of a finite verb."""
    i = 0
    negated = False
    while i < len(words) and (words[i] in _FILLERS or words[i] in ("not", "don't", "dont") or words[i].endswith("ly")):
        if words[i] in ("only",) and i + 1 < len(words) and words[i + 1] not in lexicon.VERBS:
            return ""
        if words[i].endswith("ly") and words[i] in lexicon.VERBS:
            break
        negated |= words[i] in ("not", "don't", "dont", "never") or (
            words[i] == "do" and words[i + 1 : i + 2] == ["not"]
        )
        i += 1
    if i >= len(words):
        return ""
    first = words[i]
    explicit = i > 0 and any(
        w in ("never", "always", "please", "don't", "dont", "not", "do", "kindly", "just") for w in words[:i]
    )
    if first == "be" or first.startswith("be-"):
        return "imperative"
    if first in ("make", "ensure", "remember", "refrain", "avoid", "let", "stick", "feel") and len(words) > i + 1:
        return (
            ""
            if first == "let" and words[i + 1] in ("us",)
            else ""
            if first == "feel" and not explicit
            else "imperative"
        )
    if first in ("let's", "thank", "welcome", "see"):
        return "imperative" if explicit else ""
    known = first in lexicon.VERBS or (first.startswith("re-") and first[3:] in lexicon.VERBS) or (
        "-" in first and first.rsplit("-", 1)[-1] in lexicon.VERBS)  # fmt: skip
    rest = words[i + 1 :]
    if not known:
        if (
            first in lexicon.NOT_VERBS
            or first in _FINITE
            or not first.isalpha()
            or first.endswith(("ing", "ed", "ly", "tion", "ness", "ment", "ity", "ers", "s"))
            or first in lexicon.AGENTS
        ):
            return ""
        if explicit and rest:
            return "imperative"
        return (
            "imperative"
            if rest
            and rest[0]
            in (
                "the",
                "a",
                "an",
                "any",
                "all",
                "your",
                "their",
                "his",
                "her",
                "its",
                "every",
                "each",
                "no",
                "it",
                "them",
                "this",
                "these",
                "those",
            )
            and not _finite_after(rest)
            else ""
        )
    if first in lexicon.NOUN_VERBS and not explicit:
        if not rest:
            return ""
        if rest[0] in (
            "is",
            "are",
            "was",
            "were",
            "has",
            "have",
            "had",
            "will",
            "can",
            "may",
            "must",
            "should",
            "shall",
            "of",
        ):
            return ""
        if rest[0] in _DETERMINERS or rest[0].isdigit():
            return (
                "imperative"
                if rest[0] not in ("is",)
                and not (rest[0] in ("for", "to", "in", "on", "by", "from", "with", "as", "at") and _finite_after(rest))
                else ""
            )
        return "" if _finite_after(rest) else ("imperative" if len(rest) >= 1 else "")
    if not explicit and rest and rest[0] in ("is", "are", "was", "were"):
        return ""
    return "imperative"


def _finite_after(words: list[str]) -> bool:
    """Whether a finite verb follows before a relative or subordinate word: then what came first was its subject."""
    for w in words[:9]:
        if w in (
            "that",
            "which",
            "who",
            "if",
            "when",
            "unless",
            "before",
            "after",
            "until",
            "because",
            "whose",
            "where",
            "while",
            "as",
            "once",
            "whenever",
        ):
            return False
        if w in _FINITE:
            return True
    return False


def _modal(_: str, low: str, __: list[str]) -> str:
    """A deontic modal, with epistemic and dynamic readings set aside."""
    if (
        re.match(r"(?:i|i'm|i've|he|she)\b", low)
        or re.match(
            r"(?:the |a |an |one |our |my )?(?:\w+ ){0,2}(?:said|says|told|claimed|claims|thinks|thought|believes|insisted|asked whether|wrote|mentioned|complained|wondered)\b",
            low,
        )
        or re.search(r"\bmust have (?:been|\w+ed)\b|\b(?:could|would|should|might|may) have (?:been|\w+ed)\b", low)
    ):
        return ""
    if _DEONTIC_BE.search(low) or _NOT_ALLOWED.search(low):
        if re.search(
            r"\b(?:is|are) expected to (?:arrive|be|open|reach|grow|return|launch|ship|increase|rise|last)\b|\bwas\b|\bwere\b|\bhave been\b|\bhas been\b|\bhad been\b",
            low,
        ) and not re.search(r"\bmust\b|\bnever\b", low):
            return ""
        if re.search(r"\b(?:is|are) (?:limited to|required)\b", low) and re.search(r"\b(?:was|were)\b", low):
            return ""
        return "deontic predicate"
    for found in _MODAL.finditer(low):
        if _deontic_modal(found.group(1), low[: found.start()].strip(), low[found.end() :].strip()):
            return f"modal {found.group(1)!r}"
    return ""


def _deontic_modal(modal: str, subject: str, rest: str) -> bool:
    after = [t for t in tokens(rest) if re.match(r"[\w$€£]", t)]
    while after and (
        after[0] in ("not", "never", "only", "always", "also", "all", "then", "first", "still", "under")
        or after[0].endswith("ly")
    ):
        after = after[1:]
    verb = after[0] if after else ""
    subject_words = [t for t in tokens(subject) if re.match(r"[\w]", t)]
    if (
        re.search(
            r"\b(?:that|which|who|if|when|what|how|where|because|because|so that|whether|as)\b\s*(?:\w+\s+){0,4}$",
            subject,
        )
        and len(subject_words) > 2
        and not re.match(r"(?:anyone|those|users?|customers?|any|all|no)\b", subject)
    ):
        return False  # the modal sits in a relative or subordinate clause
    agent = (
        any(w in lexicon.AGENTS or (w.endswith("s") and w[:-1] in lexicon.AGENTS) for w in subject_words[-6:])
        or not subject_words
    )
    product = any(has(_PRODUCTS, w) for w in subject_words[-5:])
    adverbial_no = bool(re.search(r"\b(?:no|nobody|none|neither|never|only)\b", subject))
    limited = bool(
        re.search(
            r"\b(?:only|at most|at least|up to|no more than|unless|without|within|not exceed|once|as long as|provided)\b",
            rest,
        )
        or _BOUND.search(rest)
    )
    negated = bool(re.search(r"\b(?:not|never|no|nothing|nobody)\b", rest[:40]))
    passive = (
        verb == "be"
        and len(after) > 1
        and (after[1].endswith("ed") or after[1] in lexicon.IRREGULAR or after[1] in ("not", "only", "never", "kept"))
    )
    if modal in (
        "must",
        "mustn't",
        "shall",
        "shall not",
        "shan't",
        "ought to",
        "ought not to",
        "better not",
        "had better",
    ):
        return not (
            modal == "must"
            and verb == "be"
            and len(after) > 1
            and after[1] in ("wrong", "tired", "frustrating", "hard", "nice", "a", "an", "because", "difficult")
            and not agent
        )
    if modal in ("should", "shouldn't"):
        if agent or product or adverbial_no or passive or negated:
            return not (
                verb in _OUTCOME
                and verb
                not in (
                    "be",
                    "have",
                    "include",
                    "contain",
                    "return",
                    "ask",
                    "help",
                    "choose",
                    "run",
                    "apply",
                    "match",
                    "cost",
                    "take",
                    "know",
                    "need",
                    "understand",
                )
                and not agent
            ) and not (
                re.match(r"(?:you|users?|customers?)$", subject)
                and verb in ("see", "receive", "find", "notice", "get", "hear", "feel")
                and not negated
            )
        return verb not in _OUTCOME and verb in lexicon.VERBS
    if modal in ("has to", "have to", "need to", "needs to", "need"):
        if modal == "need" and verb not in (
            "approval",
            "manager",
            "written",
            "supervisor",
            "explicit",
            "two",
            "sign-off",
        ):
            return False
        if re.search(r"\b(?:do not|don't|does not|doesn't|did not|didn't|no)$", subject):
            return False
        return not re.match(r"(?:they|he|she|it|things?|people|we all|some)\b", subject) or product
    if modal == "need not":
        return False
    if modal in ("may not", "cannot", "can not", "can't", "might not", "couldn't", "won't"):
        if modal in ("might not", "couldn't"):
            return False
        if modal == "won't":
            return re.search(r"\b(?:you|assistant|agent|bot|we)$", subject) is not None and verb not in lexicon.STATIVE
        if modal == "may not" and (verb in _OUTCOME or (verb == "be" and not passive)) and not agent:
            return False
        if modal in ("cannot", "can not", "can't") and verb in ("be",) and not passive:
            return not re.search(r"\b(?:sure|certain|found|reached|there|seen|overstated|ruled)\b", rest)
        if (
            modal == "may not"
            and re.match(r"(?:you|users?|customers?)$", subject)
            and verb in ("have", "know", "see", "want", "need", "realise", "realize", "notice", "receive", "get", "be")
        ):
            return False
        if (
            verb
            in (
                "see",
                "connect",
                "find",
                "understand",
                "remember",
                "seem",
                "help",
                "afford",
                "wait",
                "tell",
                "sleep",
                "believe",
                "figure",
                "hear",
                "reach",
                "swim",
                "fly",
            )
            and not passive
            and not (verb in ("help", "tell") and agent and after[1:2] != ["you"])
        ):
            return False
        if passive and re.search(
            r"\b(?:found|reached|seen|heard|overstated|parsed|loaded|opened|connected|located)\b", rest[:30]
        ):
            return False
        return not re.match(r"(?:server|the server|it|they|this)$", subject)
    if modal in ("may only", "can only"):
        return verb not in ("see", "guess", "imagine", "hope", "hold", "store", "contain")
    if modal in ("may", "can"):
        if adverbial_no:
            return not re.search(r"\bnot only\b", subject)
        if re.match(
            r"(?:be )?(?:also )?(?:take|help|see|find|cause|lead|result|vary|contain|include|happen|arrive|appear|hold|store|fit|carry|seat|support)\b",
            rest,
        ):
            return False
        return limited and (agent or product) and not negated
    if modal == "will":
        strong = (
            re.search(r"\b(?:never|not|always|only|refuse|decline|under no circumstances)\b", rest[:30]) is not None
        )
        if re.search(
            r"\b(?:you|assistant|agent|bot|chatbot|model|system|representative|staff|we|employees?)$", subject
        ):
            return (strong and verb not in ("be", "have", "know", "see", "receive", "find")) or (
                subject.endswith("you")
                and verb in lexicon.VERBS
                and verb not in lexicon.STATIVE
                and verb
                not in (
                    "be",
                    "receive",
                    "help",
                    "assist",
                    "see",
                    "find",
                    "chat",
                    "talk",
                    "interact",
                    "act",
                    "play",
                    "give",
                    "provided",
                    "encounter",
                    "meet",
                    "have",
                    "get",
                )
                and not passive
            )
        return adverbial_no and strong
    return False


_PRODUCTS = lexicon.Words(["response", "reply", "answer", "output", "message", "summary", "email", "code", "format", "report", "translation", "tone", "sentence", "paragraph", "refund", "payment", "data", "information", "request", "order", "account", "password", "record", "file", "call", "link", "transfer", "discount", "change", "deletion", "booking", "reservation", "document", "price", "code", "query", "conversation", "content", "list", "review", "text", "result", "item", "action", "decision", "transaction", "purchase", "expense", "invoice", "claim", "comment", "article", "post", "title", "name", "date", "number", "prompt", "instruction", "image", "address", "passenger", "passengers", "bag", "baggage", "reservation", "flight", "ticket", "medication", "dose", "dosage", "prescription", "caller", "patient", "customer", "user", "member", "client", "guest", "visitor", "student", "quote", "contract", "advice", "access", "credential", "backup", "log", "key", "secret", "token", "session", "role", "permission", "tool", "function", "parameter", "argument", "url", "api", "database", "table", "row", "step", "exchange", "return", "shipment", "delivery", "agents", "users", "charge", "fee", "amount", "value", "attachment", "recipient", "greeting", "quotation", "citation"])  # fmt: skip


def _statement(_: str, low: str, words: list[str]) -> str:
    """Norms without a modal: prohibitions by "no", bounds, confidentiality, habitual present with never or always."""
    past = re.search(r"\b(?:was|were|had|did|has been|have been)\b", low) is not None
    if not past and re.match(  # noqa: SIM102
        r"(?:absolutely |strictly |definitely )?(?:no|zero|strictly no)\b(?! (?:problem|worries|matter|doubt|one (?:has|knows|was)|longer|idea|thanks))",
        low,
    ):
        if len(words) >= 2 and not re.match(
            r"no\s+(?:\w+\s+){1,4}(?:exists?|found|available|remains?|appeared|occurred|happened|is known|are known)\b",
            low,
        ):
            return "prohibition"
    if not past and re.match(
        r"only\s+(?!a few|some|about|one of|half)(?:\w+[\s,'-]+){1,8}?(?:can|may|should|must|shall|are allowed|is allowed|are permitted|is permitted|get|gets|approve|have|has)\b",
        low,
    ):
        return "exclusive permission"
    if not past and re.search(
        r"\b(?:is|are)\s+(?:\w+(?:ed|en|pt|nt|ld)\s+)(?:only|solely|exclusively)\s+(?:after|if|when|by|with|to|for|in|through|on|upon|once|until)\b",
        low,
    ):
        return "restricted passive"
    if (
        not past
        and len(words) <= 9
        and re.search(r"\bonly$", low.rstrip(" .!"))
        and not any(w in _FINITE for w in words)
    ):
        return "fragment with only"
    if not past and re.match(
        r"(?:each|every|all) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|outputs?) (?!is\b|are\b|was\b|takes?\b|costs?\b|counts?\b|lists?\b)\w+",
        low,
    ):
        return "norm about every answer"
    if not past and _SECRET_BE.search(low):
        return "confidentiality"
    if not past and _BOUND.search(low):  # noqa: SIM102
        if re.search(
            r"\b(?:responses?|repl(?:y|ies)|answers?|refunds?|discounts?|credits?|payments?|transfers?|orders?|purchases?|messages?|summar(?:y|ies)|outputs?|limit|cap|ceiling|maximum|minimum|max|min|approval|withdrawals?|spend(?:ing)?|budget|sentences?|words?|characters?|attempts?|retries|length|bookings?)\b",
            low,
        ) and not re.search(
            r"\b(?:contains?|holds?|stores?|has|supports?|ships?|seats?|weighs?|measures?|takes?|contained|averaged?)\b",
            low,
        ):
            return "bound"
    agentish = re.match(
        r"(?:you|we|the (?:\w+ )?(?:assistant|agent|bot|chatbot|model|ai|system|representative|operator|advisor|tutor|staff|tool)|\w+bot|this (?:assistant|agent|bot|tool)|agents|employees|staff|the company|our (?:agents|staff|team|company|policy))\b",
        low,
    )
    if agentish and not past:
        rest = low[agentish.end() :].strip()
        if re.match(r"(?:\w+ly )?(?:never|always|only|do not|don't|does not|doesn't)\b", rest):
            after = [
                t
                for t in tokens(
                    re.sub(r"^(?:\w+ly )?(?:never|always|only|do not|don't|does not|doesn't)\b(?: ever)?", "", rest)
                )
                if re.match(r"\w", t)
            ]
            if (
                after
                and any(v in lexicon.VERBS for v in lexicon.lemmas(after[0]))
                and not has(lexicon.STATIVE - {"reflect", "exceed", "return", "contain", "include"}, after[0])
            ):
                return "norm in the present tense"
            if after and after[0] in ("be", "are", "is") and re.match(r"(?:you|we)\b", low):
                return "norm in the present tense"
        if re.match(
            r"(?:refuse|decline|refuses|declines|refrain|refrains|avoid|avoids) (?:to |from |any |all )?", rest
        ):
            return "norm in the present tense"
    if re.match(
        r"(?:it is|it's) (?:your (?:duty|responsibility|obligation)|important|essential|crucial|vital|critical|mandatory|imperative|necessary|forbidden|prohibited|strictly|never|not (?:ok|okay|allowed|permitted|acceptable)|unacceptable)\b[^.]*\b(?:to|that)\b",
        low,
    ):
        return "impersonal obligation"
    if not past and re.search(
        r"\b(?:requires?|needs?)\s+(?:prior |explicit |written |manager(?:'s|ial)? |supervisor(?:'s)? |human |two |dual |a second |a manager's |a supervisor's |the \w+'s )*(?:approval|authori[sz]ation|sign-?off|confirmation|consent|permission|verification|review)\b",
        low,
    ):
        return "approval requirement"
    return ""
