"""Every stopped run ends with an answer: `python -m benches.toolguard_endings [--stops N] [--json]`.

Generated stuck runs in three client APIs are cut at a random request after the stop and sent through the gateway's own
shaping, as bytes.  The model behind it, in each of three APIs, either obeys or calls tools all the same, one or
several at once, in one choice or several, streamed or whole.  The answer's bytes are then read by the official clients'
own types: it must be a legal final message without tool calls, and where it was composed here it must name the reason
and what was gathered.  What goes upstream must be legal too: every call with its result, no tool callable.
"""

import dataclasses
import json
import random
import sys
from collections import Counter
from typing import Any

from anthropic.types import Message as AnthropicMessage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response
from tests.admit.toolguard.histories import CALIBRATED
from tests.admit.toolguard.worlds.forms import write
from tests.admit.toolguard.worlds.fourth_stuck import FOURTH_STUCK
from tests.admit.toolguard.worlds.second_stuck import SECOND_STUCK
from tests.admit.toolguard.worlds.third_stuck import THIRD_STUCK
from tests.admit.toolguard.worlds.topics import DEV_TOPICS, REPORT_TOPICS
from tests.support import upstreams
from tests.support.upstreams import Script

from benches.report import Report
from tidegate.admit.toolguard.loops import judge
from tidegate.admit.toolguard.plugin import REFUSED_AFTER, ToolLoopGuard
from tidegate.admit.toolguard.steps import read_steps
from tidegate.gateway.seams import Reply
from tidegate.gateway.translate import PATHS, DialectShaper
from tidegate.readers.agent_runs import read_run
from tidegate.settings import Settings
from tidegate.spine.call import Call, Identity

SEED = 20261128
CLIENTS = {"chat": "chat", "anthropic": "messages", "responses": "responses"}
SCHEMA = {"type": "object", "properties": {"q": {"type": "string"}}}
OBEYED = "Here is what I found, and what is open."


def request_of(form: str, messages: list[dict[str, Any]], tools: list[str], stream: bool, n: int) -> dict[str, Any]:
    """A request body in a client's API."""
    out: dict[str, Any] = {"model": "m", "stream": stream}
    if form == "chat":
        functions = [{"name": t, "parameters": SCHEMA} for t in tools]
        out |= {"messages": messages, "tools": [{"type": "function", "function": f} for f in functions]}
        return out | ({"n": n} if n > 1 else {})
    if form == "anthropic":
        given = [{"name": t, "input_schema": SCHEMA} for t in tools]
        return out | {"messages": [m for m in messages if m["role"] != "system"], "max_tokens": 300, "tools": given}
    given = [{"type": "function", "name": t, "parameters": SCHEMA, "strict": False} for t in tools]
    return out | {"input": messages, "store": False, "tools": given}


def said_by(dialect: str, script: Script, request: dict[str, Any], stream: bool) -> bytes:
    """What an upstream of that API sends."""
    if dialect == "chat":
        events, whole = upstreams.chat_events(script, "m", request), upstreams.chat_body(script, "m")
    elif dialect == "messages":
        events, whole = upstreams.message_events(script, "m"), upstreams.message_body(script, "m")
    else:
        events, whole = upstreams.response_events(script, "m", request), upstreams.response_body(script, "m", request)
    return b"".join(events) if stream else json.dumps(whole).encode()


def read_answer(form: str, data: bytes, stream: bool) -> tuple[list[str], bool]:
    """(the texts of the choices, whether all are finished without tool calls), read by the clients' own types."""
    if form == "chat":
        return _read_chat(data, stream)
    if stream:
        events = [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: {")]
        if form == "anthropic":
            blocks = [e for e in events if e["type"] == "content_block_start"]
            text = "".join(e["delta"].get("text", "") for e in events if e["type"] == "content_block_delta")
            done = events[-1]["type"] == "message_stop" and all(b["content_block"]["type"] == "text" for b in blocks)
            return [text], done
        final = next(e for e in events if e["type"] == "response.completed")["response"]
    else:
        final = json.loads(data)
    if form == "anthropic":
        message = AnthropicMessage.model_validate(final)
        texts = ["".join(b.text for b in message.content if b.type == "text")]
        return texts, message.stop_reason == "end_turn" and all(b.type == "text" for b in message.content)
    answer = Response.model_validate(final)
    return [answer.output_text], answer.status == "completed" and all(o.type == "message" for o in answer.output)


def _read_chat(data: bytes, stream: bool) -> tuple[list[str], bool]:
    if not stream:
        answer = ChatCompletion.model_validate(json.loads(data))
        ended = all(c.finish_reason == "stop" and not c.message.tool_calls for c in answer.choices)
        return [c.message.content or "" for c in answer.choices], ended
    lines = data.decode().splitlines()
    chunks = [ChatCompletionChunk.model_validate(json.loads(x[6:])) for x in lines if x.startswith("data: {")]
    texts: dict[int, str] = {}
    finished: set[int] = set()
    clean = lines[-1] == "data: [DONE]" or lines[-2] == "data: [DONE]"
    for choice in (c for chunk in chunks for c in chunk.choices):
        texts[choice.index] = texts.get(choice.index, "") + (choice.delta.content or "")
        clean = clean and not choice.delta.tool_calls
        if choice.finish_reason == "stop":
            finished.add(choice.index)
    return list(texts.values()), clean and finished == set(texts)


STOPS = 16  # of one run: at other requests, with other models behind the gateway


def legal_request(body: bytes) -> bool:
    """Whether a request has a result for every call, and no tool may be called."""
    value = json.loads(body)
    calls, results = Counter[str](), Counter[str]()
    for m in value.get("messages") or value.get("input"):
        for c in m.get("tool_calls") or ():
            calls[c["id"]] += 1
        if m.get("role") == "tool":
            results[m["tool_call_id"]] += 1
        for block in m["content"] if isinstance(m.get("content"), list) else ():
            calls[block.get("id", "")] += block.get("type") == "tool_use"
            results[block.get("tool_use_id", "")] += block.get("type") == "tool_result"
        calls[m.get("call_id", "")] += m.get("type") == "function_call"
        results[m.get("call_id", "")] += m.get("type") == "function_call_output"
    return +calls == +results and value.get("tool_choice") in ("none", {"type": "none"}) and bool(value.get("tools"))


def stops_of_run(seed: int, tally: Counter[str], wrong: list[str]) -> None:
    """One run stopped at `STOPS` random requests, which one gateway sees one after another."""
    rng = random.Random(seed)
    form = rng.choice(list(CLIENTS))
    maker: Any = rng.choice((*SECOND_STUCK, *THIRD_STUCK, *FOURTH_STUCK))
    run = maker(rng.choice(DEV_TOPICS + REPORT_TOPICS), rng) if maker in SECOND_STUCK else maker(rng)
    messages = write(run, form, random.Random(seed))
    verdict = judge(read_steps(read_run({"messages": messages}).messages), CALIBRATED)
    if verdict.stop_step is None:
        return
    tools = sorted({c[0] for t in run.turns for c in t.calls})
    if not tools:
        return
    guard = ToolLoopGuard(CALIBRATED)
    for _ in range(STOPS):
        late = rng.choice([0, 0, 0, 1, 2, REFUSED_AFTER - 1])  # requests after the one at which it was asked to end
        cut = dataclasses.replace(run, turns=run.turns[: verdict.stop_step + 1 + late])
        one_stop(rng, form, write(cut, form, random.Random(seed)), tools, guard, tally, wrong)


def one_stop(
    rng: random.Random, form: str, messages: list[dict[str, Any]], tools: list[str], guard: ToolLoopGuard,
    tally: Counter[str], wrong: list[str],
) -> None:  # fmt: skip
    """One request after the stop, and the answer to it."""
    stream, n = rng.random() < 0.5, rng.choice([1, 1, 1, 3]) if form == "chat" else 1
    body = json.dumps(request_of(form, messages, tools, stream, n)).encode()
    dialect = CLIENTS[form]
    call = Call(call_id="call_1", identity=Identity(tenant="t"), dialect=dialect, model="m", stream=stream)  # type: ignore[arg-type]
    upstream = rng.choice(["chat", "messages", "responses"]) if n == 1 else "chat"
    shaper = DialectShaper(Settings(), [guard], now_s=lambda: 1.0, clock=lambda: 0.0)
    shaped = shaper.open(call, body, PATHS[dialect], [(upstream,)], 0.0)  # type: ignore[index]
    assert shaped is not None
    obeys = rng.random() < 0.2
    if isinstance(shaped, Reply):
        answer, composed = bytes(shaped.body), True
        tally["the run came back for more"] += 1
    else:
        asked = shaped.attempt((upstream,), "m")
        if not legal_request(bytes(asked.body)):
            wrong.append(f"{form} to {upstream}: the last request is not legal")
        calls = (
            [] if obeys else [(f"x{i}", rng.choice(tools), '{"q": "again"}') for i in range(rng.choice([1, 1, 2, 5]))]
        )
        script = Script(text=OBEYED if obeys else rng.choice(["", "Let me look again."]), calls=calls, choices=n)
        data = said_by(upstream, script, json.loads(asked.body), stream)
        kind = "text/event-stream" if stream else "application/json"
        shape = shaped.answer(200, kind, upstream)  # type: ignore[arg-type]
        answer = shape.feed(data, 0.0)
        answer += shape.finish(0.0) if shape.stopped is None else b""
        composed = not obeys
        tally["the model obeyed" if obeys else "the model called tools all the same"] += 1
    texts, ended = read_answer(form, answer, stream)
    tally[f"{form}, {'streamed' if stream else 'whole'}"] += 1
    if not ended:
        wrong.append(f"{form} from {upstream}, stream {stream}: no legal end: {answer[-300:]!r}")
    elif composed and not all("Stopped without a complete answer: " in t and len(t) > 60 for t in texts):
        wrong.append(f"{form} from {upstream}, stream {stream}: the reason is not named: {texts!r:.300}")
    elif composed and not all("Gathered so far:" in t or "Nothing usable was gathered." in t for t in texts):
        wrong.append(f"{form} from {upstream}, stream {stream}: nothing said of what was gathered")
    elif not composed and texts[0] != OBEYED:
        wrong.append(f"{form} from {upstream}, stream {stream}: the model's own answer was changed: {texts!r:.200}")


def main() -> None:
    arguments = sys.argv[1:]
    wanted = int(arguments[arguments.index("--stops") + 1]) if "--stops" in arguments else 1000
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    number = done = 0
    while done < wanted:
        stops_of_run(SEED * 100_003 + number, tally, wrong)
        number += 1
        done = sum(v for k, v in tally.items() if "," in k)
    report = Report(f"endings of stopped runs (seed {SEED})")
    report.row("T8 stops without a legal last answer that names its reason", goal="0", holds=not wrong,
               measured=f"{len(wrong)} of {done:,}")  # fmt: skip
    report.row("T8 stops at random points", goal="20,000", measured=f"{done:,}", holds=done >= 20_000)
    for name, n in sorted(tally.items()):
        report.row(f"  {name}", goal="(stated)", measured=f"{n:,}", holds=True)
    for line in wrong[:10]:
        print(line, file=sys.stderr)
    report.finish()


if __name__ == "__main__":
    main()
