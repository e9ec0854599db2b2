"""A gateway under budgets, with a scripted engine that reports what it used."""

import json
from pathlib import Path
from typing import Any

import msgspec
from tests.support.rig import (
    Answer,
    Reader,
    World,
    Writer,
    json_answer,
    run,
    world,
)

from tidegate.gateway.budgets import RunBudgets
from tidegate.gateway.translate import DialectShaper
from tidegate.settings import Budgets, Settings
from tidegate.store.budgets import BudgetBook

ALL = ("chat", "completions", "responses", "messages", "embeddings")
USED = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}


def priced(settings: Settings) -> Settings:
    routes = tuple(
        msgspec.structs.replace(r, cost_usd_per_million_prompt=1.0, cost_usd_per_million_completion=2.0)
        for r in settings.routes
    )
    return msgspec.structs.replace(settings, routes=routes)


class Budgeted:
    """A world under budgets."""

    def __init__(self, w: World, book: BudgetBook) -> None:
        self.w, self.book = w, book

    async def call(self, body: dict[str, Any] | None = None, *, path: str = "/v1/chat/completions",
                   run_id: str | None = "r", **more: Any) -> Answer:  # fmt: skip
        asked = {
            "model": "m",
            "messages": [{"role": "user", "content": "How tall is it?"}],
            "max_tokens": 20,
            **(body or {}),
        }
        headers = "" if run_id is None else f"x-tidegate-run-id: {run_id}\r\n"
        return await self.w.call(json.dumps(asked).encode(), path=path, headers=headers, **more)

    def used(self, name: str = "t run r") -> Any:
        return next(u for u in self.book.accounts() if u.name == name)


def engine(used: dict[str, int] | None = None) -> Any:
    """An engine that reports what it used."""

    async def script(request: bytes, _: Reader, writer: Writer) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": "tall"}, "finish_reason": "stop"}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        writer.write(json_answer(json.dumps(answer | {"usage": used or USED}).encode()))
        await writer.drain()

    return script


def budgeted(tmp_path: Path, budgets: Budgets, main: Any, *scripts: Any, upstream: dict[str, Any] | None = None,
             shaped: bool = False, **more: Any) -> None:  # fmt: skip
    async def whole() -> None:
        book = BudgetBook(tmp_path)
        async with world(
            *(scripts or (engine(),)), settings=priced, upstream=upstream or {"dialects": ALL}, **more
        ) as w:
            w.gateway.budgets = RunBudgets(budgets, book, owner="w0")
            if shaped:
                w.gateway.shaper = DialectShaper(w.gateway.settings)
            await main(Budgeted(w, book))

    run(whole(), 60)
