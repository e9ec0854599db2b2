"""Workloads: drawn from a seed, or replayed from public recordings of lengths and times.

The readers take the folder of the recordings as an argument and hold no data themselves; a fresh clone
works with the drawn ones.
"""

import csv
import datetime as dt
import gzip
import json
import random
from itertools import count
from pathlib import Path

from tidegate.sim.world import Asked


def lognormal(rng: random.Random, median: float, sigma: float, least: int, most: int) -> int:
    """A heavy-tailed length in tokens."""
    return max(least, min(most, int(median * 2.718281828 ** (sigma * rng.gauss(0.0, 1.0)))))


def chat(seed: int, *, rate_rps: float, until_s: float, tenant: str = "chat", service_class: str = "interactive",
         first_id: int = 0) -> list[Asked]:  # fmt: skip
    """Interactive traffic: Poisson arrivals, about 800 tokens in and 130 out, both with long tails."""
    rng = random.Random(f"chat-{seed}-{tenant}")
    out, at = [], rng.expovariate(rate_rps)
    ids = count(first_id)
    while at < until_s:
        out.append(Asked(request_id=next(ids), at_s=at, tenant=tenant, service_class=service_class,
                         prompt=lognormal(rng, 700, 0.8, 20, 6000),
                         output=lognormal(rng, 130, 0.7, 5, 800)))  # fmt: skip
        at += rng.expovariate(rate_rps)
    return out


def batch(seed: int, *, n: int, at_s: float, prompt: int = 8000, output: int = 200, tenant: str = "batch",
          service_class: str = "batch", first_id: int = 1_000_000) -> list[Asked]:  # fmt: skip
    """A batch that arrives at once: prompts of about `prompt` tokens."""
    rng = random.Random(f"batch-{seed}-{tenant}")
    return [Asked(request_id=first_id + i, at_s=at_s, tenant=tenant, service_class=service_class,
                  prompt=int(prompt * rng.uniform(0.9, 1.1)), output=int(output * rng.uniform(0.5, 1.5)))
            for i in range(n)]  # fmt: skip


def azure(traces: Path, name: str, *, speed: float, start_s: float, until_s: float, tenant: str = "chat",
          service_class: str = "interactive", first_id: int = 0) -> list[Asked]:  # fmt: skip
    """A stretch of a recorded hour (`azure2023_conv`, `azure2023_code`), played `speed` times as fast."""
    with (traces / f"{name}.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    began = dt.datetime.fromisoformat(rows[0]["TIMESTAMP"][:26])
    out: list[Asked] = []
    for row in rows:
        at = (dt.datetime.fromisoformat(row["TIMESTAMP"][:26]) - began).total_seconds() - start_s
        if 0 <= at / speed < until_s:
            out.append(Asked(request_id=first_id + len(out), at_s=at / speed, tenant=tenant,
                             service_class=service_class, prompt=max(1, int(row["ContextTokens"])),
                             output=max(1, int(row["GeneratedTokens"]))))  # fmt: skip
    return out


def summaries(traces: Path, *, n: int, at_s: float, seed: int, tenant: str = "batch", service_class: str = "batch",
              first_id: int = 1_000_000) -> list[Asked]:  # fmt: skip
    """Recorded lengths of a summarisation set, all arriving at once."""
    with (traces / "arxiv_summarization_lengths.csv").open(newline="") as f:
        rows = list(csv.DictReader(f))
    random.Random(seed).shuffle(rows)
    return [Asked(request_id=first_id + i, at_s=at_s, tenant=tenant, service_class=service_class,
                  prompt=max(1, int(r["input_tokens"])), output=max(1, int(r["output_tokens"])))
            for i, r in enumerate(rows[:n])]  # fmt: skip


def arena(traces: Path) -> list[Asked]:
    """Ten minutes of chat arena traffic of 27 tenants, with its own times and lengths."""
    with (traces / "lmsys_arena_27clients.csv").open(newline="") as f:
        return [Asked(request_id=i, at_s=float(r["t_s"]), tenant=f"t{r['client']}", service_class="default",
                      prompt=max(1, int(r["input_tokens"])), output=max(1, int(r["output_tokens"])))
                for i, r in enumerate(csv.DictReader(f))]  # fmt: skip


def servegen(traces: Path) -> list[Asked]:
    """Half an hour of 32 tenants of a large model."""
    with gzip.open(traces / "servegen_m_large_replay_30min.csv.gz", "rt", newline="") as f:
        return [Asked(request_id=i, at_s=float(r["t_s"]), tenant=f"t{r['client']}", service_class="default",
                      prompt=max(1, int(float(r["input_tokens"]))), output=max(1, int(float(r["output_tokens"]))))
                for i, r in enumerate(csv.DictReader(f))]  # fmt: skip


def mooncake(traces: Path, name: str, *, speed: float = 1.0, tenants: int = 8, limit: int | None = None) -> list[Asked]:
    """A recorded hour with its prefix blocks; conversations (by second block) are dealt to tenants."""
    out = []
    with (traces / f"{name}.jsonl").open() as f:
        for i, line in enumerate(f):
            if limit is not None and i >= limit:
                break
            row = json.loads(line)
            blocks = tuple(row["hash_ids"])
            group = blocks[1] if len(blocks) > 1 else blocks[0]
            at = row["timestamp"] / 1000.0 / speed
            prompt, output = max(1, int(row["input_length"])), max(1, int(row["output_length"]))
            out.append(Asked(request_id=i, at_s=at, tenant=f"t{group % tenants}", service_class="default",
                             prompt=prompt, output=output, blocks=blocks, prefix_key=group + 1))  # fmt: skip
    return out
