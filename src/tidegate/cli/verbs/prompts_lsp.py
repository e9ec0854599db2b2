"""`tidegate prompts lsp`: the linter in an editor, over the Language Server Protocol on standard input and output."""

from __future__ import annotations

import bisect
import json
import sys
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import click

from tidegate import __version__
from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.spine.errors import TidegateError
from tidegate.spine.finding import Finding, Severity

SEVERITY = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.NOTE: 3}
BYTES_MAX = 16 * 1024 * 1024


@click.command("lsp")
def lsp() -> None:
    """Serve editors: contradictions are underlined while you type, with links to the other lines of the core.

    \b
    Example (Neovim):
      vim.lsp.start({ name = "tidegate", cmd = { "tidegate", "prompts", "lsp" } })
    """
    sys.exit(Server(sys.stdin.buffer, sys.stdout.buffer).run())


class Server:
    """One client: full-text synchronisation in, diagnostics out."""

    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self.source, self.sink = source, sink
        self.texts: dict[str, str] = {}
        self.stopping = False

    def run(self) -> int:
        """Serve until `exit`; the exit code the protocol asks for."""
        while (message := self.read()) is not None:
            method = message.get("method")
            if method == "exit":
                return 0 if self.stopping else 1
            try:
                self.handle(method, message.get("id"), message.get("params") or {})
            except (KeyError, TypeError, IndexError) as error:
                if "id" in message:
                    self.send({"id": message["id"], "error": {"code": -32602, "message": f"bad parameters: {error}"}})
        return 1

    def read(self) -> dict[str, Any] | None:
        """The next message, or None at the end of the input; what is no message is skipped."""
        while True:
            length = 0
            while line := self.source.readline():
                if not line.strip():
                    break
                name, _, value = line.partition(b":")
                if name.strip().lower() == b"content-length" and value.strip().isdigit():
                    length = int(value)
            if not line:
                return None
            if not 0 < length <= BYTES_MAX:
                self.source.read(max(length, 0))
                continue
            try:
                message = json.loads(self.source.read(length))
            except ValueError:
                self.send({"id": None, "error": {"code": -32700, "message": "expected JSON"}})
                continue
            if isinstance(message, dict):
                return message

    def send(self, body: dict[str, Any]) -> None:
        """Write one message."""
        data = json.dumps({"jsonrpc": "2.0", **body}, ensure_ascii=False).encode()
        self.sink.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.sink.flush()

    def handle(self, method: str | None, number: Any, params: dict[str, Any]) -> None:
        """One request or notification."""
        if method == "initialize":
            capabilities = {
                "textDocumentSync": {"openClose": True, "change": 1, "save": {"includeText": False}},
                "positionEncoding": "utf-16",
            }
            self.send(
                {
                    "id": number,
                    "result": {
                        "capabilities": capabilities,
                        "serverInfo": {"name": "tidegate", "version": __version__},
                    },
                }
            )
        elif method == "shutdown":
            self.stopping = True
            self.send({"id": number, "result": None})
        elif method == "textDocument/didOpen":
            document = params["textDocument"]
            self.publish(document["uri"], document["text"])
        elif method == "textDocument/didChange":
            self.publish(params["textDocument"]["uri"], params["contentChanges"][-1]["text"])
        elif method == "textDocument/didClose":
            self.texts.pop(params["textDocument"]["uri"], None)
            self.send(
                {
                    "method": "textDocument/publishDiagnostics",
                    "params": {"uri": params["textDocument"]["uri"], "diagnostics": []},
                }
            )
        elif number is not None:
            self.send({"id": number, "error": {"code": -32601, "message": f"no such method: {method}"}})

    def publish(self, uri: str, text: str) -> None:
        """Lint a document and send what was found."""
        self.texts[uri] = text
        name = Path(unquote(urlsplit(uri).path)).name or uri
        try:
            found = findings(analyse([Source(name=name, text=text)]))
            diagnostics = [d for f in found for d in diagnostics_of(f, uri, text)]
        except TidegateError as error:
            place = {"line": 0, "character": 0}
            diagnostics = [
                {"range": {"start": place, "end": place}, "severity": 2, "source": "tidegate", "message": str(error)}
            ]
        self.send({"method": "textDocument/publishDiagnostics", "params": {"uri": uri, "diagnostics": diagnostics}})


def diagnostics_of(finding: Finding, uri: str, text: str) -> list[dict[str, Any]]:
    """One diagnostic a line of the core, each pointing at the others."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def position(offset: int) -> dict[str, int]:
        line = min(bisect.bisect_right(starts, offset) - 1, max(len(starts) - 1, 0))
        return {"line": line, "character": len(text[starts[line] : offset].encode("utf-16-le")) // 2}

    def span(core: dict[str, Any]) -> dict[str, Any]:
        a, b = core["span"]
        return {"start": position(a), "end": position(b)}

    core = finding.evidence.get("core")
    if not core:
        row = max((finding.where.line or 1) - 1, 0)
        place = {"start": {"line": row, "character": 0}, "end": {"line": row, "character": 999}}
        return [
            {
                "range": place,
                "severity": SEVERITY[finding.severity],
                "source": "tidegate",
                "code": finding.rule,
                "message": finding.message,
            }
        ]
    out = []
    for c in core:
        related = [
            {"location": {"uri": uri, "range": span(o)}, "message": f"line {o['line']}: {o['asks']}"}
            for o in core
            if o is not c
        ]
        out.append({
            "range": span(c), "severity": SEVERITY[finding.severity], "source": "tidegate", "code": finding.rule,
            "message": f"{finding.message}\n{finding.suggestion}", "relatedInformation": related,
        })  # fmt: skip
    return out
