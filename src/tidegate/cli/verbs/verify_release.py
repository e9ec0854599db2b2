# ruff: noqa: E501  (options, tables and messages read best on one line)
"""The parts of `tidegate verify` that need more than the answer: samples, a second model, a head, the expert queue."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape

from tidegate.check.verify import experts
from tidegate.check.verify.entropy import (
    Entropy,
    Second,
    compared,
    sample_until_settled,
    second_derivation,
    semantic_entropy,
)
from tidegate.check.verify.model import Verification
from tidegate.check.verify.release import Head, features, fit_and_test
from tidegate.readers.config import read_settings, secret
from tidegate.runner.asking import AnswerCache, Asker, Job, Reply
from tidegate.runner.http_model import HttpModel
from tidegate.settings import ModelPort
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, ModelError, SettingError
from tidegate.spine.estimate import Measure
from tidegate.spine.gate import Verdict
from tidegate.spine.ports import Model, StateStore
from tidegate.stats.shares import share


class Askers(msgspec.Struct, frozen=True, kw_only=True):
    """The models of a configuration: `probe` gives samples, `judge` derives a second time, blind."""

    probe: Any = None
    judge: Any = None


class Kept:
    """A model whose answers are kept in a file: a run that breaks off is begun again and asks only what it has not heard."""

    def __init__(self, model: Model, cache: AnswerCache, where: Path) -> None:
        self.name, self.where = model.name, where
        self._asker = Asker(model, cache=cache)

    def ask(self, request: dict[str, Any]) -> Reply:
        """The kept answer, or the model's; raises ModelError after three failures."""
        asked = self._asker.ask(Job(request=request))
        if asked.reply is None:
            remedy = f"what was answered is kept in {self.where}: run the command again and it goes on there"
            raise ModelError(asked.error, remedy=remedy)
        return asked.reply


def askers(config: Path | None, kept: Path | None = None) -> Askers:
    """The models that `models.probe` and `models.judge` name; none without a configuration.

    With `kept`, a file, each answer is kept there.
    """
    if config is None:
        return Askers()
    models = read_settings(config).models
    if models.probe is None and models.judge is None:
        raise SettingError("expected models.probe or models.judge, found neither", where=str(config),
                           remedy='models: {probe: {url: "http://127.0.0.1:8000/v1", model: NAME}}')  # fmt: skip
    cache = AnswerCache(kept) if kept is not None else None
    return Askers(probe=_model(models.probe, "models.probe", cache), judge=_model(models.judge, "models.judge", cache))


def _model(port: ModelPort | None, where: str, cache: AnswerCache | None) -> Model | None:
    if port is None:
        return None
    key = secret(port.api_key, f"{where}.api_key") if port.api_key else None
    model = HttpModel(port.url, port.model, key)
    return model if cache is None or cache.path is None else Kept(model, cache, cache.path)


def read_head(path: Path | None) -> Head | None:
    """A head written by `--fit`; InputError when it is none."""
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Head)
    except (OSError, msgspec.MsgspecError) as error:
        remedy = "write one: tidegate verify --fit labelled.jsonl --out head.json"
        raise InputError(f"expected a release head: {error}", where=str(path), remedy=remedy) from error


NO_QUESTION = "no second derivation: the row has no `second` and no `question` to ask the model"
NO_SECOND = "no second derivation: the row has no `second`, and no model to ask for one is configured"


def beside(
    found: Verification, question: str, answer: str, row: Mapping[str, Any], models: Askers, head: Head | None, where: str,
    route: StateStore | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Fields beside the claims: `consistency` of samples, `second` derivation, `release`.

    With `route`, a store's state, an answer that the second derivation contradicts is put into its expert queue.
    """
    consistency, second = heard(question, answer, row, models, where)
    out: dict[str, Any] = {}
    if not question and (models.probe is not None or models.judge is not None):
        out["not_asked"] = "the models were not asked: no question is given"
    if consistency is not None:
        out["consistency"] = {
            "entropy": consistency.entropy,
            "share": consistency.share,
            "samples": consistency.samples,
            "most_common": consistency.answer,
            "answer_is_the_most_common": consistency.holds(answer),
        }
    if (models.judge is not None and question) or "second" in row:
        out["second"] = {"agrees": second.agrees, "said": second.said} if second is not None else {"agrees": None}
        if second is not None and second.agrees is False and route is not None:
            key = str(row.get("id") or f"second-{hashlib.sha256((question + answer).encode()).hexdigest()[:12]}")
            weight = experts.enqueue(route, key, found, tenant="local", question=question, other=second.said)
            out["second"] |= {"queued": key, "consequence": weight}
    elif route is not None:
        out["not_routed"] = NO_SECOND if question or models.judge is None else NO_QUESTION
    if head is not None:
        values = features(found, consistency, answer, second.agrees if second is not None else None)
        out["release"] = {
            "release": head.releases(values),
            "probability_wrong": head.probability(values),
            "threshold": head.threshold,
            "alpha": head.alpha,
            **({"strange": strange} if (strange := head.strange(values)) else {}),
            "odds": {name: round(factor, 3) for name, factor in head.reasons(values).items()},
        }
    return out


def heard(
    question: str, answer: str, row: Mapping[str, Any], models: Askers, where: str
) -> tuple[Entropy | None, Second | None]:
    """Samples and second derivation, from the row itself or from the models."""
    samples = row.get("samples")
    if samples is not None and not (isinstance(samples, list) and all(isinstance(s, str) for s in samples)):
        raise InputError("expected a list of texts in `samples`", where=where)
    other = row.get("second")
    if other is not None and not isinstance(other, str):
        raise InputError("expected a text in `second`", where=where)
    consistency = semantic_entropy(samples, question) if samples else None
    if consistency is None and models.probe is not None and question:
        consistency = sample_until_settled(models.probe, question)
    second = compared(answer, other, question) if other is not None else None
    if other is None and models.judge is not None and question:
        second = second_derivation(models.judge, question, answer)
    return consistency, second


def show_beside(console: Console, more: Mapping[str, Any]) -> None:
    """What samples, the second derivation and the head say, in words."""
    if "not_asked" in more:
        console.print(f"[yellow]{more['not_asked']}[/]: give it with --question", highlight=False)
    heard_ = more.get("consistency")
    if heard_ is not None:
        n = heard_["samples"]
        most = f"{round(heard_['share'] * n)} of {n} samples mean {short(heard_['most_common'])!r}"
        agrees_ = "so does the answer" if heard_["answer_is_the_most_common"] else "the answer does not"
        console.print(
            f"samples            {escape(most)}, {agrees_} (entropy {heard_['entropy']:.2f} nats)", highlight=False
        )
    second = more.get("second")
    if second is not None:
        words = {
            True: "comes to the same",
            False: f"[bold]comes to another value[/]: {escape(short(second.get('said', '')))}",
            None: "gives nothing to compare",
        }[second["agrees"]]
        queued = f"; waits for an expert as {escape(second['queued'])}" if "queued" in second else ""
        console.print(f"second derivation  {words}{queued}", highlight=False)
    release = more.get("release")
    if release is not None:
        said = f"{release['probability_wrong']:.2f} likely to be wrong"
        limit = (
            "the head has no threshold"
            if release["threshold"] is None
            else f"up to {release['threshold']:.2f} is released"
        )
        if "strange" in release:
            said += f" by what it knows, but {release['strange']}"
        verdict = "[bold green]yes[/]" if release["release"] else "[bold red]no[/]"
        console.print(f"release            {verdict}: {said}, {limit}", highlight=False)
        for name, factor in list(release["odds"].items())[:REASONS_MAX]:
            console.print(f"                   × {factor:.3g} {name}", highlight=False, style="dim")
    if more:
        console.print()


REASONS_MAX = 4


SHOWN_MAX = 160


def short(text: str, most: int = 40) -> str:
    """A text on one line, cut at `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def fitted(rows: list[tuple[tuple[float, ...], bool]], out: Path, alpha: float, delta: float) -> Answer:
    """Fit the head on the even rows, test its threshold on the odd ones, write it."""
    head, tested = fit_and_test([r for r, _ in rows], [w for _, w in rows], alpha=alpha, delta=delta)
    try:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(head)))
    except OSError as error:
        raise InputError(f"cannot write the head: {error.strerror or error}", where=str(out)) from error
    measures: tuple[Measure, ...] = (
        Measure(name="released at the threshold", value=share(tested.released, tested.of)),
        Measure(name="wrong among the released", value=share(tested.wrong, tested.released)),
    )
    verdict = Verdict.PASS if tested.threshold is not None else Verdict.UNDECIDED
    fields = {
        "threshold": tested.threshold, "alpha": alpha, "delta": delta, "written": str(out),
        "answers": {"labelled": len(rows), "wrong": sum(w for _, w in rows), "fitted_on": head.fitted_on, "tested_on": tested.of},
        "learned": {name: round(factor, 3) for name, factor in head.learned().items()},
    }  # fmt: skip
    if tested.threshold is None:
        fields["why"] = tested.why
        measures = ()
    return Answer(verb="verify fit", verdict=verdict, measures=measures, fields=fields)


def show_fitted(console: Console, answer: Answer) -> None:
    """What the head learned and what its threshold promises, in words."""
    f = answer.fields
    n = f["answers"]
    console.print(f"{n['labelled']} labelled answers, {n['wrong']} wrong. From {n['fitted_on']} of them the head learned by what "
                  "the odds of being wrong are multiplied:", highlight=False)  # fmt: skip
    for name, factor in f["learned"].items():
        console.print(f"  × {factor:<8.3g} {name}", highlight=False)
    if not f["learned"]:
        console.print("  nothing: no feature tells right from wrong here", highlight=False)
    if f["threshold"] is None:
        console.print(f"[bold]No threshold passes:[/] {f['why']}. With this head nothing is released.", highlight=False)
    else:
        console.print(f"On the other {n['tested_on']} it was tested: what is at most {f['threshold']:.2f} likely to be wrong is released, and with "
                      f"{1 - f['delta']:.0%} confidence at most {f['alpha']:.0%} of it is wrong, of answers drawn as these were.", highlight=False)  # fmt: skip
    console.print(f"Written: {escape(f['written'])}\n", highlight=False)
