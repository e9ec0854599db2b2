"""Paste a system prompt, see which of its lines cannot hold together, and why."""

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.console.app import Control
from tidegate.spine.errors import InputError
from tidegate.spine.finding import Finding

CHARACTERS_MAX = 200_000


async def answer(control: Control, request: Request) -> Response:
    """The form, and below it the prompt with the lines that clash."""
    form = {k: v[0] for k, v in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
    text = form.get("prompt", "").replace("\r\n", "\n")
    if len(text) > CHARACTERS_MAX:
        raise InputError(f"expected at most {CHARACTERS_MAX:,} characters, got {len(text):,}",
                         remedy="tidegate prompts lint FILE takes more")  # fmt: skip
    if not text.strip():
        return control.render("prompts.html", text="", found=None)
    found = await run_in_threadpool(lint, text)
    lines = text.split("\n")
    shown = [{"finding": f, "core": [(c["line"], lines[c["line"] - 1]) for c in f.evidence.get("core", [])]}
             for f in found]  # fmt: skip
    return control.render("prompts.html", text=text, found=shown)


def lint(text: str) -> list[Finding]:
    """What the grammar proves of a prompt."""
    return findings(analyse([Source(name="prompt", text=text, format="text")]))
