"""Harvest against its goals: `python -m benches.harvest [--only NAME] [--full] [--json]`.

Names: detect, capture, minimise, scrub (in `harvest_capture`), and those of `harvest_suite`.
`--full` takes 1,000 planted worlds instead of 200.
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec

from benches import harvest_capture as capture
from benches.report import Report

Part = Callable[[Report, bool], None]
PARTS: dict[str, Part] = {
    "detect": lambda report, _full: capture.detection(report),
    "capture": lambda report, _full: capture.capture(report),
    "minimise": lambda report, full: capture.minimising(report, 1000 if full else 200),
    "scrub": lambda report, full: capture.scrubbing(report, 1000 if full else 300),
}
if find_spec("benches.harvest_suite") is not None:
    from benches import harvest_retire, harvest_suite

    PARTS |= {
        name: (lambda report, full, part=part: part(report, not full))
        for name, part in (harvest_suite.PARTS | {"retire": harvest_retire.bench_retire}).items()
    }


def main(argv: list[str]) -> None:
    only = argv[argv.index("--only") + 1] if "--only" in argv else None
    if only is not None and only not in PARTS:
        sys.exit(f"expected one of {', '.join(PARTS)}, got {only!r}")
    report = Report("harvest")
    for name, part in PARTS.items():
        if only in (None, name):
            part(report, "--full" in argv)
    report.finish(argv)


if __name__ == "__main__":
    main(sys.argv[1:])
