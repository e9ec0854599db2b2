"""Answers checked in a worker: `POST /v1/verify`, and the guard of `verify.tenants`.

The verifiers are loaded when they are first needed and never on the event loop: a request waits
in one thread of its own, bounded, so that a long answer delays nobody's stream.
"""

import importlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from tidegate.gateway.seams import Reply
from tidegate.settings import Store, Verify
from tidegate.spine.call import Call, Ending
from tidegate.spine.contracts import Guard

log = logging.getLogger("tidegate.verify")
WAITING_MAX = 64
THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tidegate-verify")


class VerifyEndpoint:
    """A `LocalEndpoint`: {question, answer} in, the document of `tidegate verify --json` out; code is never run."""

    def __init__(self, settings: Verify) -> None:
        self.settings = settings
        self.waiting = 0
        self.knowledge: Any = None

    def handle(self, call: Call, method: str, path: str, body: bytes, respond: Callable[[Reply], None]) -> None:  # noqa: ARG002
        """Answer one request from the verifying thread; refuse at once when too many wait."""
        if self.waiting >= WAITING_MAX:
            text = _error("rate_limit_error", "busy", f"{WAITING_MAX} answers wait to be verified: try again")
            respond(Reply(status=429, body=text, ending=Ending.REFUSED_OVERLOAD, code="busy"))
            return
        self.waiting += 1
        THREAD.submit(self._answer, body, respond)

    def _answer(self, body: bytes, respond: Callable[[Reply], None]) -> None:
        try:
            if self.knowledge is None:
                self.knowledge = knowledge_of(self.settings)
            status, answer = importlib.import_module("tidegate.check.verify.endpoint").handle(body, self.knowledge)
            refused = status >= 400
            code = msgspec.json.decode(answer)["error"]["code"] if refused else None
            ending = Ending.REFUSED_INVALID if refused else Ending.COMPLETED
            respond(Reply(status=status, body=answer, code=code, ending=ending))
        except Exception as error:
            log.exception("verifying an answer failed")
            text = _error("server_error", "internal_error", type(error).__name__)
            respond(Reply(status=500, body=text, ending=Ending.INTERNAL_ERROR, code="internal_error"))
        finally:
            self.waiting -= 1


def knowledge_of(settings: Verify) -> Any:
    """The user's registries, library and package list, as the verifiers take them."""
    readers = importlib.import_module("tidegate.readers.knowledge")
    model = importlib.import_module("tidegate.check.verify.model")
    now = importlib.import_module("time").gmtime()
    return model.Knowledge(
        library=readers.read_library(Path(settings.library)) if settings.library else {},
        registry=tuple(c for path in settings.registry for c in readers.read_registry(Path(path))),
        packages=readers.read_packages(Path(settings.packages)) if settings.packages else frozenset(),
        packages_complete=settings.packages is not None,
        today=(now.tm_year, now.tm_mon),
    )


def guard_of(settings: Verify, store: Store) -> Guard | None:
    """The guard over finished and streaming answers; None where no tenant asks for it."""
    if not settings.tenants:
        return None
    plugin = importlib.import_module("tidegate.check.verify.plugin")
    guard: Guard = plugin.VerifyGuard(settings.tenants, knowledge_of(settings), ExpertQueue(store))
    return guard


class ExpertQueue:
    """Puts withheld answers into the store's state, off the event loop."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.state: Any = None

    def __call__(self, key: str, tenant: str, question: str, found: Any) -> None:
        """Queue one answer; written soon, in order."""
        THREAD.submit(self._write, key, tenant, question, found)

    def _write(self, key: str, tenant: str, question: str, found: Any) -> None:
        try:
            if self.state is None:
                registry = importlib.import_module("tidegate.store.registry")
                self.state = registry.open_state(Path(self.store.path), self.store.state)
            experts = importlib.import_module("tidegate.check.verify.experts")
            experts.enqueue(self.state, key, found, tenant=tenant, question=question)
        except Exception:
            log.exception("an answer could not be put into the expert queue")


def _error(kind: str, code: str, message: str) -> bytes:
    return msgspec.json.encode({"error": {"type": kind, "code": code, "message": message}})
