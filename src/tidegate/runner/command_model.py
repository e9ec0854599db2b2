"""A program as the `Model` port: the request as JSON on its standard input, the answer on its standard output.

So an agent is tested as it is, tools and all.  The program prints plain text, or a JSON object with
`messages` (what the run added), and optionally `state` (its tools' state afterwards) and `finish_reason`.
"""

import shlex
import subprocess
from typing import Any

import msgspec

from tidegate.runner.asking import Reply
from tidegate.spine.codec import content_hash
from tidegate.spine.errors import ModelError, SettingError


class CommandModel:
    """Runs `command` once a question; `release` is part of its name, so that releases share no answers."""

    def __init__(self, command: str, *, release: str = "", timeout_s: float = 300.0) -> None:
        self._argv = shlex.split(command)
        if not self._argv:
            raise SettingError("expected a command, got an empty one", where="--command")
        self._timeout_s = timeout_s
        self.name = f"command-{content_hash({'command': self._argv, 'release': release})[7:19]}"

    def ask(self, request: dict[str, Any]) -> Reply:
        """One run of the program; raises ModelError with its exit code and last words."""
        data = msgspec.json.encode(request)
        try:
            done = subprocess.run(self._argv, input=data, capture_output=True, timeout=self._timeout_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise ModelError(f"the program ran past {self._timeout_s:g} s", where=self._argv[0]) from error
        except OSError as error:
            raise ModelError(f"the program cannot be run: {error.strerror or error}", where=self._argv[0]) from error
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise ModelError(f"the program ended with code {done.returncode}: {words}", where=self._argv[0])
        return read_output(done.stdout)


def read_output(data: bytes) -> Reply:
    """Text, or an object with `messages`, a `choices` list (a chat completion), or `text`."""
    text = data.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            raw = msgspec.json.decode(text.encode(), type=dict[str, Any])
        except msgspec.MsgspecError:
            return Reply(text=text, raw=_completion(text))
        if isinstance(raw.get("messages"), list) or isinstance(raw.get("choices"), list):
            return Reply(text=str(raw.get("text", "")), raw=raw)
        if isinstance(raw.get("text"), str):
            return Reply(text=raw["text"], raw={**_completion(raw["text"]), **raw})
    return Reply(text=text, raw=_completion(text))


def _completion(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "assistant", "content": text}]}
