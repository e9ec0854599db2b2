# ruff: noqa: E501  (texts and messages read best on one line)
"""The incident: three well-formed, fluent, wrong answers reach a customer; a fluency check passes them all.

Monte Carlo code that redraws every particle instead of moving it, a wrong oxidation state, a
load factor that the standard does not give.  The usual way scores form: sections, terms, units,
confidence.  Ours computes.  Each wrong answer has a right twin that must not be refuted.
"""

import re

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.check.verify.published.registry import Coefficient
from tidegate.check.verify.simulation import decide_simulations
from tidegate.runner.sandbox import simulations_in
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Severity
from tidegate.spine.gate import Verdict
from tidegate.stats.intervals import proportion

CODE = """The sampler below is a standard Metropolis Monte Carlo and satisfies detailed balance.

```python
import numpy as np

def simulate(steps=4000, step=0.4, seed={seed}):
    rng = np.random.default_rng(seed)
    x = np.zeros(3)
    states = []
    for _ in range(steps):
        trial = {trial}
        if rng.random() < np.exp(-0.5 * (trial @ trial - x @ x)):
            x = trial
        states.append(x.copy())
    return {{"states": np.array(states)}}
```
"""
CHEMISTRY = "Potassium dichromate, K2Cr2O7, is a strong oxidiser. In K2Cr2O7, chromium has an oxidation state of {state}, therefore it readily accepts electrons."
LOAD = "According to EN 1990, the partial factor for permanent actions is {value}. Therefore the design load follows directly."
REGISTRY = (
    Coefficient(
        standard="EN 1990",
        edition="2002",
        clause="Table A1.2(B)",
        names=("partial factor for permanent actions",),
        value=1.35,
    ),
)


def fluency(answer: str) -> bool:
    """The usual way: terms, structure and confidence, no computation."""
    words = re.findall(r"[a-z]+", answer.lower())
    confident = any(w in words for w in ("therefore", "standard", "according", "satisfies"))
    return len(words) >= 12 and confident and answer.strip()[0].isupper()


def ours(answer: str, seed: int) -> bool:
    """Passes unless a claim is refuted by computation."""
    more = decide_simulations(answer, simulations_in(answer, seed=seed))
    found = verify_answer(answer, knowledge=Knowledge(registry=REGISTRY), more=more)
    return not any(f.severity is Severity.ERROR for f in found.findings)


def run(seed: int, scale: float = 1.0) -> ScenarioResult:  # noqa: ARG001
    """Three wrong answers and their right twins, through both ways."""
    wrong = [
        CODE.format(seed=seed, trial="rng.uniform(-4, 4, 3)"),
        CHEMISTRY.format(state="+7"),
        LOAD.format(value="1.15"),
    ]
    right = [
        CODE.format(seed=seed, trial="x + rng.uniform(-step, step, 3)"),
        CHEMISTRY.format(state="+6"),
        LOAD.format(value="1.35"),
    ]
    arms = []
    for name, usual, judge in (("fluency check", True, fluency), ("verifiers", False, lambda a: ours(a, seed))):
        caught, kept = [not judge(a) for a in wrong], [judge(a) for a in right]
        verdict = Verdict.PASS if all(caught) and all(kept) else Verdict.FAIL
        measures = (
            Measure(name="wrong answers stopped", value=proportion((sum(caught), len(caught)))),
            Measure(name="right answers kept", value=proportion((sum(kept), len(kept)))),
        )
        arms.append(Arm(name=name, usual=usual, verdict=verdict, measures=measures,
                        summary=f"stopped {sum(caught)} of {len(caught)} wrong answers, kept {sum(kept)} of {len(kept)} right ones"))  # fmt: skip
    incident = "Three fluent wrong answers: Monte Carlo code that redraws its particles, a wrong oxidation state, a wrong load factor."
    return ScenarioResult(name="verify", incident=incident, seed=seed, arms=tuple(arms))
