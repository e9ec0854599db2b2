"""The learned layer: suspected conflicts among sentences the grammar does not read.

A logistic model on features of a sentence pair (shared subject, opposed polarity, antonyms,
different numbers, strength), trained offline on generated pairs; the weights are shipped as
JSON.  It adds possible findings with their probability and never touches a proof.  A
cross-encoder or an LLM is a plug-in: anything with `probability(a, b)`.
"""

# ruff: noqa: E501

import json
import math
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import Protocol

from tidegate.check.promptlint.grammar.conditions import read_conditions
from tidegate.check.promptlint.grammar.directives import directive
from tidegate.check.promptlint.grammar.rewrites import expand
from tidegate.check.promptlint.grammar.text import mask, tokens
from tidegate.check.promptlint.grammar.wordset import word_set
from tidegate.check.promptlint.learned.stance import guess
from tidegate.check.promptlint.learned.suspects import ONE_OF_MANY, Guesser, about_them, possible_cores, suspected
from tidegate.check.promptlint.lint import Analysis, core_finding
from tidegate.check.promptlint.model import Unit
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.resources import resource_bytes

FEATURES = word_set("overlap verb polarity antonym numbers strong subset overlap_polarity overlap_antonym guard")
ANTONYMS = {
    frozenset(pair.split("/")) for pair in
    ["accept/reject", "accept/decline", "allow/deny", "allow/forbid", "include/exclude", "include/omit", "show/hide", "open/close", "before/after", "first/last", "public/private", "internal/external", "automatic/manual", "keep/delete", "keep/discard", "retain/erase", "early/late", "single/multiple", "singular/plural", "ascending/descending", "increase/decrease", "enable/disable", "add/remove", "same/different", "with/without", "approve/refuse", "honest/flattering", "direct/indirect", "optimistic/pessimistic", "literal/figurative", "positive/negative", "inside/outside", "left/right", "top/bottom", "minimum/maximum", "immediately/later", "immediately/wait", "simple/complex", "fast/slow", "specific/vague", "specific/general", "anonymous/named", "repeat/once", "merge/split", "summarise/expand", "summarize/expand", "agree/disagree", "encourage/discourage", "start/stop", "modern/traditional", "hot/cold"]
}  # fmt: skip
STOP = word_set(
    "a an the to of in on at for with and or is are be as by it its this that you your every each all any "
    "always never not no do does must should may can will please when if unless reply answer response "
    "message user customer use"
)  # fmt: skip
NEGATIVE = word_set(
    "not no never without avoid refuse forbid forbidden ban prohibit omit skip exclude nothing none neither nor"
)
THRESHOLD = 0.9
PAIRS_MAX = 20_000


# "Excluding a rule in paths", "JavaScript .js, .jsx", "Step 1 - …": headings, table rows and labels, no rules
HEADLINE = re.compile(r"^\w+ing\b|\s\.\w|^(?:step|phase|part) \d", re.I)
# "client: The client to patch.", "The patched client.", "from x import y": documentation and code ask nothing
DESCRIBES = re.compile(
    r"^\W*(?:[\w.]+\W*:\s*)?(?:an?|the|this|these|those|optional|whether)\b(?!.*\b(?:must|should|shall|may|never|always|not|only|is to|are to|has to|have to)\b)"
    r"|^\W*(?:from|import)\s+\w+(?:\.\w+|\s+import\b)",
    re.I,
)


class PairScorer(Protocol):
    """A model of sentence pairs: the shipped one, a cross-encoder, or an LLM behind the model port."""

    name: str

    def probability(self, a: str, b: str) -> float:
        """Probability that two instructions cannot both be followed."""
        ...


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[tuple[str, ...], bool]:
    """Content lemmas in order, and whether the sentence is affirmative; cached, since each meets many others."""
    toks = [t for t in tokens(mask(text).text.lower()) if t.low[0].isalpha()]
    positive = sum(t.lemma in NEGATIVE or t.low.endswith("n't") for t in toks) % 2 == 0
    said = (t.lemma for t in toks if t.low not in STOP and t.lemma not in STOP and t.lemma not in NEGATIVE)
    return tuple(said), positive


def features(a: str, b: str) -> list[float]:
    """The features of a pair, in the order of FEATURES; symmetric."""
    (wa, pa), (wb, pb) = words_of(a), words_of(b)
    sa, sb = set(wa), set(wb)
    union, common = sa | sb, sa & sb
    overlap = len(common) / len(union) if union else 0.0
    only_a, only_b = sa - sb, sb - sa
    antonym = float(any(frozenset((x, y)) in ANTONYMS for x in only_a for y in only_b))
    polarity = float(pa != pb)
    na, nb = set(re.findall(r"\d+", a)), set(re.findall(r"\d+", b))
    strong = float(bool(re.search(r"\b(?:always|never|every|all|must)\b", a, re.I))) + float(
        bool(re.search(r"\b(?:always|never|every|all|must)\b", b, re.I))
    )
    return [
        overlap, float(bool(wa and wb and wa[0] == wb[0])), polarity, antonym, float(bool(na and nb and na != nb)), strong / 2,
        float(sa <= sb or sb <= sa) if sa and sb else 0.0, overlap * polarity, overlap * antonym,
        float(bool(re.search(r"\b(?:if|when|unless|except|only)\b", f"{a} {b}", re.I))),
    ]  # fmt: skip


class ShippedScorer:
    """The logistic model whose weights lie beside this module."""

    name = "logistic pairs"

    def __init__(self) -> None:
        data = json.loads(resource_bytes("tidegate.check.promptlint.learned", "learned_weights.json"))
        self.weights: list[float] = data["weights"]
        self.bias: float = data["bias"]

    def probability(self, a: str, b: str) -> float:
        """Calibrated probability that the two cannot both be followed."""
        z = self.bias + sum(w * x for w, x in zip(self.weights, features(a, b), strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


@cache
def shipped() -> ShippedScorer:
    """The shipped scorer, read once."""
    return ShippedScorer()


def possible_findings(
    analysis: Analysis, scorer: PairScorer | None = None, threshold: float = THRESHOLD, guesser: Guesser = guess
) -> list[Finding]:
    """Suspected conflicts between sentences of which at least one is unknown to the grammar.

    First what the learned reader of single sentences sees (`suspects`), then what the pair scorer
    suspects of sentences that neither reads.
    """
    guessed = suspected(analysis, guesser)
    cores = possible_cores(analysis, guessed)
    scorer = scorer or shipped()
    known = {(i.unit.source, i.unit.span) for i in analysis.instructions}
    units = [
        u
        for u in analysis.units
        if not u.quoted
        and 3 <= len(u.text.split()) <= 30
        and not HEADLINE.search(u.text)
        and not ONE_OF_MANY.search(u.text)
        and not DESCRIBES.match(u.text)
        and directive(u.text, False, False)
        and not about_them(u.text)
    ]
    proved = {frozenset(c.lines) for c in (*analysis.cores, *cores)}
    out: list[Finding] = [core_finding(c) for c in cores]
    known |= {(i.unit.source, i.unit.span) for i in guessed}
    for a, b in _candidates(units):
        if (
            ((a.source, a.span) in known and (b.source, b.span) in known)
            or a.section != b.section
            or a.conditions != b.conditions
        ):
            continue
        if (a.line == b.line and a.source == b.source) or frozenset(((a.source, a.line), (b.source, b.line))) in proved:
            continue
        p = scorer.probability(a.text, b.text)
        if p >= threshold and not _apart(a.text, b.text):
            out.append(_finding(a, b, p, scorer.name))
    return out


def _apart(a: str, b: str) -> bool:
    """Whether two sentences stand under two different conditions: nothing shows a moment that has both."""
    one, other = (read_conditions(expand(mask(t).text)).guard for t in (a, b))
    return bool(one and other) and set(one) != set(other)


def _candidates(units: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Pairs that share at least two content words (an inverted index: far fewer than all pairs)."""
    index: dict[str, list[int]] = {}
    for k, u in enumerate(units):
        for w in set(words_of(u.text)[0]):
            index.setdefault(w, []).append(k)
    shared: dict[tuple[int, int], int] = {}
    for members in index.values():
        if len(members) > 60:
            continue
        for pair in combinations(members, 2):
            shared[pair] = shared.get(pair, 0) + 1
    return [(units[a], units[b]) for (a, b), n in sorted(shared.items()) if n >= 2][:PAIRS_MAX]


def _finding(a: Unit, b: Unit, p: float, name: str) -> Finding:
    return Finding(
        rule="possible-conflict", severity=Severity.WARNING, subject=a.source,
        message=f"lines {a.line} and {b.line} may not hold together ({p:.0%} by {name}): the grammar does not read them, so nothing is proved",
        where=Where(file=b.source, line=b.line, span=b.span),
        evidence={"certainty": "possible", "probability": round(p, 3), "scorer": name,
                  "core": [{"file": u.source, "line": u.line, "text": u.text, "span": list(u.span)} for u in (a, b)],
                  "witness": {"situation": "unknown", "conditions": [], "probe": ""}},
        suggestion="read the two lines together; reword one if they disagree",
    )  # fmt: skip
