"""What is a miss worth?  The interview of `tidegate metrics elicit`, in the browser.

The address holds the whole interview (file, stakeholder, answers as letters), so that it can be stopped, sent
to somebody and taken up again; the server keeps nothing.  Files are read below the folder that
`tidegate serve` was started in, and nowhere else.
"""

from pathlib import Path
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tidegate.console.app import Control
from tidegate.decide.metrics import elicit
from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.tables import Roles
from tidegate.readers.results import read_results
from tidegate.spine.errors import InputError

PATH = "/metrics/elicit"


class Asked(msgspec.Struct, frozen=True):
    """The interview as the address gives it."""

    results: str
    stakeholder: str
    answers: str
    prevalence: float | None

    def link(self, answers: str, **more: str) -> str:
        """The address with other answers."""
        values = {"results": self.results, "stakeholder": self.stakeholder, "answers": answers, **more}
        if self.prevalence is not None:
            values["prevalence"] = f"{self.prevalence:g}"
        return f"{PATH}?{urlencode(values)}"


def answer(control: Control, request: Request) -> Response:
    """The form, the next question, or what the answers say; `download` gives the file for `stakeholders`."""
    asked = read_query(request)
    if not asked.results:
        return control.render("elicit.html", asked=asked, question=None, stance=None, files=results_files(Path.cwd()))
    results = build(read_results(str(inside(Path.cwd(), asked.results))), Roles())
    rates, share = elicit.candidates(results, asked.prevalence)
    interview, question = elicit.replay(asked.stakeholder, asked.answers, rates, share)
    if "download" in request.query_params:
        name = "".join(c for c in asked.stakeholder if c.isalnum() or c in "-_") or "stakeholder"
        headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
        return Response(interview.to_json(share), media_type="application/json", headers=headers)
    said = elicit.stance(interview, rates, share) if interview.answers else None
    return control.render(
        "elicit.html", asked=asked, question=question, stance=said, number=len(interview.answers) + 1,
        most=elicit.QUESTIONS_MAX, share=share, systems=list(rates), positive=in_words(results.positive_name),
    )  # fmt: skip


def read_query(request: Request) -> Asked:
    """The interview in the address; raises InputError naming what is wrong."""
    given = request.query_params
    text = given.get("prevalence", "").strip()
    try:
        share = float(text.rstrip("%")) / (100 if text.endswith("%") else 1) if text else None
    except ValueError as error:
        raise InputError(f"expected a share of positives, got {text!r}", remedy="e.g. 0.02 or 2%") from error
    if share is not None and not 0 < share < 1:
        raise InputError(f"expected a share of positives between 0 and 1, got {text!r}", remedy="e.g. 0.02 or 2%")
    return Asked(
        given.get("results", "").strip(), given.get("stakeholder", "").strip(), given.get("answers", ""), share
    )


def inside(folder: Path, name: str) -> Path:
    """The file below `folder`; raises InputError for any other."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise InputError(f"expected a results file below the folder Tidegate runs in, got {name!r}",
                         remedy="copy the file there, or use tidegate metrics elicit")  # fmt: skip
    return path


def in_words(positive: str) -> str:
    """What the missed items are called in a question."""
    return "positives" if positive.lower() in {"1", "1.0", "true", "yes", "positive"} else f"'{positive}' items"


def results_files(folder: Path, most: int = 50) -> list[str]:
    """Files that may hold results, in this folder and one below."""
    found = [p for pattern in ("*.csv", "*.jsonl", "*.parquet", "*/*.csv", "*/*.jsonl") for p in folder.glob(pattern)]
    return sorted(str(p.relative_to(folder)) for p in found if p.is_file())[:most]
