"""The windowed gap: nothing where all are served alike, and the recorded study's own numbers on its own runs."""

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest

from tidegate.sim.gaps import Served, windowed_gap


def test_equal_service_has_no_gap_and_starvation_has_one() -> None:
    alike = [Served(t, at, at, at + 5.0, 100, 100) for t in "ab" for at in range(0, 600, 5)]
    assert windowed_gap(alike).most == pytest.approx(0.0, abs=1e-6)
    starved = [r if r.tenant == "a" else r._replace(first_s=r.first_s + 1e4, end_s=r.end_s + 1e4) for r in alike]
    assert windowed_gap(starved).mean > 50.0


def test_the_recorded_runs_give_the_published_numbers(shared_data: Path) -> None:
    runs: dict[str, list[Served]] = defaultdict(list)
    with gzip.open(shared_data / "traces" / "vtc_artifact_arena_results.csv.gz", "rt", newline="") as f:
        for r in csv.DictReader(f):
            at, first = float(r["t_s"]), float(r["ttft_s"])
            if r["scheduler"] in ("vtc", "fcfs") and first >= 0:
                runs[r["scheduler"]].append(Served(r["client"], at, at + first, at + float(r["latency_s"]),
                                                   int(r["input_tokens"]), int(r["output_tokens"])))  # fmt: skip
    for name, most, mean, variance in (("vtc", 368.4, 251.7, 6549), ("fcfs", 760.0, 433.5, 32112)):
        gap = windowed_gap(runs[name])
        assert (round(gap.most, 1), round(gap.mean, 1), round(gap.variance)) == (most, mean, variance)
