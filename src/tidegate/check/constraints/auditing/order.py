# ruff: noqa: E501 (patterns and tables read better whole)
"""Is this clause an order?  A verb in its base form, after fillers and negation, that is nobody's subject or object.

English hardly marks an imperative, so the words after the first decide where it could be a noun
("Report the loss" against "Report numbers start with A").
"""

import re

from tidegate.check.constraints.auditing import lexicon
from tidegate.check.constraints.auditing.inflection import tokens

_FILLERS = frozenset(["please", "always", "only", "also", "then", "just", "simply", "kindly", "immediately", "first", "instead", "otherwise", "strictly", "politely", "finally", "next", "further", "additionally", "moreover", "however", "therefore", "thus", "so", "and", "but", "or", "rather", "absolutely", "clearly", "carefully", "generally", "ideally", "usually", "typically", "normally", "where", "possible", "preferably", "gently", "briefly", "proactively", "explicitly", "promptly", "do", "definitely", "certainly", "really", "automatically", "manually", "quickly", "directly", "silently", "never", "ever", "again", "still", "in", "lastly", "firmly", "truthfully", "honestly", "consistently", "occasionally", "permanently", "gracefully", "internally"])  # fmt: skip
FINITE = frozenset(["is", "are", "was", "were", "be", "has", "have", "had", "does", "do", "did", "will", "would", "can", "could", "may", "might", "must", "shall", "should", "isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't", "doesn't", "don't", "didn't", "won't", "can't", "cannot", "contains", "contain", "includes", "include", "comes", "come", "goes", "go", "takes", "take", "needs", "need", "starts", "start", "means", "mean", "requires", "require", "gets", "get", "becomes", "become", "remains", "remain", "stays", "shows", "arrive", "begin", "begins", "expire", "expires", "apply", "applies", "depend", "depends", "vary", "varies", "cost", "costs", "range", "ranges", "appear", "appears", "consist", "consists", "belong", "belongs", "change", "changes", "happen", "happens", "keep", "keeps", "use", "uses", "usually", "typically", "work", "works", "run", "runs", "open", "opens", "close", "closes", "ship", "ships", "differ", "differs", "increase", "increased", "dropped", "rose", "fell", "grew", "went", "came"])  # fmt: skip
_DETERMINERS = frozenset(["the", "a", "an", "any", "all", "every", "each", "your", "their", "his", "her", "its", "our", "my", "this", "that", "these", "those", "no", "some", "only", "it", "them", "him", "us", "me", "you", "everything", "anything", "nothing", "anyone", "someone", "everyone", "both", "either", "one", "two", "three", "up", "out", "off", "back", "down", "at", "most", "least", "to", "in", "on", "with", "for", "from", "about", "by", "into", "more", "less", "as", "between", "personal", "customer", "customers", "user", "users"])  # fmt: skip


def begins_with_order(text: str) -> bool:
    """Whether a stretch of text opens with an order."""
    words = [t for t in tokens(text) if re.match(r"[\w$€£]", t)]
    return bool(words) and bool(order(text, text.lower(), words))


def order(_: str, __: str, words: list[str]) -> str:
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
            or first in FINITE
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
        if w in FINITE:
            return True
    return False
