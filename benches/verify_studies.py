# ruff: noqa: E501  (statements read best on one line)
"""Studies of `tidegate verify` on generated and hand-written inputs: planted errors, typed entropy."""

import random
import time
from collections.abc import Callable
from typing import Any

from tests.check.verify.answers_a import ITEMS as SET_A
from tests.check.verify.answers_b import ITEMS as SET_B
from tests.check.verify.answers_c import ITEMS as SET_C
from tests.check.verify.answers_d import ITEMS as SET_D
from tests.check.verify.answers_e import ITEMS as SET_E
from tests.check.verify.answers_f import ITEMS as SET_F
from tests.check.verify.answers_g import ITEMS as SET_G
from tests.check.verify.answers_known import LIBRARY, REGISTRY

from benches.report import Report
from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.entropy import sample_until_settled, semantic_entropy
from tidegate.check.verify.model import Knowledge
from tidegate.check.verify.plugin import VerifyGuard
from tidegate.readers.knowledge import installed_packages
from tidegate.runner.asking import Reply
from tidegate.spine.call import Call, Identity
from tidegate.spine.claim import Support
from tidegate.spine.conversation import TextDelta
from tidegate.stats.intervals import proportion

ITEMS = SET_A + SET_B + SET_C + SET_D + SET_E + SET_F + SET_G


def planted(report: Report) -> None:
    """Hand-written answers by kind (development data by now): errors found, clean lines alarmed."""
    known = Knowledge(packages=installed_packages(), today=(2026, 11), library=LIBRARY, registry=REGISTRY)
    for kind in sorted({k for k, *_ in ITEMS}):
        found = wrong = clean = alarms = 0
        for _, question, answer, needle in (i for i in ITEMS if i[0] == kind):
            refuted = [d for d in verify_answer(answer, question, known).decisions if d.support is Support.REFUTED]
            if needle is None:
                clean, alarms = clean + 1, alarms + bool(refuted)
            else:
                at = answer.index(needle)
                wrong += 1
                found += any(d.claim.span[0] < at + len(needle) and at < d.claim.span[1] for d in refuted)
        report.row(
            f"answers, {kind}: planted errors found",
            goal=">= 0.90",
            measured=str(proportion((found, wrong))),
            holds=found / wrong >= 0.9,
        )
        report.row(
            f"answers, {kind}: clean lines alarmed",
            goal="0",
            measured=str(proportion((alarms, clean))),
            holds=alarms == 0,
        )


def streamed(report: Report) -> None:
    """400 answers of several paragraphs, half with one planted error, streamed in pieces through the guard of the gateway."""
    rng = random.Random(11)
    guard = VerifyGuard({"*": "annotate"}, Knowledge(packages=installed_packages(), today=(2026, 11)))
    wrong = [i for i in SET_C + SET_D if i[3] is not None and "```" not in i[2]]
    clean = [i[2] for i in SET_C + SET_D if i[3] is None and "```" not in i[2]]
    found = alarms = same = 0
    added: list[float] = []
    length = 0
    for n in range(400):
        parts = rng.sample(clean, 4)
        needle = ""
        if n % 2 == 0:
            _, _, answer, planted_part = wrong[n // 2 % len(wrong)]
            parts.insert(rng.randint(0, 4), answer)
            needle = planted_part or ""
        text = "\n\n".join(parts)
        session = guard.open(
            Call(call_id=f"a{n}", identity=Identity(tenant="lab"), dialect="chat", model="m", stream=True)
        )
        assert session is not None
        out, at = "", 0
        while at < len(text):
            size = rng.randint(1, 24)
            out += "".join(
                d.text for d in session.feed(TextDelta(text=text[at : at + size]), 0.0) if isinstance(d, TextDelta)
            )
            at += size
        started = time.thread_time()
        note = "".join(d.text for d in session.finish(0.0) if isinstance(d, TextDelta))
        added.append((time.thread_time() - started) * 1000)
        length += len(text)
        same += out == text
        spans = [f.where.span for f in session.findings() if f.where is not None and f.where.span is not None]
        if needle:
            a = text.index(needle)
            hit = [s for s in spans if s[0] < a + len(needle) and a < s[1]]
            found += bool(hit) and bool(note)
            alarms += len(hit) != len(spans)
        else:
            alarms += bool(spans)
    p99 = sorted(added)[int(0.99 * len(added)) - 1]
    report.row(
        "streamed answers: planted error found at its span, and noted",
        goal=">= 0.90",
        measured=str(proportion((found, 200))),
        holds=found / 200 >= 0.9,
    )
    report.row(
        "streamed answers: something sound alarmed",
        goal="0",
        measured=str(proportion((alarms, 400))),
        holds=alarms == 0,
    )
    report.row("streamed answers: text passed unchanged", goal="400", measured=same, holds=same == 400)
    report.row(
        "streamed answers: P99 added at the end per 1,000 tokens (CPU time)",
        goal="<= 20 ms",
        measured=p99,
        unit="ms",
        holds=p99 <= 20,
    )


class Sampler:
    """A model that knows the value, or makes one up each time, and words it as it likes."""

    name = "simulated sampler"

    def __init__(self, rng: random.Random, kind: str, knows: bool) -> None:
        self.rng, self.kind, self.knows, self.asked = rng, kind, knows, 0
        self.value = self.fresh()

    def fresh(self) -> int:
        return self.rng.randrange(5) if self.kind == "formula" else self.rng.randint(1, 9)

    def ask(self, request: dict[str, Any]) -> Reply:  # noqa: ARG002
        self.asked += 1
        value = self.value if self.knows and self.rng.random() < 0.92 else self.fresh()
        return Reply(text=self.word(value))

    def word(self, v: int) -> str:
        if self.kind == "quantity":
            shown = self.rng.choice(
                [
                    f"{v} km",
                    f"{v * 1000} m",
                    f"{v},000 m",
                    f"{v}.0 km",
                    f"{v} kilometres",
                    f"{v * 1000} metres",
                    f"{v * 100000} cm",
                ]
            )
            return self.rng.choice(SENTENCES["quantity"]).format(shown)
        if self.kind == "formula":
            return self.rng.choice(FORMULAE[v])
        name, doc = (
            self.rng.choice("abxyzntk"),
            self.rng.choice(["", '    """Do it."""\n', '    """The product."""\n', '    """Scaled."""\n']),
        )
        note = self.rng.choice(["", ": int", ": float"])
        tail = self.rng.choice(["", "  # scaled", "  # the result", "  # done"])
        return f"def f({name}{note}):\n{doc}    return {name} * {v}{tail}"


SENTENCES = {
    "quantity": [
        "{}",
        "The distance is {}.",
        "So the answer is {}.",
        "It comes to {}.",
        "**{}**",
        "After all steps we find {}.",
        "Answer: {}",
        "We get {}.",
    ]
}
FORMULAE = (
    ["C2H6O", "C2H5OH", "CH3CH2OH", "C₂H₆O", "C₂H₅OH", "CH₃CH₂OH", "H3CCH2OH"],
    ["C2H4O2", "CH3COOH", "C₂H₄O₂", "CH₃COOH", "HC2H3O2", "CH3CO2H"],
    ["CH2O", "HCHO", "CH₂O", "H2CO", "HCOH"],
    ["C3H6O", "(CH3)2CO", "CH3COCH3", "C₃H₆O", "CH₃COCH₃", "OC(CH3)2"],
    ["C6H6O", "C6H5OH", "C₆H₆O", "C₆H₅OH", "HOC6H5"],
)  # fmt: skip


def auroc(positive: list[float], negative: list[float]) -> float:
    return sum((p > q) + 0.5 * (p == q) for p in positive for q in negative) / (len(positive) * len(negative))


def entropy(report: Report) -> None:
    """600 questions in three types: is the guessing told from the knowing?"""
    rng = random.Random(5)
    scores: dict[str, dict[bool, list[float]]] = {n: {True: [], False: []} for n in ("typed", "string", "sequential")}
    asked = 0
    for i in range(600):
        sampler = Sampler(rng, ("quantity", "formula", "code")[i % 3], rng.random() < 0.6)
        texts = [sampler.ask({}).text for _ in range(10)]
        equal: Callable[[str, str, str], bool] = lambda a, b, _: a == b  # noqa: E731
        scores["typed"][sampler.knows].append(semantic_entropy(texts).entropy)
        scores["string"][sampler.knows].append(semantic_entropy(texts, equal=equal).entropy)
        sampler.asked = 0
        scores["sequential"][sampler.knows].append(-sample_until_settled(sampler, "How far?").odds)
        asked += sampler.asked
    areas = {n: auroc(s[False], s[True]) for n, s in scores.items()}
    report.row(
        "typed entropy, AUROC of guessing (simulated samplers, M = 10)",
        goal=">= 0.95",
        measured=areas["typed"],
        holds=areas["typed"] >= 0.95,
    )
    report.row("string entropy beside it", goal="<= 0.75", measured=areas["string"], holds=areas["string"] <= 0.75)
    report.row(
        "sequential sampling, AUROC",
        goal="as M = 10",
        measured=areas["sequential"],
        holds=areas["sequential"] >= areas["typed"] - 0.005,
    )
    report.row("sequential sampling, mean samples", goal="<= 4.5", measured=asked / 600, holds=asked / 600 <= 4.5)
