"""`tidegate init`: a commented configuration from a few questions, or from flags."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from tidegate.cli.output import emit
from tidegate.readers.config import parse_settings
from tidegate.render.config_template import Answers, config_text
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.gate import Verdict

KINDS = ("vllm", "llamacpp", "openai", "anthropic", "opaque")
DEFAULT_URL = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
DEFAULT_TENANTS = "chat:interactive batch:batch"
DEFAULT_KEY = {"openai": "env:OPENAI_API_KEY", "anthropic": "env:ANTHROPIC_API_KEY"}


@click.command("init")
@click.option("--file", "path", type=click.Path(path_type=Path), default=Path("tidegate.yaml"), show_default=True)
@click.option("--kind", type=click.Choice(KINDS), default=None, help="What stands behind the gateway.")
@click.option("--upstream", "url", default=None, help="Its address, up to and with /v1.")
@click.option("--model", "models", multiple=True, help="A model name tenants may ask for (repeat).")
@click.option("--tenant", "tenants", multiple=True, help="NAME or NAME:CLASS (interactive, default, batch); repeat.")
@click.option("--port", type=int, default=8080, show_default=True, help="Data plane port.")
@click.option("--control-port", type=int, default=8081, show_default=True, help="Console, admin and metrics port.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    path: Path, kind: str | None, url: str | None, models: tuple[str, ...], tenants: tuple[str, ...],
    port: int, control_port: int, force: bool, as_json: bool,
) -> NoReturn:  # fmt: skip
    """Write a commented tidegate.yaml.

    Without flags it asks (on a terminal) or takes the defaults (in a script).

    Example: tidegate init --kind llamacpp --upstream http://127.0.0.1:8000/v1 --tenant chat:interactive
    """
    if path.exists() and not force:
        raise WrongUse("the file exists already", where=str(path), remedy="--force overwrites it")
    ask = sys.stdin.isatty() and not as_json and kind is None and url is None
    kind = kind or (click.prompt("What is behind the gateway?", type=click.Choice(KINDS), default="vllm")
                    if ask else "opaque")  # fmt: skip
    default_url = DEFAULT_URL.get(kind, "http://127.0.0.1:8000/v1")
    url = url or (click.prompt("Its address", default=default_url) if ask else default_url)
    models = models or ((click.prompt("A model name tenants may ask for", default="default"),) if ask else ("default",))
    if not tenants:
        question = "Tenants, NAME:CLASS, separated by spaces"
        tenants = tuple((click.prompt(question, default=DEFAULT_TENANTS) if ask else DEFAULT_TENANTS).split())
    pairs = [(t.partition(":")[0], t.partition(":")[2] or "default") for t in tenants]
    text = config_text(
        Answers(
            upstream_url=url,
            upstream_kind=kind,
            models=models,
            tenants=pairs,
            api_key=DEFAULT_KEY.get(kind),
            port=port,
            control_port=control_port,
        )
    )
    parse_settings(text, str(path))
    path.write_text(text, encoding="utf-8")
    variable = DEFAULT_KEY.get(kind, "").removeprefix("env:")
    secret = [f"export {variable}=…   # the provider's key: it stays out of the file"] if variable else []
    steps = [*secret, f"tidegate keys add {pairs[0][0]} --config {path}", f"tidegate serve --config {path}"]
    answer = Answer(verb="init", verdict=Verdict.PASS, fields={"file": str(path), "next": steps})
    emit(answer, as_json=as_json, judges=False, words=lambda console: console.print(
        f"wrote [bold]{path}[/]; next:\n" + "\n".join(f"  {s}" for s in steps), highlight=False))  # fmt: skip
