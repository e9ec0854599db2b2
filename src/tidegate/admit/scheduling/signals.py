"""What an engine says of itself, read into one `Signal`: metrics pages of vLLM, SGLang and llama.cpp, ORCA headers.

Names differ and come and go between versions; what is absent stays None and is learned from what we
dispatched and from latency.  A page that holds none of the names is garbled, not idle.
"""

import json
import math
import re

from tidegate.admit.scheduling.model import Signal

_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)", re.M)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
PAGE_CHARS_MAX = 4_000_000


def parse_metrics(engine: str, page: str) -> Signal:
    """The signal in a Prometheus page; sums over the engines of a data-parallel server.

    Raises ValueError when the page holds no known name or a number that is none.
    """
    totals: dict[str, float] = {}
    usage: list[float] = []
    capacity = 0
    by_reason: float | None = None
    for name, labels, number in _SAMPLE.findall(page[:PAGE_CHARS_MAX]):
        if not name.startswith(("vllm:", "sglang:", "llamacpp:")):
            continue
        if name == "vllm:cache_config_info":
            capacity += _capacity(dict(_LABEL.findall(labels)))
            continue
        value = float(number)
        if not math.isfinite(value):
            continue  # an average over nothing is NaN in every exposition
        if value < 0:
            raise ValueError(f"{name} is {number}")
        if name == "vllm:num_requests_waiting_by_reason":
            if 'reason="capacity"' in labels:
                by_reason = (by_reason or 0.0) + value
        elif name in ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage",
                      "llamacpp:kv_cache_usage_ratio"):  # fmt: skip
            usage.append(value)
        else:
            totals[name] = totals.get(name, 0.0) + value
    running = _first(totals, "vllm:num_requests_running", "sglang:num_running_reqs", "llamacpp:requests_processing")
    waiting = by_reason
    if waiting is None:
        waiting = _first(totals, "vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred")
    if running is None and waiting is None:
        raise ValueError("none of the known metric names is on the page")
    sglang = _first(totals, "sglang:max_total_num_tokens")
    return Signal(
        engine,
        running=_whole(running),
        waiting=_whole(waiting),
        kv_usage=sum(usage) / len(usage) if usage and max(usage) <= 1.0 else None,
        kv_tokens=capacity or _whole(sglang) or None,
        preemptions=_whole(_first(totals, "vllm:num_preemptions_total", "vllm:num_preemptions")),
    )


def parse_orca(engine: str, header: str) -> Signal | None:
    """The signal in an ORCA `endpoint-load-metrics` header (JSON or TEXT form); None when it says nothing."""
    kind, _, rest = header.strip().partition(" ")
    metrics: dict[str, float] = {}
    try:
        if kind.upper() == "JSON":
            document = json.loads(rest)
            named = document.get("named_metrics", document)
            metrics = {str(k): float(v) for k, v in named.items()}
        elif kind.upper() == "TEXT":
            for part in rest.split(","):
                key, _, value = part.strip().partition("=")
                metrics[key.removeprefix("named_metrics.")] = float(value)
    except (ValueError, TypeError, AttributeError):
        return None
    usage, waiting = metrics.get("kv_cache_usage_perc"), metrics.get("num_requests_waiting")
    if usage is None and waiting is None:
        return None
    return Signal(engine, waiting=_whole(waiting), kv_usage=usage)


def _capacity(labels: dict[str, str]) -> int:
    """KV tokens of one engine, from its cache configuration."""
    tokens = labels.get("kv_cache_size_tokens", "")
    if tokens.isdigit():
        return int(tokens)
    blocks, size = labels.get("num_gpu_blocks", ""), labels.get("block_size", "")
    return int(blocks) * int(size) if blocks.isdigit() and size.isdigit() else 0


def _first(totals: dict[str, float], *names: str) -> float | None:
    return next((totals[n] for n in names if n in totals), None)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
