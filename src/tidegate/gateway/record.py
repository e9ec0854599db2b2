"""What remains of a call: its tokens as the engine counted them, and its one trace."""

from typing import Any

from tidegate.gateway.answering import Answering
from tidegate.gateway.usage import NOTHING, TAIL_BYTES, usage_of_json, usage_of_stream
from tidegate.spine.call import Call, Ending, Usage
from tidegate.spine.feedback import ABOUT
from tidegate.spine.ports import TraceSink
from tidegate.spine.trace import CallTrace


def usage_and_model(x: Answering) -> tuple[Usage, str | None]:
    """Tokens and model as the engine reported them."""
    if x.reply_usage is not None:
        return x.reply_usage, None
    if x.shape is not None:
        return x.shape.usage(), None
    kept = x.kept
    if not kept or x.first_at_s is None:
        return NOTHING, None
    if x.strip is not None and x.strip.event:
        return usage_of_stream(kept[0], x.strip.event, x.dialect)
    if not x.streaming:
        return usage_of_json(kept[0])
    if len(kept) == 1:
        return usage_of_stream(kept[0], kept[0], x.dialect)
    tail = kept[-1]
    i = len(kept) - 1
    while len(tail) < TAIL_BYTES and i > 0:
        i -= 1
        tail = kept[i] + tail
    return usage_of_stream(kept[0], tail, x.dialect)


def trace_of(
    x: Answering, ending: Ending, usage: Usage, model: str | None, ended_at_s: float, upstream: str | None
) -> CallTrace:
    """Everything kept about this call but its bodies."""
    ask = x.ask
    call = Call(
        call_id=x.trace_id,
        identity=x.identity,
        dialect=x.dialect,
        model=(ask.model if ask else None) or "",
        stream=bool(ask and ask.stream),
        run_id=x.head.run_id,
        received_at_s=x.received_at_s,
        tokens_prompt_estimate=len(x.body) // 4,
        tokens_completion_max=ask.tokens_max if ask else None,
        prompt_version=x.head.prompt_version,
        task=x.identity.task or x.head.task,
    )
    state = x.state
    entry = x.entry
    cost = None
    if entry is not None and entry.cost and usage.tokens_prompt is not None:
        cost = usage.tokens_prompt * entry.cost[0] + (usage.tokens_completion or 0) * entry.cost[1]
    attributes: dict[str, Any] = {ABOUT: x.about} if x.about else {}
    if call.task is not None:
        attributes["task"] = call.task
    if x.shaping is not None:
        x.events += tuple(x.shaping.events())
    return CallTrace(
        trace_id=x.trace_id,
        call=call,
        ending=ending,
        status=x.sent_status,
        error_code=x.code,
        upstream=upstream,
        model_served=model,
        attempts=max(state.attempts, 1),
        received_at_s=x.received_at_s,
        dispatched_at_s=x.dispatched_at_s,
        first_token_at_s=x.first_at_s,
        ended_at_s=ended_at_s,
        chunks=x.chunks,
        bytes_in=len(x.body),
        bytes_out=x.bytes_out,
        usage=usage,
        cost_usd=cost,
        events=x.events,
        attributes=attributes,
    )


def hand_over(x: Answering, trace: CallTrace, sink: TraceSink) -> None:
    """Give a trace to the sink: with its bodies where this tenant's are kept, uncopied where the sink takes them so."""
    if not x.gw.keeps_bodies(x.identity.tenant):
        sink.put(trace)
        return
    kept = x.kept
    response = kept[0] if len(kept) == 1 else b"".join(kept)
    put_bodies = x.gw.put_bodies
    if put_bodies is not None:
        put_bodies(trace, x.body, response)
        return
    trace.request_body = x.body.decode("utf-8", "replace")
    trace.response_body = response.decode("utf-8", "replace")
    sink.put(trace)
