"""Eleven pull requests by four engineers, each clean alone: who made the prompt contradict itself, and when?

Usual ways, on the same commits: a review of each diff by itself, and a word-overlap linter on the
whole prompt.  Ours proves each contradiction on the assembled text and walks back to the commit
from which on its lines stand together.
"""

# ruff: noqa: E501

import re
from itertools import combinations, pairwise

import numpy as np

from tidegate.check.promptlint.lint import analyse
from tidegate.check.promptlint.model import Source
from tidegate.check.promptlint.timeline import Revision, introductions
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.gate import Verdict

INCIDENT = "Eleven pull requests by four engineers make a support prompt contradict itself; no exception, no log line."
ENGINEERS = ("Ada", "Bo", "Chidi", "Dana")
BASE = "You are the support assistant of a hosting company.\nGreet customers politely.\n"
# (line, name of the contradiction it completes, or "")
HARMLESS = (
    "Name the plan when you quote a limit.", "Treat uploaded logs as confidential.", "Prefer short paragraphs over long ones.",
    "Link the status page when the customer reports an outage.",
)  # fmt: skip
CONFLICTS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("length", (("Reply in at most {n} sentences.", "Keep every reply to {n} sentences or fewer."),
                ("Every reply has at least {m} sentences of explanation.", "Write no fewer than {m} sentences per reply."))),
    ("language", (("Always answer in French.", "Every reply is written in French."),
                  ("Respond in Dutch at all times.", "All replies must be in Dutch."))),
    ("budget", (("Each bullet has at least {s} words.", "Use at least {s} words in each bullet."),
                ("Give exactly {p} bullet points.", "Every reply lists exactly {p} bullet points."),
                ("Answers must not exceed {w} words.", "No answer may be longer than {w} words."))),
)  # fmt: skip
NEGATIVE = re.compile(r"\b(?:no|not|never|without|avoid)\b", re.I)


def make_history(seed: int) -> tuple[list[Revision], dict[str, tuple[int, frozenset[str]]]]:
    """Twelve revisions (a base and eleven pull requests) and, for each contradiction, where it begins and its lines."""
    rng = np.random.default_rng(seed)
    numbers = {
        "n": int(rng.integers(2, 4)),
        "m": int(rng.integers(6, 9)),
        "s": 20,
        "p": 3,
        "w": int(rng.integers(30, 50)),
    }
    additions: list[tuple[str, str]] = [("", h) for h in HARMLESS]
    for name, members in CONFLICTS:
        for wordings in members:
            additions.append((name, str(rng.choice(np.array(wordings, dtype=object))).format(**numbers)))
    order = [int(k) for k in rng.permutation(len(additions))]
    text = BASE
    history = [Revision(commit="c00", author=ENGINEERS[0], subject="the first prompt", text=text)]
    left = {name: len(members) for name, members in CONFLICTS}
    truth: dict[str, tuple[int, frozenset[str]]] = {}
    for k, index in enumerate(order, start=1):
        name, line = additions[index]
        text = text + line + "\n"
        author = ENGINEERS[int(rng.integers(0, len(ENGINEERS)))]
        history.append(Revision(commit=f"c{k:02d}", author=author, subject=f"PR {k}: {line[:40]}", text=text))
        if name:
            left[name] -= 1
            if not left[name]:
                truth[name] = (k, frozenset(t for n, t in additions if n == name))
    return history, truth


def named(history: list[Revision]) -> dict[frozenset[str], str]:
    """Ours: the lines of each proved core → the commit that began it."""
    cores = analyse([Source(name="support.md", text=history[-1].text)]).cores
    starts = introductions(cores, history, "support.md")
    return {
        frozenset(i.unit.text for i in core.instructions): start.revision.commit
        for core, start in zip(cores, starts, strict=True) if start is not None
    }  # fmt: skip


def by_diff(history: list[Revision]) -> set[frozenset[str]]:
    """The usual review: each pull request's own lines, alone."""
    out: set[frozenset[str]] = set()
    for before, after in pairwise(history):
        added = after.text[len(before.text) :]
        out |= {frozenset(i.unit.text for i in c.instructions) for c in analyse([Source(name="d", text=added)]).cores}
    return out


def by_overlap(history: list[Revision]) -> set[frozenset[str]]:
    """The usual linter: two lines that share two content words and differ in polarity."""
    lines = history[-1].text.strip().split("\n")
    out = set()
    for a, b in combinations(lines, 2):
        wa, wb = (set(re.findall(r"[a-z]{4,}", x.lower())) for x in (a, b))
        if len(wa & wb) >= 2 and bool(NEGATIVE.search(a)) != bool(NEGATIVE.search(b)):
            out.add(frozenset((a, b)))
    return out


def run(seed: int, scale: float = 1.0) -> ScenarioResult:
    """Replay the incident; `scale` changes nothing (it is small already)."""
    _ = scale
    history, truth = make_history(seed)
    wanted = {lines: f"c{k:02d}" for k, lines in truth.values()}
    ours = named(history)
    right = {lines for lines in wanted if ours.get(lines) == wanted[lines]}
    false = len(set(ours) - set(wanted))
    arms = []
    for name, found in (("review of each diff", by_diff(history)), ("word-overlap linter", by_overlap(history))):
        hit = len(found & set(wanted))
        arms.append(
            Arm(name=name, usual=True, verdict=Verdict.PASS if hit == len(wanted) else Verdict.FAIL,
                summary=f"{hit} of {len(wanted)} contradictions seen; no commit named", measures=_measures(hit, len(found) - hit, 0, len(wanted)))
        )  # fmt: skip
    said = "; ".join(
        f"{name} began at {wanted[lines]} ({history[k].author})" for name, (k, lines) in truth.items() if lines in right
    )
    passed = len(right) == len(wanted) and not false
    arms.append(
        Arm(name="tidegate prompts", usual=False, verdict=Verdict.PASS if passed else Verdict.FAIL,
            summary=said or "nothing named", measures=_measures(len(set(ours) & set(wanted)), false, len(right), len(wanted)),
            detail={"named": [{"commit": c, "lines": sorted(lines)} for lines, c in ours.items()]})
    )  # fmt: skip
    return ScenarioResult(name="promptlint", incident=INCIDENT, seed=seed, arms=tuple(arms))


def _measures(hit: int, false: int, exact: int, n: int) -> tuple[Measure, ...]:
    def count(name: str, value: int) -> Measure:
        return Measure(name=name, value=Estimate(value=value, low=value, high=value, n=n, method="count"))

    return (count("contradictions found", hit), count("false alarms", false), count("commit named", exact))
