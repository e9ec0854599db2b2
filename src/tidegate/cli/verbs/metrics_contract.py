"""`tidegate metrics contract` and `tidegate metrics gate`: who decided what, signed, and held to in CI."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any, Literal, NoReturn

import click
import msgspec
import numpy as np
import yaml
from rich.markup import escape

from tidegate.cli.output import emit
from tidegate.decide.metrics import contract as contracts
from tidegate.decide.metrics.catalogue import metric
from tidegate.decide.metrics.columns import build
from tidegate.decide.metrics.gate import read_bars
from tidegate.decide.metrics.plugin import decider
from tidegate.decide.metrics.tables import Roles
from tidegate.readers.results import read_results
from tidegate.spine.answer import Answer
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.estimate import Measure
from tidegate.spine.finding import Finding, Severity, Where
from tidegate.spine.gate import Verdict, verdict_all

BY_HAND = "contract init writes one that is valid"


def load_contract(path: str) -> contracts.Contract:
    """A contract from its file."""
    try:
        document = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"expected a readable contract ({error.strerror})", where=path, remedy=BY_HAND) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"expected YAML ({str(error).splitlines()[0]})", where=path) from error
    if not isinstance(document, dict):
        raise InputError(f"expected a contract as a mapping, got {type(document).__name__}", where=path, remedy=BY_HAND)
    return contracts.decode(_plain(document), path)


def _plain(value: Any) -> Any:
    """YAML dates as text: `date: 2026-01-31` unquoted is a date to YAML."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def read_key(path: Path | None) -> bytes | None:
    """The signing key's bytes, stripped of surrounding white space."""
    if path is None:
        return None
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise InputError(f"expected a readable key file ({error.strerror})", where=str(path)) from error
    if len(key) < 16:
        raise InputError(f"expected a key of at least 16 bytes, got {len(key)}", where=str(path),
                         remedy="openssl rand -hex 32 > FILE")  # fmt: skip
    return key


KEY = click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False), default=None,
                   help="Secret that signatures are made and checked with.")  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group("contract")
def contract_group() -> None:
    """The metric contract: init, check, sign, gate.

    Example: tidegate metrics contract check metrics/screening.yaml
    """


@contract_group.command("init")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--decision", default="ship the new version", show_default=True, help="What is decided by it.")
@click.option("--owner", required=True, help="The person (product) whose call it is.")
@click.option("--metric", "name", default="balanced-accuracy", show_default=True, help="The primary metric.")
@click.option("--threshold", type=float, default=0.8, show_default=True, help="What it must reach.")
@click.option("--miss", type=float, default=10.0, show_default=True, help="What a miss costs, in false alarms.")
@click.option("--prevalence", type=float, default=0.05, show_default=True, help="Positives in production.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@JSON
def init_command(
    path: Path, decision: str, owner: str, name: str, threshold: float, miss: float, prevalence: float, force: bool,
    as_json: bool,
) -> NoReturn:  # fmt: skip
    """Write a commented contract.

    Example: tidegate metrics contract init metrics/screening.yaml --owner anna
    """
    if path.exists() and not force:
        raise WrongUse("expected a new file, got one that exists", where=str(path), remedy="--force replaces it")
    chosen = metric(name)
    text = contracts.TEMPLATE.format(
        path=path, decision=_quoted(decision), owner=_quoted(owner), metric=chosen.name, threshold=threshold, miss=miss,
        prevalence=prevalence, date=datetime.date.today().isoformat(),
    )  # fmt: skip
    if chosen.better < 0:
        text = text.replace(f"  at_least: {threshold}", f"  at_most: {threshold}", 1)
    contracts.decode(_plain(yaml.safe_load(text)), str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"expected a file that can be written ({error.strerror})", where=str(path)) from error
    said = f"wrote {path}; review it, then let {owner} sign it"
    emit(Answer(verb="metrics contract init", verdict=Verdict.PASS, fields={"file": str(path)}), as_json=as_json,
         words=lambda console: console.print(escape(said), highlight=False))  # fmt: skip


def _quoted(text: str) -> str:
    return (
        text if re.fullmatch(r"[A-Za-z][\w .@-]*", text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


@contract_group.command("check")
@click.argument("paths", nargs=-1, required=True)
@KEY
@JSON
def check_command(paths: tuple[str, ...], key_file: Path | None, as_json: bool) -> NoReturn:
    """Is the contract valid, and signed as it stands?

    Example: tidegate metrics contract check metrics/screening.yaml
    """
    key = read_key(key_file)
    findings: list[Finding] = []
    fields = []
    for path in paths:
        contract = load_contract(path)
        found = contracts.signature_finding(contract, path, key)
        findings += [found] if found else []
        findings += _advice(contract, path)
        fields.append({"file": path, "owner": contract.owner, "decision": contract.decision,
                       "primary": contract.primary.words,
                       "signature": contracts.signature_state(contract, key)})  # fmt: skip
    verdict = Verdict.FAIL if any(f.severity is Severity.ERROR for f in findings) else Verdict.PASS
    emit(Answer(verb="metrics contract check", verdict=verdict, findings=tuple(findings), fields={"contracts": fields}),
         as_json=as_json)  # fmt: skip


def _advice(contract: contracts.Contract, path: str) -> list[Finding]:
    """What a careful reader would say of the choice itself."""
    bars = (contract.primary, *contract.guards)
    out = []
    if contract.primary.metric in ("accuracy", "error-rate", "pabak", "weighted-f1", "bangdiwala-b"):
        out.append("the common class decides this metric: 'no' to everything may clear the bar")
    one_sided = {"recall": "precision", "precision": "recall", "specificity": "recall", "lost-evidence": "precision",
                 "false-positive-rate": "recall", "work-saved": "recall"}  # fmt: skip
    if contract.primary.metric in one_sided and len(bars) == 1:
        out.append(
            f"a constant answer is perfect by this metric alone: guard it with {one_sided[contract.primary.metric]}"
        )
    return [
        Finding(rule="metric-choice", severity=Severity.WARNING, subject=path, where=Where(file=path),
                message=f"{contract.primary.words}: {words}", evidence={"certainty": "proved"},
                suggestion=f"tidegate metrics properties {contract.primary.metric}")
        for words in out
    ]  # fmt: skip


@contract_group.command("sign")
@click.argument("path")
@click.option("--by", required=True, help="Who signs: must be the owner.")
@KEY
@JSON
def sign_command(path: str, by: str, key_file: Path | None, as_json: bool) -> NoReturn:
    """Sign the contract as it stands; comments and layout are kept.

    Example: tidegate metrics contract sign metrics/screening.yaml --by anna
    """
    signed = contracts.sign(load_contract(path), by=by, date=datetime.date.today().isoformat(), key=read_key(key_file))
    file = Path(path)
    text = re.sub(r"(?ms)^signature:.*?(?=^\S|\Z)", "", file.read_text(encoding="utf-8")).rstrip("\n") + "\n"
    block = yaml.safe_dump({"signature": msgspec.to_builtins(signed.signature)}, sort_keys=False)
    file.write_text(text + block, encoding="utf-8")
    assert contracts.signature_state(load_contract(path), read_key(key_file)) == "valid"
    assert signed.signature is not None
    emit(Answer(verb="metrics contract sign", verdict=Verdict.PASS,
                fields={"file": path, "by": by, "content": signed.signature.content}), as_json=as_json)  # fmt: skip


@click.command("gate")
@click.argument("paths", nargs=-1, required=True)
@click.option("--results", default="", help="Results to hold the contracts against.")
@click.option("--system", default="", help="The system that wants to ship.")
@click.option("--truth", default="", help="Column with the truth.")
@click.option("--segment", "segments", multiple=True, help="Column that splits the items; repeatable.")
@click.option("--signal", "signals", multiple=True, help="Another signal as NAME=up|down|flat; repeatable.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the bootstrap.")
@KEY
@JSON
def gate_command(
    paths: tuple[str, ...], results: str, system: str, truth: str, segments: tuple[str, ...], signals: tuple[str, ...],
    seed: int, key_file: Path | None, as_json: bool,
) -> NoReturn:  # fmt: skip
    """What CI calls: signed contracts, held against results.

    PATHS are contracts; a last path that is no YAML file is taken as the results.

    Example: tidegate metrics gate metrics/screening.yaml --results results.csv
    """
    files = list(paths)
    if not results and len(files) > 1 and not files[-1].endswith((".yaml", ".yml")):
        results = files.pop()
    key = read_key(key_file)
    findings: list[Finding] = []
    measures: list[Measure] = []
    verdicts: list[Verdict] = []
    fields: list[dict[str, Any]] = []
    for path in files:
        contract = load_contract(path)
        unsigned = contracts.signature_finding(contract, path, key)
        if unsigned is not None:
            findings.append(unsigned)
            verdicts.append(Verdict.FAIL)
        if not results:
            verdicts.append(Verdict.UNDECIDED)
            fields.append({"file": path, "bars": [], "reason": "no results were given"})
            continue
        wanted = tuple({*segments, *(b.segment.partition("=")[0] for b in contract.guards if b.segment)})
        read = build(read_results(results), Roles(truth=truth, segments=wanted), positive=contract.positive or "")
        readings = read_bars(contract, read, np.random.default_rng(seed), system=system or None)
        gate = decider.decide(readings)
        verdicts.append(gate.verdict)
        measures += gate.measures
        for r in readings:
            if r.verdict is not Verdict.PASS:
                rule = "bar-missed" if r.verdict is Verdict.FAIL and r.useful else (
                    "bar-without-skill" if r.verdict is Verdict.FAIL else "bar-undecided")  # fmt: skip
                findings.append(Finding(
                    rule=rule, severity=Severity.ERROR if r.verdict is Verdict.FAIL else Severity.WARNING, subject=path,
                    where=Where(file=path), message=f"{r.bar.words}: {r.reason}", evidence={"certainty": "measured"},
                    suggestion="it does not ship" if r.verdict is Verdict.FAIL else "label more items",
                ))  # fmt: skip
        row: dict[str, Any] = {"file": path, "owner": contract.owner, "bars": [
            {"bar": r.bar.words, "verdict": r.verdict.value, "reason": r.reason} for r in readings]}  # fmt: skip
        if signals:
            decided = _signals(contract, signals)
            row["signals"] = decided
            if decided["says"] == "down":
                verdicts.append(Verdict.FAIL)
                findings.append(Finding(
                    rule="signal-says-no", severity=Severity.ERROR, subject=path, where=Where(file=path),
                    message=f"the signal that decides ({decided['decides']}) went down",
                    evidence={"certainty": "measured"},
                    suggestion="it does not ship, whatever the other signals say",
                ))  # fmt: skip
            elif decided["says"] == "flat" and decided["disagree"]:
                verdicts.append(Verdict.UNDECIDED)
        fields.append(row)
    emit(Answer(verb="metrics gate", verdict=verdict_all(verdicts), findings=tuple(findings), measures=tuple(measures),
                fields={"contracts": fields}), as_json=as_json)  # fmt: skip


def _signals(contract: contracts.Contract, given: tuple[str, ...]) -> dict[str, Any]:
    seen: dict[str, Literal["up", "down", "flat"]] = {}
    for text in given:
        name, _, way = text.partition("=")
        if way not in ("up", "down", "flat"):
            raise WrongUse(f"expected a signal as NAME=up, down or flat, got {text!r}", where="--signal")
        seen[name] = way  # type: ignore[assignment]
    name, says, disagree = contracts.resolve_signals(contract.signals, seen)
    return {"decides": name, "says": says, "disagree": disagree, "seen": seen}


contract_group.add_command(gate_command)
