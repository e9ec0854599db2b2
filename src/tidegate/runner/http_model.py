"""A model behind an OpenAI-compatible URL, as the `Model` port.  Blocking; one connection a thread."""

import http.client
import ssl
import threading
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tidegate.runner.asking import Reply
from tidegate.spine.call import Usage
from tidegate.spine.errors import ModelError, SettingError


class HttpModel:
    """Asks `POST {url}/chat/completions`; `key` is sent as a bearer token and shown nowhere."""

    def __init__(self, url: str, model: str, key: str | None = None, timeout_s: float = 120.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingError(f"expected an http:// or https:// address, got {url!r}", where="models")
        self.name = model
        self._parts = parts
        self._key = key
        self._timeout_s = timeout_s
        self._local = threading.local()

    def _connection(self) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if known is None:
            host, port = self._parts.hostname or "", self._parts.port
            if self._parts.scheme == "https":
                context = ssl.create_default_context()
                known = http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
            else:
                known = http.client.HTTPConnection(host, port, timeout=self._timeout_s)
            self._local.connection = known
        return known

    def _posted(self, body: bytes, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer and its body.  A kept connection that the server closed meanwhile is opened again once."""
        path = self._parts.path.rstrip("/") + "/chat/completions"
        while True:
            kept = getattr(self._local, "connection", None) is not None
            connection = self._connection()
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._local.connection = None
                if not kept or not isinstance(error, ConnectionError):
                    raise

    def ask(self, request: dict[str, Any]) -> Reply:
        """One answer; raises ModelError naming the status or the failure."""
        body = msgspec.json.encode({"model": self.name, **request})
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            answer, data = self._posted(body, headers)
        except (OSError, http.client.HTTPException) as error:
            said = f"the model does not answer: {error or type(error).__name__}"
            raise ModelError(said, where=f"{self.name} at {self._parts.netloc}") from error
        if answer.status != 200:
            raise ModelError(f"the model answered {answer.status}: {data[:200]!r}", where=self.name)
        try:
            raw: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
            text = raw["choices"][0]["message"].get("content") or ""
        except (msgspec.MsgspecError, LookupError, TypeError, AttributeError) as error:
            raise ModelError(f"expected a chat completion, got {data[:200]!r}", where=self.name) from error
        usage = raw.get("usage") or {}
        tokens = Usage(tokens_prompt=usage.get("prompt_tokens"), tokens_completion=usage.get("completion_tokens"))
        return Reply(text=text, raw=raw, usage=tokens)
