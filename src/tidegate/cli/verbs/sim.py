"""`tidegate sim NAME`: replay an incident; passes only if the usual way fails and ours holds."""

import importlib
import importlib.util
from pathlib import Path
from typing import NoReturn

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tidegate.catalog import CAPABILITIES
from tidegate.cli.output import emit
from tidegate.render.terminal import VERDICT_STYLE, number
from tidegate.sim.scenario import ScenarioResult
from tidegate.spine.answer import Answer
from tidegate.spine.errors import NotBuilt, WrongUse, nearest
from tidegate.spine.estimate import Estimate, Measure

SHARES = frozenset({"wilson", "clopper-pearson", "jeffreys"})  # methods of intervals for a proportion
NAMES = {c.scenario: c for c in CAPABILITIES}


@click.command("sim")
@click.argument("name", required=False)
@click.option("--seed", type=int, default=1, show_default=True, help="One seed, one world.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Shrink the incident (0 to 1].")
@click.option("--plot", type=click.Path(path_type=Path), default=None, help="Folder for the SVG plots.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(name: str | None, seed: int, scale: float, plot: Path | None, as_json: bool) -> NoReturn:
    """Replay an incident: the usual way fails, ours holds, on the same input.

    Example: tidegate sim scheduling --seed 1
    """
    if name is None:
        raise WrongUse("expected the name of a scenario", remedy=f"one of: {', '.join(NAMES)}")
    if name not in NAMES:
        raise WrongUse(f"expected the name of a scenario, got {name!r}", remedy=nearest(name, NAMES))
    if not 0 < scale <= 1:
        raise WrongUse(f"expected a scale in (0, 1], got {scale!r}", where="--scale")
    module = f"tidegate.sim.scenarios.{name}"
    if importlib.util.find_spec(module) is None:
        raise NotBuilt(f"the scenario {name!r} is not built yet", remedy="see CHANGELOG.md for what is")
    result: ScenarioResult = importlib.import_module(module).run(seed, scale)
    if plot is not None:
        plot.mkdir(parents=True, exist_ok=True)
        for file, svg in result.plots.items():
            (plot / file).write_text(svg, encoding="utf-8")
    measures = tuple(m for a in result.arms for m in a.measures)
    fields = {
        "scenario": result.name, "incident": result.incident, "seed": seed,
        "arms": [a.to_json() for a in result.arms],
    }  # fmt: skip
    answer = Answer(verb=f"sim {name}", verdict=result.verdict, fields=fields,
                    measures=measures if as_json else ())  # fmt: skip
    emit(answer, as_json=as_json, words=lambda console: show(console, result, plot))


def show(console: Console, result: ScenarioResult, plot: Path | None) -> None:
    """The table a newcomer understands in ten seconds."""
    console.print(f"[bold]{escape(result.incident)}[/]\n[dim]seed {result.seed}[/]", highlight=False)
    names = list(dict.fromkeys(m.name for a in result.arms for m in a.measures))
    table = Table(box=SIMPLE)
    table.add_column("way")
    for n in names:
        table.add_column(escape(n), justify="right")
    table.add_column("verdict")
    for arm in result.arms:
        by_name = {m.name: m for m in arm.measures}
        cells = [_cell(by_name[n]) if n in by_name else "" for n in names]
        table.add_row(escape(arm.name) + (" [dim](usual)[/]" if arm.usual else ""), *cells,
                      f"[{VERDICT_STYLE[arm.verdict]}]{arm.verdict.value}[/]")  # fmt: skip
    console.print(table)
    for arm in result.arms:
        console.print(f"[bold]{escape(arm.name)}[/]: {escape(arm.summary)}", highlight=False)
    if plot is not None and result.plots:
        console.print(f"plots: {', '.join(escape(str(plot / f)) for f in result.plots)}", highlight=False)


def _cell(measure: Measure) -> str:
    """A value as people read it: shares in percent, times in their unit."""
    value = measure.value
    if not isinstance(value, Estimate):
        return "not measured"
    if measure.unit == "ms":
        return f"{value.value:,.0f} ms" if value.value < 1000 else f"{value.value / 1000:,.1f} s"
    if value.method in SHARES:
        return f"{100 * value.value:.3g} %"
    return f"{number(value.value)} {measure.unit}".strip()
