"""`tidegate serve`: check everything, then become the gateway."""

import os
import sys
from pathlib import Path

import click

from tidegate.cli.output import emit, people
from tidegate.gateway.tls import server_tls
from tidegate.settings import Listener
from tidegate.spine.answer import Answer
from tidegate.spine.errors import WrongUse
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict
from tidegate.worker_parts import read_parts

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@click.command("serve")
@click.option(
    "-c", "--config", type=click.Path(path_type=Path), default=Path("tidegate.yaml"), show_default=True,
    help="The configuration; `tidegate init` writes one.",
)  # fmt: skip
@click.option("--workers", type=int, default=None, help="Worker processes, one a core [default: from the file].")
@click.option("--no-control", is_flag=True, help="Do not start the control plane (console, metrics, admin).")
@click.option("--check", is_flag=True, help="Check the configuration, secrets and certificates, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --check: one JSON document on standard output.")
def command(config: Path, workers: int | None, no_control: bool, check: bool, as_json: bool) -> None:
    """Run the gateway: data plane for tenants, control plane on loopback.

    SIGTERM drains (running calls finish, new ones get 503), SIGHUP reloads the configuration,
    all or nothing.

    Example: tidegate init --tenant chat && tidegate serve --check
    """
    if workers is not None and workers < 1:
        raise WrongUse(f"expected at least 1 worker, got {workers}", where="--workers")
    parts = read_parts(config)
    settings = parts.settings
    server_tls(settings.listen.tls, "listen.tls")
    server_tls(settings.control.tls, "control.tls")
    open_control = () if no_control else control_is_open(settings.control, str(config))
    if check:
        fields = {
            "file": str(config),
            "upstreams": [u.name for u in settings.upstreams],
            "models": list(dict.fromkeys(n for r in settings.routes for n in (r.model, *r.aliases))),
            "tenants": [t.name for t in settings.tenants],
        }
        answer = Answer(verb="serve", verdict=Verdict.PASS, findings=open_control, fields=fields)
        words = f"{config} is acceptable: {len(settings.upstreams)} upstreams, {len(settings.routes)} routes"
        emit(answer, as_json=as_json, words=lambda console: console.print(words, highlight=False))
    if as_json:
        raise WrongUse("a running gateway prints no document", where="--json", remedy="use it with --check")
    scheme = "https" if settings.listen.tls else "http"
    people.print(f"[bold]data plane[/]    {scheme}://{settings.listen.host}:{settings.listen.port}/v1", highlight=False)
    if not no_control:
        secure = "https" if settings.control.tls else "http"
        people.print(
            f"[bold]control plane[/] {secure}://{settings.control.host}:{settings.control.port}/", highlight=False
        )
        for finding in open_control:
            people.print(f"[yellow]warning[/]       {finding.message}; {finding.suggestion}", highlight=False)
    arguments = [sys.executable, "-m", "tidegate.serving", str(config)]
    arguments += ["--workers", str(workers)] if workers is not None else []
    arguments += ["--no-control"] if no_control else []
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, arguments)


def control_is_open(control: Listener, file: str) -> tuple[Finding, ...]:
    """A warning where the control plane can be reached from elsewhere and asks nobody who they are."""
    if control.host in LOOPBACK or (control.tls is not None and control.tls.client_ca is not None):
        return ()
    return (
        Finding(
            rule="control-plane-open",
            severity=Severity.WARNING,
            subject="control",
            message=f"control.host is {control.host!r}: whoever reaches it can read traces, drain and confirm calls",
            where=Where(file=file),
            evidence={"certainty": "proved", "host": control.host},
            suggestion="set control.host to 127.0.0.1, or control.tls.client_ca, so that a certificate is asked for",
        ),
    )
