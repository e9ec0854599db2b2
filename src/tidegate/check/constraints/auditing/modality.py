# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this clause under a modal that binds?  "must", "may not", "is not allowed to": deontic, not epistemic or dynamic.

"It must have rained" and "this may take a minute" guess; "the server cannot handle more" tells an
ability; the subject, the verb and a limit after it tell them from a rule.
"""

import re
from collections.abc import Callable

import msgspec

from tidegate.check.constraints.auditing import inflection, lexicon
from tidegate.check.constraints.auditing.inflection import has, tokens
from tidegate.check.constraints.auditing.norms import BOUND

DEONTIC_BE = re.compile(
    r"\b(?:is|are|be|being|been)\s+(?:\w+ly\s+|not\s+|never\s+|only\s+|also\s+|all\s+|both\s+)*(?:allowed|permitted|authori[sz]ed|forbidden|prohibited"
    r"|required|obliged|obligated|expected to|supposed to|mandatory|compulsory|banned|off[- ]limits|disallowed|restricted to|restricted from"
    r"|limited to|capped at|out of bounds|non-negotiable|imperative|essential|to be (?:\w+ed|kept|sent|written|given|made|treated|held|shown)|not to|never to|only to"
    r"|unacceptable|a must|reserved for|barred from|strictly confidential|confidential and|out of scope|not acceptable|not an option|not available to"
    r"|grounds for|subject to (?:prior |manager |written )?approval|to remain|to stay|under no circumstances|instructed to|encouraged to|entitled only|eligible only|not eligible|ineligible|non-refundable|nonrefundable|final and)\b", re.I
)  # fmt: skip
_NOT_ALLOWED = re.compile(r"\b(?:isn't|aren't)\s+(?:allowed|permitted|authori[sz]ed|an option|acceptable|to)\b", re.I)
MODAL = re.compile(
    r"\b(must(?:n't)?|shall(?: not)?|shan't|should(?:n't)?|ought(?: not)? to|(?:has|have|need|needs) to|need not|may not|can ?not|can't|may not|may only|can only"
    r"|might not|couldn't|won't|will|may|can|would|better not|had better|need)\b", re.I
)  # fmt: skip
_OUTCOME = frozenset(["take", "arrive", "work", "see", "look", "feel", "appear", "help", "suffice", "receive", "find", "become", "happen", "seem", "sound", "contain", "match", "notice", "expect", "reflect", "cost", "last", "result", "cause", "depend", "vary", "differ", "lead", "mean", "fail", "need", "want", "like", "get", "be", "have", "know", "understand", "enjoy", "experience", "wonder", "encounter", "come", "include", "also", "return", "occur", "load", "run", "apply", "ask", "still", "choose"])  # fmt: skip
_PRODUCTS = inflection.Words(["response", "reply", "answer", "output", "message", "summary", "email", "code", "format", "report", "translation", "tone", "sentence", "paragraph", "refund", "payment", "data", "information", "request", "order", "account", "password", "record", "file", "call", "link", "transfer", "discount", "change", "deletion", "booking", "reservation", "document", "price", "code", "query", "conversation", "content", "list", "review", "text", "result", "item", "action", "decision", "transaction", "purchase", "expense", "invoice", "claim", "comment", "article", "post", "title", "name", "date", "number", "prompt", "instruction", "image", "address", "passenger", "passengers", "bag", "baggage", "reservation", "flight", "ticket", "medication", "dose", "dosage", "prescription", "caller", "patient", "customer", "user", "member", "client", "guest", "visitor", "student", "quote", "contract", "advice", "access", "credential", "backup", "log", "key", "secret", "token", "session", "role", "permission", "tool", "function", "parameter", "argument", "url", "api", "database", "table", "row", "step", "exchange", "return", "shipment", "delivery", "agents", "users", "charge", "fee", "amount", "value", "attachment", "recipient", "greeting", "quotation", "citation"])  # fmt: skip


def modal(_: str, low: str, __: list[str]) -> str:
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
    if DEONTIC_BE.search(low) or _NOT_ALLOWED.search(low):
        if re.search(
            r"\b(?:is|are) expected to (?:arrive|be|open|reach|grow|return|launch|ship|increase|rise|last)\b|\bwas\b|\bwere\b|\bhave been\b|\bhas been\b|\bhad been\b",
            low,
        ) and not re.search(r"\bmust\b|\bnever\b", low):
            return ""
        if re.search(r"\b(?:is|are) (?:limited to|required)\b", low) and re.search(r"\b(?:was|were)\b", low):
            return ""
        return "deontic predicate"
    for found in MODAL.finditer(low):
        if _deontic_modal(found.group(1), low[: found.start()].strip(), low[found.end() :].strip()):
            return f"modal {found.group(1)!r}"
    return ""


class _Clause(msgspec.Struct, frozen=True):
    """A clause around its modal: the subject before it, the verb and the rest after it, and what they tell."""

    modal: str
    subject: str
    rest: str
    after: tuple[str, ...]  # words after the modal, adverbs at their head left out
    agent: bool  # the subject is one who can be told what to do, or is left out
    product: bool  # the subject is something such a one makes or handles
    adverbial_no: bool  # the subject excludes ("no user", "only managers")
    limited: bool  # a limit follows
    negated: bool
    passive: bool

    @property
    def verb(self) -> str:
        """The first word after the modal that is no adverb."""
        return self.after[0] if self.after else ""


_ADVERBS = frozenset(["not", "never", "only", "always", "also", "all", "then", "first", "still", "under"])
_LIMIT = re.compile(
    r"\b(?:only|at most|at least|up to|no more than|unless|without|within|not exceed|once|as long as|provided)\b"
)


def _clause(modal: str, subject: str, rest: str) -> _Clause:
    after = [t for t in tokens(rest) if re.match(r"[\w$€£]", t)]
    while after and (after[0] in _ADVERBS or after[0].endswith("ly")):
        after = after[1:]
    words = _words(subject)
    done = len(after) > 1 and (
        after[1].endswith("ed") or after[1] in inflection.IRREGULAR or after[1] in ("not", "only", "never", "kept")
    )
    return _Clause(
        modal=modal,
        subject=subject,
        rest=rest,
        after=tuple(after),
        agent=not words
        or any(w in lexicon.AGENTS or (w.endswith("s") and w[:-1] in lexicon.AGENTS) for w in words[-6:]),
        product=any(has(_PRODUCTS, w) for w in words[-5:]),
        adverbial_no=bool(re.search(r"\b(?:no|nobody|none|neither|never|only)\b", subject)),
        limited=bool(_LIMIT.search(rest) or BOUND.search(rest)),
        negated=bool(re.search(r"\b(?:not|never|no|nothing|nobody)\b", rest[:40])),
        passive=bool(after) and after[0] == "be" and done,
    )


def _words(subject: str) -> list[str]:
    return [t for t in tokens(subject) if re.match(r"[\w]", t)]


_SUBORDINATE = re.compile(
    r"\b(?:that|which|who|if|when|what|how|where|because|because|so that|whether|as)\b\s*(?:\w+\s+){0,4}$"
)


def _deontic_modal(modal: str, subject: str, rest: str) -> bool:
    """Whether a modal between a subject and a rest binds somebody."""
    if (
        _SUBORDINATE.search(subject)
        and len(_words(subject)) > 2
        and not re.match(r"(?:anyone|those|users?|customers?|any|all|no)\b", subject)
    ):
        return False  # the modal sits in a relative or subordinate clause
    read = _READINGS.get(modal)
    return read is not None and read(_clause(modal, subject, rest))


_GUESSED = frozenset(["wrong", "tired", "frustrating", "hard", "nice", "a", "an", "because", "difficult"])


def _must(c: _Clause) -> bool:
    """A guess ("you must be tired") is no rule; every other "must" binds."""
    guess = c.modal == "must" and c.verb == "be" and len(c.after) > 1 and c.after[1] in _GUESSED
    return not (guess and not c.agent)


_DONE_BY_RULE = frozenset(["be", "have", "include", "contain", "return", "ask", "help", "choose", "run", "apply", "match", "cost", "take", "know", "need", "understand"])  # fmt: skip
_PERCEIVED = frozenset(["see", "receive", "find", "notice", "get", "hear", "feel"])


def _should(c: _Clause) -> bool:
    """A forecast ("you should see a page") is no rule; an agent, a product or a limit makes it a rule."""
    if not (c.agent or c.product or c.adverbial_no or c.passive or c.negated):
        return c.verb not in _OUTCOME and c.verb in lexicon.VERBS
    outcome = c.verb in _OUTCOME and c.verb not in _DONE_BY_RULE and not c.agent
    told = re.match(r"(?:you|users?|customers?)$", c.subject) and c.verb in _PERCEIVED and not c.negated
    return not outcome and not told


_NEEDED = frozenset(["approval", "manager", "written", "supervisor", "explicit", "two", "sign-off"])


def _has_to(c: _Clause) -> bool:
    """What somebody tells ("we have to go") is no rule; a need of approval binds."""
    if c.modal == "need" and c.verb not in _NEEDED:
        return False
    if re.search(r"\b(?:do not|don't|does not|doesn't|did not|didn't|no)$", c.subject):
        return False
    return not re.match(r"(?:they|he|she|it|things?|people|we all|some)\b", c.subject) or c.product


_ABILITY = frozenset(["see", "connect", "find", "understand", "remember", "seem", "help", "afford", "wait", "tell", "sleep", "believe", "figure", "hear", "reach", "swim", "fly"])  # fmt: skip
_STATES = frozenset(["have", "know", "see", "want", "need", "realise", "realize", "notice", "receive", "get", "be"])


def _cannot(c: _Clause) -> bool:
    """An ability ("the server cannot handle more") is no rule; "agents cannot refund" is a rule."""
    verb = c.verb
    if c.modal == "may not" and (verb in _OUTCOME or (verb == "be" and not c.passive)) and not c.agent:
        return False
    if c.modal != "may not" and verb == "be" and not c.passive:
        return not re.search(r"\b(?:sure|certain|found|reached|there|seen|overstated|ruled)\b", c.rest)
    if c.modal == "may not" and re.match(r"(?:you|users?|customers?)$", c.subject) and verb in _STATES:
        return False
    spoken = verb in ("help", "tell") and c.agent and c.after[1:2] != ("you",)
    if verb in _ABILITY and not c.passive and not spoken:
        return False
    if c.passive and re.search(
        r"\b(?:found|reached|seen|heard|overstated|parsed|loaded|opened|connected|located)\b", c.rest[:30]
    ):
        return False
    return not re.match(r"(?:server|the server|it|they|this)$", c.subject)


def _will_not(c: _Clause) -> bool:
    return re.search(r"\b(?:you|assistant|agent|bot|we)$", c.subject) is not None and c.verb not in lexicon.STATIVE


def _only(c: _Clause) -> bool:
    return c.verb not in ("see", "guess", "imagine", "hope", "hold", "store", "contain")


_HAPPENS = re.compile(
    r"(?:be )?(?:also )?(?:take|help|see|find|cause|lead|result|vary|contain|include|happen|arrive|appear|hold|store|fit|carry|seat|support)\b"
)


def _may(c: _Clause) -> bool:
    """A permission binds only by what it excludes or limits."""
    if c.adverbial_no:
        return not re.search(r"\bnot only\b", c.subject)
    return not _HAPPENS.match(c.rest) and c.limited and (c.agent or c.product) and not c.negated


_ROLES = re.compile(r"\b(?:you|assistant|agent|bot|chatbot|model|system|representative|staff|we|employees?)$")
_SCENE = frozenset(["be", "receive", "help", "assist", "see", "find", "chat", "talk", "interact", "act", "play", "give", "provided", "encounter", "meet", "have", "get"])  # fmt: skip


def _will(c: _Clause) -> bool:
    """A scene ("you will meet customers") is no rule; "you will refuse" is an order."""
    strong = re.search(r"\b(?:never|not|always|only|refuse|decline|under no circumstances)\b", c.rest[:30]) is not None
    if not _ROLES.search(c.subject):
        return c.adverbial_no and strong
    ordered = c.subject.endswith("you") and c.verb in lexicon.VERBS and c.verb not in lexicon.STATIVE
    return (strong and c.verb not in ("be", "have", "know", "see", "receive", "find")) or (
        ordered and c.verb not in _SCENE and not c.passive
    )


_READINGS: dict[str, Callable[[_Clause], bool]] = {
    **dict.fromkeys(("must", "mustn't", "shall", "shall not", "shan't", "ought to", "ought not to", "better not", "had better"), _must),
    **dict.fromkeys(("should", "shouldn't"), _should),
    **dict.fromkeys(("has to", "have to", "need to", "needs to", "need"), _has_to),
    **dict.fromkeys(("may not", "cannot", "can not", "can't"), _cannot),
    **dict.fromkeys(("may only", "can only"), _only),
    **dict.fromkeys(("may", "can"), _may),
    "won't": _will_not,
    "will": _will,
}  # fmt: skip
