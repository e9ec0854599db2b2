"""Paste an answer, see its claims marked in place, each with its computation."""

import time
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.model import Knowledge
from tidegate.console.app import Control
from tidegate.readers.knowledge import installed_packages
from tidegate.render.claims_page import parts
from tidegate.spine.errors import InputError

CHARACTERS_MAX = 200_000


async def answer(control: Control, request: Request) -> Response:
    """The form, and below it the answer with its claims marked."""
    form = {k: v[0] for k, v in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
    text, question = form.get("answer", ""), form.get("question", "")
    if len(text) + len(question) > CHARACTERS_MAX:
        raise InputError(f"expected at most {CHARACTERS_MAX:,} characters, got {len(text) + len(question):,}",
                         remedy="tidegate verify FILE takes more")  # fmt: skip
    if not text.strip():
        return control.render("verify.html", text="", question=question, marked=None, claims=[])
    now = time.gmtime()
    knowledge = Knowledge(packages=installed_packages(), today=(now.tm_year, now.tm_mon))
    found = await run_in_threadpool(verify_answer, text, question, knowledge)
    rows = found.claims_json()
    body, notes = parts(text, rows)
    return control.render("verify.html", text=text, question=question, marked=Markup(body), notes=Markup(notes),
                          claims=rows)  # fmt: skip
