"""A run whose budget is spent ends with a legal answer in every form, by the official clients of both providers."""

import json
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from tests.support.budgeting import Budgeted, budgeted
from tests.support.rig import (
    KEY,
    good,
)

from tidegate.settings import Budgets, Caps


@pytest.mark.parametrize("stream", [False, True])
def test_official_clients_get_a_legal_final_answer_in_every_form(tmp_path: Path, stream: bool) -> None:
    async def main(b: Budgeted) -> None:
        headers = {"x-tidegate-run-id": "r"}
        base = f"http://127.0.0.1:{b.w.port}"
        said: list[str] = []
        async with (
            openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=KEY, default_headers=headers, max_retries=0) as o,
            anthropic.AsyncAnthropic(base_url=base, api_key=KEY, default_headers=headers, max_retries=0) as a,
        ):
            asked: Any = [{"role": "user", "content": "How tall is it?"}]
            if stream:
                chunks = [c async for c in await o.chat.completions.create(model="m", messages=asked, stream=True)]
                said.append("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
                assert chunks[-1].choices[0].finish_reason == "stop"
                events = [e async for e in await o.responses.create(model="m", input="How tall is it?", stream=True)]
                said.append(events[-1].response.output_text)  # type: ignore[union-attr]
                async with a.messages.stream(model="m", messages=asked, max_tokens=9) as s:
                    said.append(await s.get_final_text())
            else:
                chat = await o.chat.completions.create(model="m", messages=asked)
                said.append(chat.choices[0].message.content or "")
                said.append((await o.responses.create(model="m", input="How tall is it?")).output_text)
                message = await a.messages.create(model="m", messages=asked, max_tokens=9)
                assert message.stop_reason == "end_turn"
                said.append(message.content[0].text)  # type: ignore[union-attr]
        for text in said:
            assert "budget is spent: 0 calls left" in text
            assert "How tall is it?" in text
        assert not b.w.upstream.requests

    budgeted(tmp_path, Budgets(run=Caps(calls=0)), main, good)


def test_a_call_that_is_translated_keeps_its_bound(tmp_path: Path) -> None:
    async def main(b: Budgeted) -> None:
        answer = await b.call({"input": "How tall is it?", "messages": None, "max_tokens": None}, path="/v1/responses")
        assert answer.status == 200, answer.body
        sent = json.loads(b.w.upstream.requests[0].partition(b"\r\n\r\n")[2])
        assert 55 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
        assert b.used().spent == (44, 30, 7, 1, 0, 0)

    upstream = {"dialects": ("chat",)}
    budgeted(tmp_path, Budgets(run=Caps(calls=5), tokens_out_default=55), main, upstream=upstream, shaped=True)
