"""Goal: `/mcp` answers on the data plane, with a tenant's key, under the guards, and leaves its trace."""

import asyncio
from typing import Any

import httpx
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from tests.gateway.test_guarding import DenyCalls, Hold, Plain
from tests.gateway.test_mcp import free_port, server_url, use
from tests.support.rig import KEY, run, world

from tidegate.gateway.mcp.endpoint import McpEndpoint
from tidegate.settings import McpServer
from tidegate.spine.call import Ending

__all__ = ["server_url"]
GUARDS: Any = [Plain(DenyCalls), Plain(Hold)]


def test_an_agents_client_reaches_a_tool_server_through_the_gateway(server_url: str) -> None:
    endpoint = McpEndpoint((McpServer(name="bank", url=server_url),), GUARDS)

    async def main() -> None:
        async with world(endpoints={b"/mcp": endpoint}) as w, asyncio.timeout(30):
            http = httpx.AsyncClient(headers={"authorization": f"Bearer {KEY}"}, timeout=30)
            async with (
                http,
                Client(streamable_http_client(f"http://127.0.0.1:{w.port}/mcp/bank", http_client=http)) as c,
            ):
                await use(c)
            w.gateway.record_ends()
            traces = w.sink.traces
            refused = [t for t in traces if t.ending is Ending.REFUSED_GUARD]
            assert [t.call.dialect for t in refused] == ["mcp"]
            assert [e.data["rule"] for t in refused for e in t.events if e.name == "guard"] == ["no-pay"]

    run(main())


def test_mcp_refuses_strangers_unknown_servers_and_says_what_is_missing() -> None:
    nowhere = McpServer(name="gone", url=f"http://127.0.0.1:{free_port()}/mcp")
    endpoint = McpEndpoint((nowhere, McpServer(name="other", url="http://127.0.0.1:9/mcp")), ())
    ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'

    async def main() -> None:
        async with world(endpoints={b"/mcp": endpoint}) as w:
            assert (await w.call(ping, path="/mcp/gone", key="wrong")).code == "invalid_api_key"
            assert (await w.call(ping, path="/mcp")).code == "mcp_server_not_found"
            answer = await w.call(ping, path="/mcp/bank")
            assert (answer.status, answer.code) == (404, "mcp_server_not_found")
            assert b"gone, other" in answer.body
            answer = await w.call(ping, path="/mcp/gone")
            assert (answer.status, answer.code) == (502, "upstream_unreachable")
            assert [t.ending for t in await w.traces(4)][-1] is Ending.UPSTREAM_UNREACHABLE
        async with world() as w:
            assert (await w.call(ping, path="/mcp")).code == "not_configured"

    run(main())
