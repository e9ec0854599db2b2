"""The stdio proxy with the test guards, in front of the server named by the arguments."""

import asyncio
import sys

from tests.gateway.test_guarding import DenyCalls, Hold, Plain

from tidegate.gateway.mcp.guards import McpWatch
from tidegate.gateway.mcp.stdio import run_stdio
from tidegate.spine.call import Identity

if __name__ == "__main__":
    watch = McpWatch([Plain(DenyCalls), Plain(Hold)], Identity(tenant="t"))  # type: ignore[list-item]
    sys.exit(asyncio.run(run_stdio(sys.argv[1:], watch)))
