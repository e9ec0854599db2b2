"""The 3 am incident: a chatbot with a 500 ms first-token target beside an overnight batch of 8,000-token prompts.

The same requests in every arm, on the same simulated engine: the chat alone; both straight to the engine (first
come, first served); both through the production admission.  The admission is told nothing of the
engine: it learns slots, memory and prefill speed as the run goes on.
"""

from collections.abc import Sequence

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import ClassRule, EngineRule, Plan
from tidegate.sim import workloads
from tidegate.sim.engine import EngineSpec
from tidegate.sim.plot import line_plot
from tidegate.sim.scenario import Arm, ScenarioResult
from tidegate.sim.world import Asked, World
from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Verdict
from tidegate.stats import intervals

TARGET_S = 0.5
CHAT_RPS = 10.0
WAVE_EVERY_S, WAVE_PROMPTS = 20.0, 50
CLASSES = (ClassRule(name="interactive", ttft_target_s=TARGET_S, weight=4.0), ClassRule(name="batch"))


def workload(seed: int, seconds: float, *, storm: bool) -> list[Asked]:
    """Chat at ten requests a second, and (with `storm`) a wave of 8,000-token prompts every twenty seconds."""
    asked = workloads.chat(seed, rate_rps=CHAT_RPS, until_s=seconds)
    if storm:
        for wave in range(int(seconds // WAVE_EVERY_S)):
            first = 1_000_000 + wave * WAVE_PROMPTS
            asked += workloads.batch(seed + wave, n=WAVE_PROMPTS, at_s=wave * WAVE_EVERY_S, first_id=first)
    return asked


def play(asked: list[Asked], policy: str | None) -> float:
    """Run one arm; the time at which the last request was done."""
    admission = None
    if policy is not None:
        plan = Plan(
            policy=policy, classes=CLASSES, engines=(EngineRule(name="engine", reports=True),), wait_s_max=3600.0
        )
        admission = Admission(plan)
    return World({"engine": EngineSpec()}, admission).run(asked)


def over_time(asked: Sequence[Asked], tenant: str, bucket_s: float) -> list[tuple[float, float]]:
    """P95 of the first-token time by time of asking, in milliseconds."""
    buckets: dict[int, list[float]] = {}
    for r in asked:
        if r.tenant == tenant and r.ttft_s is not None:
            buckets.setdefault(int(r.at_s // bucket_s), []).append(r.ttft_s)
    return [(k * bucket_s, sorted(v)[int(0.95 * len(v))] * 1000.0) for k, v in sorted(buckets.items())]


def arm(name: str, asked: Sequence[Asked], end_s: float, *, usual: bool) -> Arm:
    """One arm's figures; it passes when the chat's P95 keeps the target."""
    chat_ms = [r.ttft_s * 1000.0 for r in asked if r.tenant == "chat" and r.ttft_s is not None]
    misses = sum(t > TARGET_S * 1000.0 for t in chat_ms)
    done = sum(r.prompt + r.received for r in asked if r.done_s is not None)
    segment = f"{len(chat_ms)} chat requests"
    p95 = sorted(chat_ms)[int(0.95 * len(chat_ms))]
    measures = (
        Measure(name="chat TTFT P50", unit="ms", value=intervals.quantile(chat_ms, 0.5, segment=segment)),
        Measure(name="chat TTFT P95", unit="ms", value=intervals.quantile(chat_ms, 0.95, segment=segment)),
        Measure(name="chat TTFT P99", unit="ms", value=intervals.quantile(chat_ms, 0.99, segment=segment)),
        Measure(name="targets missed", value=intervals.proportion((misses, len(chat_ms)), segment=segment)),
    )
    words = f"{misses:,} of {len(chat_ms):,} first tokens later than 500 ms; {done / end_s:,.0f} tokens/s"
    detail = {"missed": misses, "tokens_per_s": done / end_s, "all_done_s": end_s}
    verdict = Verdict.PASS if p95 <= TARGET_S * 1000.0 else Verdict.FAIL
    return Arm(name=name, usual=usual, verdict=verdict, summary=words, measures=measures, detail=detail)


def run(seed: int, scale: float = 1.0) -> ScenarioResult:
    """Replay the incident; `scale` shortens it (eight minutes at 1)."""
    seconds = max(40.0, 480.0 * scale)
    arms: list[Arm] = []
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, storm, policy, usual in (
        ("chat alone", False, None, False),
        ("FIFO, straight to the engine", True, None, True),
        ("Tidegate", True, "fair", False),
    ):
        asked = workload(seed, seconds, storm=storm)
        end_s = play(asked, policy)
        arms.append(arm(name, asked, end_s, usual=usual))
        lines[name if name.startswith("chat") else f"chat, {name.split(',')[0]}"] = over_time(asked, "chat", 10.0)
        if policy is not None:
            lines["batch, Tidegate"] = over_time(asked, "batch", 10.0)
    incident = (
        f"A chatbot with a 500 ms first-token target ({CHAT_RPS:g} requests/s) beside an overnight batch: "
        f"{WAVE_PROMPTS} prompts of 8,000 tokens every {WAVE_EVERY_S:g} s, one simulated engine"
    )
    plot = line_plot("First-token time over the incident", "seconds", "TTFT P95, ms", lines,
                     guide=("target 500 ms", TARGET_S * 1000.0))  # fmt: skip
    return ScenarioResult(name="scheduling", incident=incident, seed=seed, arms=tuple(arms),
                          plots={"scheduling-ttft.svg": plot})  # fmt: skip
