"""A tool server on standard input and output with state of its own, made with the official package.

`python -m tests.support.mcp_stdio_tools`: what it remembers belongs to its process, so a test can tell
which process answered; and it can end, be slow, talk too much and complain on standard error, beside what
`tests.support.mcp_server` can do.
"""

import os
import sys
import time

from tests.support.mcp_server import server

NOTES: list[str] = []


@server.tool()
def note(text: str) -> str:
    """Keep a note."""
    NOTES.append(text)
    return " ".join(NOTES)


@server.tool()
def process() -> str:
    """Which process this is."""
    return str(os.getpid())


@server.tool()
def secret(name: str) -> str:
    """A variable of the environment."""
    return os.environ.get(name, "absent")


@server.tool()
def end() -> str:
    """End at once."""
    print("ENDING", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool()
def slow(seconds: float) -> str:
    """Take some time."""
    time.sleep(seconds)
    return "at last"


@server.tool()
def long(characters: int) -> str:
    """Say much."""
    return "x" * characters


if __name__ == "__main__":
    server.run("stdio")
