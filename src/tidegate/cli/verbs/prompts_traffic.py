"""`tidegate prompts traffic`: the prompts that were really sent, each distinct one linted once."""

# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from tidegate.check.promptlint.plugin import PromptCheck, prompt_sources, version_of
from tidegate.cli.output import emit
from tidegate.cli.store_options import store_options
from tidegate.cli.verbs.traces import filter_options, opened, wanted_of
from tidegate.flow import check_trace
from tidegate.spine.answer import Answer
from tidegate.spine.conversation import Conversation
from tidegate.spine.dialects.table import FORMS
from tidegate.spine.errors import TidegateError
from tidegate.spine.estimate import Measure, NotMeasured
from tidegate.spine.finding import Finding
from tidegate.spine.gate import Verdict, verdict_of_findings
from tidegate.spine.trace import CallTrace
from tidegate.stats.intervals import proportion


@click.command("traffic")
@filter_options
@click.option(
    "--limit", type=click.IntRange(1), default=10_000, show_default=True, help="Most traces to read, newest first."
)
@store_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def traffic(limit: int, store: Path | None, config: Path | None, as_json: bool, **given: Any) -> NoReturn:
    """Lint the prompts of recorded calls, as they were assembled: which versions are live, which contradict themselves.

    Needs traces with bodies kept; calls without one are counted as not checked.

    Example: tidegate prompts traffic --since 1d
    """
    lake = opened(store, config)
    check = PromptCheck()
    versions: dict[str, dict[str, Any]] = {}
    found: dict[tuple[str, tuple[tuple[str, int], ...]], Finding] = {}
    read = unread = affected = 0
    for trace in lake.find(wanted_of(**given), limit=limit, newest_first=True, bodies=True):
        conversation = conversation_of(trace)
        sources = prompt_sources(conversation) if conversation is not None else []
        if not sources:
            unread += 1
            continue
        read += 1
        version = version_of(sources)
        row = versions.setdefault(
            version,
            {"version": version, "calls": 0, "declared": [], "conflicts": 0, "sources": [s.name for s in sources]},
        )
        row["calls"] += 1
        if trace.call.prompt_version and trace.call.prompt_version not in row["declared"]:
            row["declared"].append(trace.call.prompt_version)
        results = list(check_trace(trace, conversation, [check]))
        affected += any(f.evidence.get("core") for f in results)
        for f in results:
            places = tuple((c["file"], c["line"]) for c in f.evidence.get("core", ()))
            if (version, places) not in found:
                found[(version, places)] = f
                row["conflicts"] += 1
    rows = sorted(versions.values(), key=lambda r: (-r["conflicts"], -r["calls"]))
    share: Any = (
        proportion((affected, read))
        if read
        else NotMeasured(reason="no trace holds a prompt", needed="bodies: keep for the tenant")
    )
    verdict = verdict_of_findings(found.values()) if read else Verdict.UNDECIDED
    answer = Answer(
        verb="prompts traffic", verdict=verdict, findings=tuple(found.values()),
        measures=(Measure(name="calls whose prompt contradicts itself", value=share),),
        fields={"prompts": rows, "calls_checked": read, "calls_not_checked": unread},
    )  # fmt: skip

    def words(console: Console) -> None:
        for r in rows[:20]:
            console.print(
                f"{r['version'][:19]}  {r['calls']:>7} calls  {r['conflicts']:>3} conflicts  {escape(', '.join(r['declared']))}",
                highlight=False,
            )
        console.print(f"[dim]{read} calls checked, {unread} without a kept prompt[/]", highlight=False)

    emit(answer, as_json=as_json, words=words)


def conversation_of(trace: CallTrace) -> Conversation | None:
    """The request of a trace as a conversation; None where no body was kept or it is not one."""
    if trace.request_body is None:
        return None
    try:
        return FORMS[trace.call.dialect].read_request(json.loads(trace.request_body))
    except (ValueError, KeyError, TidegateError):
        return None
