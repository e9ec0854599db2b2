"""The demo's two tenants: a chat that must answer now, and a batch that has all night.

Lengths follow the shape of recorded production chat traffic (log-normal; spread of prompts 0.99,
of answers 0.86 in natural logarithms, as fitted to a public recording of a large provider's chat
service), scaled down to an engine that reads a few hundred tokens a second.
"""

import math
import random
from collections.abc import Sequence

from tidegate.runner.load import Due

PROMPT_SPREAD = 0.99  # standard deviation of ln(prompt tokens) in the recording
ANSWER_SPREAD = 0.86  # of ln(answer tokens)

COMMON_WORDS = """
time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power
hour game line end member law car city community name president team minute idea body back parent face others level
"""
WORDS = COMMON_WORDS.split()


def length(rng: random.Random, median: float, spread: float, low: int, high: int) -> int:
    """A log-normal token count, cut to [low, high]."""
    return max(low, min(high, round(median * math.exp(rng.gauss(0.0, spread)))))


def text(rng: random.Random, tokens: int) -> str:
    """About `tokens` tokens of plain words (one a word for common English words)."""
    return " ".join(rng.choice(WORDS) for _ in range(max(1, tokens)))


def batch(rng: random.Random, key: str, prefill_tokens: int, answer_tokens: int) -> list[Due]:
    """The batch job: prompts of about 240 tokens, all at once, until they sum to `prefill_tokens`."""
    requests: list[Due] = []
    total = 0
    while total < prefill_tokens:
        tokens = length(rng, 240, PROMPT_SPREAD / 2, 100, 500)
        total += tokens
        prompt = "Summarise: " + text(rng, tokens)
        requests.append(Due(at_s=0.0, tenant="batch", key=key, prompt=prompt, tokens_output_max=answer_tokens))
    return requests


def chat(rng: random.Random, key: str, until_s: float, every_s: float) -> list[Due]:
    """The chat: short questions, arriving at random (Poisson), from one second on."""
    requests: list[Due] = []
    at_s = 1.0
    while at_s < until_s:
        prompt = "Answer briefly: what about " + text(rng, length(rng, 12, PROMPT_SPREAD, 4, 60)) + "?"
        answer = length(rng, 10, ANSWER_SPREAD, 4, 24)
        requests.append(Due(at_s=at_s, tenant="chat", key=key, prompt=prompt, tokens_output_max=answer))
        at_s += rng.expovariate(1.0 / every_s)
    return requests


def for_arm(requests: Sequence[Due], arm: str, keys: dict[str, str]) -> list[Due]:
    """The same requests for one arm: its keys, and its name in front, so that no arm profits from another's cache."""
    return [
        Due(
            at_s=r.at_s,
            tenant=r.tenant,
            key=keys.get(r.tenant, ""),
            prompt=f"({arm}) {r.prompt}",
            tokens_output_max=r.tokens_output_max,
        )
        for r in requests
    ]
