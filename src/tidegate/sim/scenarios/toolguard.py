"""The pair that ran 264 hours for $47,000: a verifier rejects without saying why, an analyst retries.

The same two stub agents in every arm: the analyst words each attempt anew, the verifier answers
"Rejected.", and neither ever ends.  Every attempt reads the whole conversation again, so the price
grows until the context window is full.  Arms: nobody stops it; a step limit that raises (a limit,
and silence); Tidegate's guard in front of the model, the production code.
"""

import random

import msgspec

from tidegate.admit.toolguard.model import BUILT_IN
from tidegate.admit.toolguard.plugin import ToolLoopGuard
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.spine.call import Call, Identity
from tidegate.spine.conversation import Conversation, Message, Text
from tidegate.spine.estimate import Estimate, Measure
from tidegate.spine.gate import Verdict

USD_PER_TOKEN_IN, USD_PER_TOKEN_OUT = 15e-6, 75e-6
TOKENS_CONTEXT_MAX = 200_000
TOKENS_ATTEMPT, TOKENS_REJECTION, TOKENS_TASK = 900, 4, 6_000
ROUND_S = 121.0  # 264 hours for the rounds that cost $47,000
USD_INVOICE = 47_000.0
RECURSION_LIMIT = 25  # a common framework's default: it raises

VERBS = ("Revised", "Reworked", "Updated", "Extended", "Corrected", "Rewrote")
PARTS = ("the market segment table", "the churn analysis", "the pricing summary", "the cohort study", "the outlook")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an arm ended."""

    rounds: int
    usd: float
    hours: float
    answer: str
    ended_by: str


def attempt(rng: random.Random, n: int) -> str:
    """The analyst's next attempt, in new words each time."""
    figures = ", ".join(str(rng.randrange(1000, 9999)) for _ in range(6))
    return f"{rng.choice(VERBS)} {rng.choice(PARTS)} (attempt {n}): the figures are {figures}. {rng.random():.9f}"


def run_pair(rng: random.Random, guard: ToolLoopGuard | None, rounds_max: int | None) -> Outcome:
    """The loop of the two agents; `guard` stands in front of the analyst's model, as the gateway does."""
    messages = [Message("user", (Text("Analyse our customers and have the verifier approve it."),), 0)]
    usd, rounds, context = 0.0, 0, TOKENS_TASK
    while usd < USD_INVOICE:
        if rounds_max is not None and rounds >= rounds_max:
            return Outcome(
                rounds=rounds, usd=usd, hours=rounds * ROUND_S / 3600, answer="", ended_by="step limit raised"
            )
        if guard is not None:
            call = Call(call_id=f"call-{rounds}", identity=Identity(tenant="research"), dialect="chat", model="m")
            session = guard.open(call)
            assert session is not None
            decision = session.request(
                Conversation(model="m", messages=tuple(messages[-60:] if rounds > 60 else messages))
            )
            if decision.action in ("finalise", "refuse"):
                return Outcome(rounds=rounds, usd=usd, hours=rounds * ROUND_S / 3600, answer=decision.text,
                               ended_by=decision.reason)  # fmt: skip
        rounds += 1
        usd += 2 * min(context, TOKENS_CONTEXT_MAX) * USD_PER_TOKEN_IN
        usd += (TOKENS_ATTEMPT + TOKENS_REJECTION) * USD_PER_TOKEN_OUT
        context += TOKENS_ATTEMPT + TOKENS_REJECTION
        messages.append(Message("assistant", (Text(attempt(rng, rounds)),), len(messages)))
        messages.append(Message("user", (Text("Rejected."),), len(messages)))
    return Outcome(rounds=rounds, usd=usd, hours=rounds * ROUND_S / 3600, answer="", ended_by="the invoice")


def run(seed: int, scale: float = 1.0) -> ScenarioResult:  # noqa: ARG001 - the incident has one size
    """Replay the incident; ours must end within 3 rounds and $1 with a partial result and a named reason."""
    arms = []
    for name, usual, guard, limit in (
        ("nobody stops it", True, None, None),
        (f"step limit {RECURSION_LIMIT}, raises", True, None, RECURSION_LIMIT),
        ("Tidegate in front of the model", False, ToolLoopGuard(BUILT_IN), None),
    ):
        out = run_pair(random.Random(seed), guard, limit)
        holds = out.rounds <= 3 and out.usd <= 1.0 and "Last said" in out.answer and "reject" in out.ended_by
        summary = f"ended by {out.ended_by}" + ("; partial answer given" if out.answer else "; no answer")
        arms.append(
            Arm(
                name=name,
                usual=usual,
                verdict=Verdict.PASS if holds else Verdict.FAIL,
                summary=summary,
                measures=(exact("rounds", out.rounds), exact("cost_usd", out.usd), exact("hours", out.hours)),
                detail={"answer": out.answer},
            )
        )
    incident = "An analyst and a verifier loop: the verifier rejects without a reason, nobody wrote a stopping rule."
    return ScenarioResult(name="toolguard", incident=incident, seed=seed, arms=tuple(arms))


def exact(name: str, value: float) -> Measure:
    """A count of the simulation: no interval but itself."""
    return Measure(name=name, value=Estimate(value=value, low=value, high=value, n=1, method="counted"))
