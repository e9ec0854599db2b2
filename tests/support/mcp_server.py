"""An MCP server made with the official package: `python -m tests.support.mcp_server stdio|PORT`."""

import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("bank")


@server.tool()
def look(city: str) -> str:
    """Look at a city."""
    return f"{city} has a tiger"


@server.tool()
def pay(eur: int) -> str:
    """Pay; nobody may."""
    print(f"PAID {eur}", file=sys.stderr, flush=True)
    return f"paid {eur}"


@server.tool()
def fail() -> str:
    """Raise."""
    raise ValueError("it broke")


if __name__ == "__main__":
    if sys.argv[1] == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http", port=int(sys.argv[1]), json_response=len(sys.argv) > 2)
