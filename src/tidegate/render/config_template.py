"""The commented `tidegate.yaml` that `tidegate init` writes: every section a newcomer needs, explained."""

from collections.abc import Sequence

import msgspec


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What `init` was told, by flags or by questions."""

    upstream_url: str
    upstream_kind: str
    models: Sequence[str]
    tenants: Sequence[tuple[str, str]]  # name, class
    api_key: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    control_port: int = 8081
    store_path: str = ".tidegate"
    workers: int = 1


KIND_DIALECTS = {"anthropic": "[messages]", "openai": "[chat, completions, responses, embeddings]"}


def config_text(a: Answers) -> str:
    """The file's text; it parses into `Settings` as it stands."""
    dialects = KIND_DIALECTS.get(a.upstream_kind, "[chat, completions, embeddings]")
    key = f"api_key: {a.api_key}" if a.api_key else "# api_key: env:UPSTREAM_API_KEY   # or file:PATH; never the value"
    routes = "\n".join(
        f"  - model: {quote(m)}\n    upstreams: [engine]\n"
        "    # served_as: name-the-engine-knows   # when it differs\n    # aliases: [default]"
        for m in a.models
    )
    tenants = "\n".join(
        f"  - name: {quote(name)}\n    service_class: {service_class}\n    weight: 1.0\n"
        "    # tokens_per_minute: 100000\n    # bodies: hash            # full, hash or off: what traces keep"
        for name, service_class in a.tenants
    )
    return f"""# Tidegate's settings: read once, unknown keys refused.  Reload with SIGHUP, all or nothing.
# Every setting has its page: docs/reference/settings.md

listen:                     # data plane, for tenants
  host: {a.host}
  port: {a.port}
control:                    # console, admin, metrics: keep it on loopback
  host: 127.0.0.1
  port: {a.control_port}
workers: {a.workers}                  # one a core

upstreams:                  # the LLM engines or providers behind Tidegate
  - name: engine
    url: {a.upstream_url}
    kind: {a.upstream_kind}
    dialects: {dialects}
    {key}

routes:                     # the model names tenants may ask for
{routes}

classes:                    # latency classes; the target orders work inside a tenant's fair share
  - name: interactive
    ttft_target_ms: 500
    weight: 4                 # of the engine, beside classes of weight 1
  - name: default
  - name: batch

tenants:                    # who may call; each gets its keys with `tidegate keys add NAME`
{tenants}

scheduling:
  policy: fair              # fair, vtc, deficit_round_robin, round_robin, priority, fifo
  # prefix_stepping: true   # long prompts go in steps and chat in between (kind vllm or llamacpp)

store:
  path: {a.store_path}          # traces and state; nothing leaves this machine
  retention_days: 30

# models:                   # models Tidegate itself may ask; everything works without them
#   judge: {{url: "http://127.0.0.1:8000/v1", model: name, api_key: "env:JUDGE_KEY"}}
"""


def quote(value: str) -> str:
    """A YAML scalar that is surely a string."""
    plain = value.replace("-", "").replace("_", "").replace(".", "").replace("/", "")
    return value if plain.isalnum() and not plain.isdigit() else '"' + value.replace('"', '\\"') + '"'
