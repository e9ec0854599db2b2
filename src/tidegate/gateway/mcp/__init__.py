"""Tool servers behind the gateway: MCP over HTTP and standard input, under keys and guards."""
