"""Wrong claims in streaming and whole answers are annotated, withheld or queued, and /v1/verify answers; by real clients."""

import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from tests.support.gateways import KEY, Running, running
from tests.support.upstreams import Script

from tidegate.check.verify.experts import ranked
from tidegate.settings import Store, Verify
from tidegate.store.registry import open_state
from tidegate.verification import THREAD, VerifyEndpoint, guard_of

WRONG = "The crate holds 12 rows of 7, so 12 * 7 = 94 jars. The load on the beam is fine."
RIGHT = "The crate holds 12 rows of 7, so 12 * 7 = 84 jars."


def ask(up: Running, text: str, *, stream: bool = True, choices: int = 1) -> str:
    up.upstream.script = Script(text=text, choices=choices)
    client = openai.OpenAI(base_url=f"{up.base}/v1", api_key=KEY, max_retries=0)
    messages: list[Any] = [{"role": "user", "content": "How many jars does the beam carry?"}]
    if stream:
        parts = client.chat.completions.create(model="m", messages=messages, stream=True)
        return "".join(c.delta.content or "" for p in parts for c in p.choices if c.index == 0)
    return client.chat.completions.create(model="m", messages=messages).choices[0].message.content or ""


@pytest.mark.parametrize("stream", [True, False])
def test_annotate_adds_the_computation_and_leaves_a_right_answer_alone(tmp_path: Path, stream: bool) -> None:
    guard = guard_of(Verify(tenants={"acme": "annotate"}), Store(path=str(tmp_path)))
    assert guard is not None
    with running(["chat"], guards=[guard]) as up:
        got = ask(up, WRONG, stream=stream)
        assert got.startswith(WRONG)
        assert "12 × 7 is 84, not 94" in got
        findings = [f for e in up.trace.events for f in e.data.get("findings", ())]
        assert findings[0]["rule"] == "arithmetic-slip"
        assert WRONG[slice(*findings[0]["where"]["span"])] == "12 * 7 = 94 jars"
        assert ask(up, RIGHT, stream=stream) == RIGHT


@pytest.mark.parametrize("stream", [True, False])
def test_block_and_queue_withhold_and_rank(tmp_path: Path, stream: bool) -> None:
    store = Store(path=str(tmp_path))
    for mode in ("block", "queue"):
        guard = guard_of(Verify(tenants={"*": mode}), store)  # type: ignore[dict-item]
        assert guard is not None
        with running(["chat"], guards=[guard]) as up:
            assert ask(up, RIGHT, stream=stream) == RIGHT
            got = ask(up, WRONG, stream=stream)
            assert "94" not in got
            assert "withheld" in got
            assert ("A person" in got) == (mode == "queue")
    THREAD.submit(lambda: None).result(10)
    rows = ranked(open_state(tmp_path), "acme")
    assert len(rows) == 1
    assert rows[0][1]["answer"] == WRONG
    assert rows[0][1]["consequence"] == 6.0, "a wrong equation, tripled where a beam is spoken of"


def test_other_tenants_and_other_apis(tmp_path: Path) -> None:
    guard = guard_of(Verify(tenants={"somebody-else": "block"}), Store(path=str(tmp_path)))
    assert guard is not None
    with running(["chat"], guards=[guard]) as up:
        assert ask(up, WRONG) == WRONG
    guard = guard_of(Verify(tenants={"acme": "block"}), Store(path=str(tmp_path)))
    assert guard is not None
    with running(["messages"], guards=[guard]) as up:
        up.upstream.script = Script(text=WRONG)
        client = anthropic.Anthropic(base_url=up.base, api_key=KEY, max_retries=0)
        answer = client.messages.create(model="m", max_tokens=50, messages=[{"role": "user", "content": "How many?"}])
        assert "94" not in str(answer.content)
    assert guard_of(Verify(), Store(path=str(tmp_path))) is None


def test_every_choice_is_checked(tmp_path: Path) -> None:
    guard = guard_of(Verify(tenants={"acme": "block"}), Store(path=str(tmp_path)))
    assert guard is not None
    with running(["chat"], guards=[guard]) as up:
        up.upstream.script = Script(text=WRONG, choices=2)
        client = openai.OpenAI(base_url=f"{up.base}/v1", api_key=KEY, max_retries=0)
        got = client.chat.completions.create(model="m", n=2, messages=[{"role": "user", "content": "How many?"}])
        assert len(got.choices) == 2
        assert all("94" not in (c.message.content or "") for c in got.choices)


def post(up: Running, body: bytes, key: str = KEY) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{up.base}/v1/verify", body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_endpoint_answers_as_the_verb_does() -> None:
    with running(["chat"], endpoints=lambda: {b"/v1/verify": VerifyEndpoint(Verify())}) as up:
        status, found = post(up, json.dumps({"question": "How many?", "answer": WRONG}).encode())
        assert (status, found["verdict"]) == (200, "fail")
        assert found["claims"][0]["where"]["span"] == [WRONG.index("12 * 7"), WRONG.index(" jars. The") + 5]
        assert post(up, json.dumps({"answer": RIGHT}).encode())[1]["verdict"] == "pass"
        assert post(up, b"{")[0] == 400
        assert post(up, b'{"answer": 3}')[1]["error"]["code"] == "bad_input"
        assert post(up, json.dumps({"answer": "x" * 1_000_001}).encode())[0] == 413
        assert post(up, b"{}", key="no-such-key")[0] == 401
        code = "```python\nimport os\ndef simulate():\n    os.remove('/tmp/never')\n```"
        assert post(up, json.dumps({"answer": code}).encode())[0] == 200, "code is read, not run"


@pytest.mark.timing
def test_a_long_answer_delays_nobodys_stream() -> None:
    """1 MB at the endpoint while a small chat goes through."""
    with running(["chat"], endpoints=lambda: {b"/v1/verify": VerifyEndpoint(Verify())}) as up:
        long = json.dumps({"answer": "So 12 * 7 = 84 jars, then. " * 12_000}).encode()
        worker = threading.Thread(target=post, args=(up, long))
        worker.start()
        time.sleep(0.1)
        began = time.monotonic()
        assert ask(up, RIGHT) == RIGHT
        assert time.monotonic() - began < 5.0
        worker.join(30)
