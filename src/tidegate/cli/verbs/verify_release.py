# ruff: noqa: E501  (options, tables and messages read best on one line)
"""The parts of `tidegate verify` that need more than the answer: samples, a second model, a head, the expert queue."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from tidegate.check.verify import experts
from tidegate.check.verify.entropy import Entropy, same, sample_until_settled, second_derivation, semantic_entropy
from tidegate.check.verify.model import Verification
from tidegate.check.verify.release import Head, features, fit_and_test
from tidegate.readers.config import read_settings, secret
from tidegate.runner.http_model import HttpModel
from tidegate.settings import ModelPort
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import Model
from tidegate.stats.shares import share
from tidegate.store.state import SqliteState


class Askers(msgspec.Struct, frozen=True, kw_only=True):
    """The models of a configuration: `probe` gives samples, `judge` derives a second time, blind."""

    probe: Any = None
    judge: Any = None


def askers(config: Path | None) -> Askers:
    """The models that `models.probe` and `models.judge` name; none without a configuration."""
    if config is None:
        return Askers()
    models = read_settings(config).models
    return Askers(probe=_model(models.probe, "models.probe"), judge=_model(models.judge, "models.judge"))


def _model(port: ModelPort | None, where: str) -> Model | None:
    if port is None:
        return None
    key = secret(port.api_key, f"{where}.api_key") if port.api_key else None
    return HttpModel(port.url, port.model, key)


def read_head(path: Path | None) -> Head | None:
    """A head written by `--fit`; InputError when it is none."""
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Head)
    except (OSError, msgspec.MsgspecError) as error:
        remedy = "write one: tidegate verify --fit labelled.jsonl --out head.json"
        raise InputError(f"expected a release head: {error}", where=str(path), remedy=remedy) from error


def beside(
    found: Verification, question: str, answer: str, row: Mapping[str, Any], models: Askers, head: Head | None, where: str,
    route: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Fields beside the claims: `consistency` of samples, `second` derivation, `release`.

    With `route`, a store's folder, an answer that the second derivation contradicts is put into its expert queue.
    """
    consistency, second = heard(question, answer, row, models, where)
    out: dict[str, Any] = {}
    if consistency is not None:
        out["consistency"] = {
            "entropy": consistency.entropy,
            "share": consistency.share,
            "samples": consistency.samples,
            "answer_is_the_most_common": same(answer, consistency.answer),
        }
    if models.judge is not None or "second" in row:
        out["second"] = {"agrees": second}
        if second is False and route is not None:
            key = str(row.get("id") or f"second-{hashlib.sha256((question + answer).encode()).hexdigest()[:12]}")
            weight = experts.enqueue(_state(route), key, found, tenant="local", question=question, disagreed=True)
            out["second"] |= {"queued": key, "consequence": weight}
    if head is not None:
        values = features(found, consistency, answer, second)
        out["release"] = {
            "release": head.releases(values),
            "probability_wrong": head.probability(values),
            "threshold": head.threshold,
            "alpha": head.alpha,
        }
    return out


def heard(
    question: str, answer: str, row: Mapping[str, Any], models: Askers, where: str
) -> tuple[Entropy | None, bool | None]:
    """Samples and second derivation, from the row itself or from the models."""
    samples = row.get("samples")
    if samples is not None and not (isinstance(samples, list) and all(isinstance(s, str) for s in samples)):
        raise InputError("expected a list of texts in `samples`", where=where)
    other = row.get("second")
    if other is not None and not isinstance(other, str):
        raise InputError("expected a text in `second`", where=where)
    consistency = semantic_entropy(samples) if samples else None
    if consistency is None and models.probe is not None and question:
        consistency = sample_until_settled(models.probe, question)
    second = same(answer, other) if other is not None else None
    if other is None and models.judge is not None and question:
        second = second_derivation(models.judge, question, answer)
    return consistency, second


def fitted(rows: list[tuple[tuple[float, ...], bool]], out: Path, alpha: float, delta: float) -> Answer:
    """Fit the head on the even rows, test its threshold on the odd ones, write it."""
    head, tested = fit_and_test([r for r, _ in rows], [w for _, w in rows], alpha=alpha, delta=delta)
    out.write_bytes(msgspec.json.format(msgspec.json.encode(head)))
    measures = (
        Measure(name="released at the threshold", value=share(tested.released, tested.of)),
        Measure(name="wrong among the released", value=share(tested.wrong, tested.released)),
    )
    verdict = Verdict.PASS if tested.threshold is not None else Verdict.UNDECIDED
    return Answer(verb="verify fit", verdict=verdict, measures=measures,
                  fields={"threshold": tested.threshold, "alpha": alpha, "delta": delta, "written": str(out)})  # fmt: skip


def _state(store: Path) -> SqliteState:
    store.mkdir(parents=True, exist_ok=True)
    return SqliteState(store / "state.db")


def queue(store: Path, done: str | None, console: Console | None) -> Answer:
    """The expert queue, gravest first; `done` takes an answer out of it."""
    state = SqliteState(store / "state.db")
    if done is not None and not state.delete(experts.KIND, done):
        raise InputError(f"expected the key of a waiting answer, got {done!r}", where=str(store), remedy="tidegate verify --queue")  # fmt: skip
    rows = experts.ranked(state)
    if console is not None:
        table = Table(title=f"{len(rows)} answers wait for an expert, gravest first")
        for column in ("key", "tenant", "consequence", "why"):
            table.add_column(column, overflow="fold")
        for key, v in rows:
            wrong = [c["message"] for c in v["claims"] if c["verdict"] == "refuted"]
            wrong += ["a second derivation comes to another value"] if v.get("second_disagrees") else []
            table.add_row(key, str(v["tenant"]), f"{v['consequence']:g}", "\n".join(wrong[:3]))
        console.print(table)
    waiting = [
        {"key": k, **{f: v[f] for f in ("tenant", "consequence", "question", "answer", "claims")}} for k, v in rows
    ]
    return Answer(verb="verify queue", verdict=Verdict.PASS, fields={"waiting": waiting})
