# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this clause under a modal that binds?  "must", "may not", "is not allowed to": deontic, not epistemic or dynamic.

"It must have rained" and "this may take a minute" guess; "the server cannot handle more" tells an
ability; the subject, the verb and a limit after it tell them from a rule.
"""

import re

from tidegate.check.constraints import lexicon
from tidegate.check.constraints.lexicon import has, tokens
from tidegate.check.constraints.norms import BOUND

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
_PRODUCTS = lexicon.Words(["response", "reply", "answer", "output", "message", "summary", "email", "code", "format", "report", "translation", "tone", "sentence", "paragraph", "refund", "payment", "data", "information", "request", "order", "account", "password", "record", "file", "call", "link", "transfer", "discount", "change", "deletion", "booking", "reservation", "document", "price", "code", "query", "conversation", "content", "list", "review", "text", "result", "item", "action", "decision", "transaction", "purchase", "expense", "invoice", "claim", "comment", "article", "post", "title", "name", "date", "number", "prompt", "instruction", "image", "address", "passenger", "passengers", "bag", "baggage", "reservation", "flight", "ticket", "medication", "dose", "dosage", "prescription", "caller", "patient", "customer", "user", "member", "client", "guest", "visitor", "student", "quote", "contract", "advice", "access", "credential", "backup", "log", "key", "secret", "token", "session", "role", "permission", "tool", "function", "parameter", "argument", "url", "api", "database", "table", "row", "step", "exchange", "return", "shipment", "delivery", "agents", "users", "charge", "fee", "amount", "value", "attachment", "recipient", "greeting", "quotation", "citation"])  # fmt: skip


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
        or BOUND.search(rest)
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
