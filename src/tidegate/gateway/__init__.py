"""The data plane: HTTP in and out, streaming, auth, upstreams; `lifecycle` is a pure step function."""
