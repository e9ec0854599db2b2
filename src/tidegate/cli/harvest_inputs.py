"""What the suite verbs share: where texts come from, which embedder reads them, and what the store knows of runs."""

import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.cli.output import read_jsonl
from tidegate.curate.harvest.modes.vectors import Vectors, unit
from tidegate.curate.harvest.suites.museum import History
from tidegate.readers.texts import Said, said_in_row, said_in_traces
from tidegate.runner.embedders import embedder
from tidegate.settings import Settings
from tidegate.spine.errors import InputError
from tidegate.spine.ports import Embedder, StateStore
from tidegate.stats.late import late

if TYPE_CHECKING:
    from tidegate import wiring
else:
    wiring = late("tidegate.wiring")  # a second of imports that `--help` does not need


RUNS = "harvest-runs"  # the store's log of finished runs
MODES = "harvest-modes"
NEAR = {"wordllama": 0.40, "tfidf": 0.25}  # cosine that makes two texts one mode, by embedder
DAY_S = 86_400.0


def embedder_name(asked: str) -> str:
    """`auto` is wordllama where it is installed, else TF-IDF."""
    if asked != "auto":
        return asked
    return "wordllama" if find_spec("wordllama") is not None else "tfidf"


def embed(port: Embedder, texts: Sequence[str]) -> Vectors:
    """Unit rows of the texts."""
    return unit(port.embed(list(texts)))


def open_embedder(name: str, corpus: Sequence[str]) -> Embedder:
    """The embedder, fitted where it needs to be."""
    return embedder(name, corpus)


def read_said(path: str) -> list[Said]:
    """Everything a user asked in a JSONL file."""
    if path != "-" and not Path(path).exists():
        raise InputError("there is no such file", where=path)
    found = (said_in_row(row, number, path) for number, row in read_jsonl(path))
    return [s for s in found if s is not None]


def traffic(path: str | None, settings: Settings, days: int) -> list[Said]:
    """Calls of the last days: from a file, or from the trace store."""
    if path is not None:
        return read_said(path)
    since = time.time() - days * DAY_S
    store = Path(settings.store.path)
    if not store.exists():
        raise InputError("there is no trace store", where=str(store), remedy="give --traffic FILE, or --store FOLDER")
    return list(said_in_traces(wiring.trace_store(settings).scan(since_s=since)))


def histories(state: StateStore, releases: int = 20) -> dict[str, History]:
    """How every case did in the last runs of the store, oldest first."""
    rows: dict[str, list[tuple[int, int]]] = {}
    for _, run in list(state.read_log(RUNS))[-releases:]:
        for case in run.get("cases", ()):
            rows.setdefault(case["case"], []).append((int(case["passed"]), int(case["runs"])))
    return {i: History(case_id=i, releases=tuple(r)) for i, r in rows.items()}


def read_results(path: Path) -> dict[str, Any]:
    """A results file written by `harvest run --out`."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        if not isinstance(found["cases"], list):
            raise KeyError("cases")
    except (OSError, msgspec.MsgspecError, LookupError) as error:
        raise InputError(f"expected results written by `harvest run --out`: {error}", where=str(path)) from error
    return found
