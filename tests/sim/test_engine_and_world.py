"""The engine model keeps its books, and the simulated world runs the production admission to the end."""

from tidegate.admit.scheduling.admission import Admission
from tidegate.admit.scheduling.model import ClassRule, EngineRule, Plan
from tidegate.sim import workloads
from tidegate.sim.engine import Engine, EngineSpec, Job
from tidegate.sim.plot import line_plot, round_values
from tidegate.sim.scenarios import scheduling
from tidegate.sim.world import World
from tidegate.spine.gate import Verdict


def test_memory_comes_back_after_preemption_aborts_and_ends() -> None:
    engine = Engine(EngineSpec(kv_tokens=300, slots=8, step_tokens_max=64))
    for i in range(12):
        engine.submit(Job(job_id=i, prompt=40, output=60))
    engine.step()
    assert engine.abort(3)
    assert not engine.abort(99)
    steps = 0
    while engine.busy:
        engine.step()
        steps += 1
        assert steps < 5_000
    assert engine.preemptions > 0
    assert engine.kv_used == 0


def test_a_prefix_cache_saves_prefill() -> None:
    engine = Engine(EngineSpec(prefix_cache_tokens=4096, prefix_block_tokens=64))
    for i in range(2):
        engine.submit(Job(job_id=i, prompt=130, output=1, blocks=(7, 8)))
        while engine.busy:
            engine.step()
    assert (engine.cached_tokens, engine.prompt_tokens) == (128, 132)


def test_every_request_ends_and_tokens_are_conserved() -> None:
    asked = workloads.chat(3, rate_rps=6, until_s=10) + workloads.batch(3, n=20, at_s=2.0, prompt=2000)
    asked[5].leaves_s = 0.01
    classes = (ClassRule(name="interactive", ttft_target_s=0.5), ClassRule(name="batch"))
    admission = Admission(Plan(classes=classes, engines=(EngineRule(name="e"),)))
    World({"e": EngineSpec(slots=16)}, admission).run(asked)
    assert all(r.done_s is not None or r.refused for r in asked)
    account = admission.pools[("e",)].policy.accounts["batch"]
    assert account.prompt == sum(r.prompt for r in asked if r.tenant == "batch")
    assert account.completion == sum(r.output for r in asked if r.tenant == "batch")


def test_the_incident_fails_under_fifo_and_holds_under_ours() -> None:
    result = scheduling.run(2, 0.1)
    assert result.verdict is Verdict.PASS
    assert result.plots["scheduling-ttft.svg"].startswith("<svg")


def test_a_plot_of_nothing_is_still_a_plot() -> None:
    assert line_plot("a < b", "x", "y", {}).count("<svg") == 1


def test_axes_show_round_numbers() -> None:
    assert round_values(0, 470) == [0, 100, 200, 300, 400]
    assert round_values(3, 3) == [3]
    for low, high in ((0.0, 1.0), (-3.0, 17.0), (0.001, 0.0093), (1e6, 3.3e6)):
        ticks = round_values(low, high)
        assert 3 <= len(ticks) <= 9
        assert all(low - 1e-9 <= t <= high * (1 + 1e-9) for t in ticks)
