"""What several metrics verbs share: which column is what, costs and prevalence as written on a command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml

from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.model import Costs, Results
from tidegate.decide.metrics.tables import Roles
from tidegate.readers.results import read_results
from tidegate.spine.errors import InputError, nearest
from tidegate.spine.estimate import Estimate, Measured

COLUMN_OPTIONS = (
    click.option("--truth", default="", help="Column with the truth (found by name when left out)."),
    click.option("--system", "systems", multiple=True, help="Column with a system's answers; repeatable."),
    click.option("--score", "scores", multiple=True, help="Score column, COLUMN or SYSTEM=COLUMN; repeatable."),
    click.option("--segment", "segments", multiple=True, help="Column that splits the items; repeatable."),
    click.option("--id", "id_column", default="", help="Column with the item's id."),
    click.option("--text", default="", help="Column with the text (for the length-only policy)."),
    click.option("--cluster", default="", help="Column of items that belong together (a conversation, a user)."),
    click.option("--by", "long", default="", help="Column naming the system, when each row is one answer."),
    click.option("--ignore", multiple=True, help="Column to leave alone; repeatable."),
    click.option("--positive", default="", help="The label that counts as positive."),
    click.option("--labels", default="", help="The declared labels, separated by commas."),
    click.option("--threshold", type=float, default=None, help="Cut for systems given by scores alone."),
    click.option("--format", "kind", default="", help="csv, tsv, json or jsonl, when the name does not say."),
)


def with_columns(function: Any) -> Any:
    """The options that say which column is what."""
    for option in reversed(COLUMN_OPTIONS):
        function = option(function)
    return function


def load(path: str, options: dict[str, Any]) -> Results:
    """Results from a file and the column options."""
    table = read_results(path, options["kind"])
    roles = Roles(
        options["truth"], tuple(options["systems"]), dict(_score_pair(s) for s in options["scores"]),
        tuple(options["segments"]), options["id_column"], options["text"], options["cluster"], options["long"],
        tuple(options["ignore"]),
    )  # fmt: skip
    labels = tuple(x.strip() for x in options["labels"].split(",") if x.strip())
    return build(table, roles, positive=options["positive"], labels=labels, threshold=options["threshold"])


def _score_pair(text: str) -> tuple[str, str]:
    system, found, column = text.partition("=")
    return (system, column) if found else (text, text)


def parse_costs(text: str) -> Costs | None:
    """`miss=10,false_alarm=1[,review=0.5,hit=0,correct_rejection=0,unit=EUR]`, or a YAML file with these keys."""
    if not text:
        return None
    if Path(text).is_file():
        parsed = yaml.safe_load(Path(text).read_text(encoding="utf-8"))
        if not isinstance(parsed, dict):
            raise InputError(f"expected costs as a mapping, got {type(parsed).__name__}", where=text)
        parsed = parsed.get("costs", parsed)
    else:
        pairs = [p.partition("=") for p in text.split(",") if p.strip()]
        parsed = {k.strip(): v.strip() for k, _, v in pairs}
    short = {"fn": "miss", "fp": "false_alarm", "tp": "hit", "tn": "correct_rejection", "false-alarm": "false_alarm",
             "alarm": "false_alarm"}  # fmt: skip
    known = ("miss", "false_alarm", "hit", "correct_rejection", "review", "unit", "segments")
    out: dict[str, Any] = {}
    for key, value in parsed.items():
        name = short.get(key, key)
        if name not in known:
            raise InputError(f"expected a cost, got {key!r}", where="--costs", remedy=nearest(name, known))
        out[name] = value if name in ("unit", "segments") else _money(name, value)
    missing = [k for k in ("miss", "false_alarm") if k not in out]
    if missing:
        raise InputError(f"expected the cost of {missing[0]}", where="--costs", remedy="e.g. miss=10,false_alarm=1")
    return Costs(**out)


def _money(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a number for {name}, got {value!r}", where="--costs") from error


def parse_prevalence(text: str) -> Measured | float | None:
    """`0.02`, `2%`, or a range `0.01..0.03` (taken as a 95 % interval)."""
    if not text:
        return None
    try:
        scale = 100 if text.strip().endswith("%") else 1  # 0.5..2% is a range of percentages
        ends = [float(x.strip().rstrip("%")) / scale for x in text.split("..")]
    except ValueError as error:
        raise InputError(f"expected a prevalence, got {text!r}", where="--prevalence",
                         remedy="e.g. 0.02, 2% or 0.01..0.03") from error  # fmt: skip
    if not all(0 < e < 1 for e in ends) or len(ends) > 2 or ends != sorted(ends):
        raise InputError(f"expected a prevalence in (0, 1), got {text!r}", where="--prevalence")
    if len(ends) == 1:
        return ends[0]
    value = float(np.sqrt(ends[0] * ends[1]))
    return Estimate(value=value, low=ends[0], high=ends[1], n=0, segment="production", method="given")


def write_text(path: Path, text: str) -> None:
    """Write a file the user named; raises InputError where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"expected a file that can be written ({error.strerror})", where=str(path)) from error
