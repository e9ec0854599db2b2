"""How every bench reports: one row a goal, `goal, measured, holds`; exit 1 when a goal is missed.

report = Report("scheduling, simulated time")
report.row("chat TTFT P95 against alone", goal="<= 1.5", measured=1.31, holds=1.31 <= 1.5, unit="x")
report.finish()
"""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One goal: its words, the target, what was measured, and whether it holds (None: not measured)."""

    name: str
    goal: str
    measured: str
    holds: bool | None
    note: str = ""


@dataclass
class Report:
    """Collects rows and prints them; `--json` prints one document; `--out FILE` appends it as a line."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def row(
        self, name: str, *, goal: str, measured: object, holds: bool | None, unit: str = "", note: str = ""
    ) -> None:
        """Add one goal; numbers are shown with four significant digits."""
        shown = f"{measured:.4g}" if isinstance(measured, float) else str(measured)
        shown = f"{shown} {unit}".strip() if holds is not None else f"not measured: {shown}"
        self.rows.append(Row(name, goal, shown, holds, note))

    def finish(self, argv: list[str] | None = None) -> None:
        """Print the table and exit: 0 all hold, 1 one is missed, 3 one was not measured."""
        arguments = sys.argv[1:] if argv is None else argv
        document = {"bench": self.title, "rows": [asdict(r) for r in self.rows]}
        if "--out" in arguments:
            with Path(arguments[arguments.index("--out") + 1]).open("a", encoding="utf-8") as f:
                f.write(json.dumps(document) + "\n")
        if "--json" in arguments:
            print(json.dumps(document))
        else:
            print(f"\n{self.title}")
            width = max([len(r.name) for r in self.rows] + [4])
            goal = max([len(r.goal) for r in self.rows] + [4])
            measured = max([len(r.measured) for r in self.rows] + [8])
            print(f"{'goal':<{width}}  {'target':<{goal}}  {'measured':<{measured}}  holds")
            for r in self.rows:
                mark = {True: "yes", False: "NO", None: "?"}[r.holds]
                print(f"{r.name:<{width}}  {r.goal:<{goal}}  {r.measured:<{measured}}  {mark}  {r.note}".rstrip())
        states = [r.holds for r in self.rows]
        sys.exit(1 if False in states else 3 if None in states or not states else 0)
