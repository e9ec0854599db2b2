"""Traces for tests, like the gateway's; cheap to import, since processes that are killed use them."""

from typing import Any

from tidegate.spine.call import Call, Ending, Identity, Usage
from tidegate.spine.trace import CallTrace, Event

T0 = 1_790_000_000.0


def trace(number: int = 0, *, tenant: str = "acme", user: str | None = None, **changes: Any) -> CallTrace:
    """A completed chat call of `tenant`, `number` seconds after T0; times are binary fractions (exact)."""
    at = changes.pop("received_at_s", T0 + number)
    call = Call(
        call_id=f"call_{number:08d}",
        identity=Identity(tenant=tenant, service_class="chat", key_id="key_1", user=user),
        dialect="chat",
        model=changes.pop("model", "small"),
        stream=True,
        received_at_s=at,
        tokens_prompt_estimate=12,
    )
    fields: dict[str, Any] = {
        "trace_id": f"tr_{number:08d}",
        "call": call,
        "ending": Ending.COMPLETED,
        "status": 200,
        "upstream": "local",
        "model_served": "small-2026",
        "received_at_s": at,
        "dispatched_at_s": at + 0.125,
        "first_token_at_s": at + 0.25,
        "ended_at_s": at + 1.5,
        "chunks": 20,
        "bytes_in": 100,
        "bytes_out": 300,
        "usage": Usage(tokens_prompt=12, tokens_completion=20),
        "cost_usd": 0.001,
        "request_body": f'{{"model":"small","messages":[{{"role":"user","content":"question {number}"}}]}}',
        "response_body": f'{{"choices":[{{"message":{{"role":"assistant","content":"answer {number}"}}}}]}}',
        "events": (
            Event(name="received", at_s=at),
            Event(name="dispatched", at_s=at + 0.125, data={"upstream": "local", "attempt": 1}),
            Event(name="ended", at_s=at + 1.5, data={"ending": "completed"}),
        ),
    }
    return CallTrace(**(fields | changes))
