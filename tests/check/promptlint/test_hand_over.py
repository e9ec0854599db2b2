"""A ban found in a prompt becomes an entry of constraints.yaml, and what it forbids is then refused outside the model."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tidegate.check.promptlint.lint import analyse
from tidegate.check.promptlint.model import Source
from tidegate.check.promptlint.notes import notes
from tidegate.cli.verbs.constraints import command as constraints
from tidegate.cli.verbs.prompts import command as prompts

PROMPT = (
    'You help guests.\n\nNever call cancel_stay.\nNever use the word "cheap".\nNever call refund_all when it rains.\n'
)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """The policy that the linter's notes make."""
    path = tmp_path / "support.md"
    path.write_text(PROMPT)
    told = json.loads(CliRunner().invoke(prompts, ["lint", str(path), "--no-blame", "--json"]).output)
    rules = [n["evidence"]["constraint"] for n in told["notes"] if "constraint" in n["evidence"]]
    assert [r["id"] for r in rules] == ["never-call-cancel-stay", "never-say-cheap"]
    out = tmp_path / "constraints.yaml"
    document = {"version": 1, "tools": {"cancel_stay": {"effect": "irreversible"}}, "hard": rules}
    out.write_text(yaml.safe_dump(document))
    return out


def test_the_forbidden_call_is_denied(policy: Path, tmp_path: Path) -> None:
    calls = tmp_path / "call.json"
    calls.write_text(json.dumps({"calls": [{"name": "cancel_stay", "arguments": {}}], "context": {"request": "go"}}))
    told = json.loads(CliRunner().invoke(constraints, ["check", str(calls), "--policy", str(policy), "--json"]).output)
    assert [(d["decision"], d["rules"]) for d in told["decisions"]] == [("deny", ["never-call-cancel-stay"])]


@pytest.mark.parametrize(("text", "blocked"), [("A Cheap room.", True), ("A cheaper room.", False)])
def test_the_forbidden_word_does_not_reach_the_client(policy: Path, text: str, blocked: bool) -> None:
    ran = CliRunner().invoke(constraints, ["filter", "-", "--policy", str(policy), "--json"], input=text)
    assert json.loads(ran.output)["blocked"] is blocked


def test_a_condition_in_words_is_left_to_a_person() -> None:
    found = notes(analyse([Source(name="p", text=PROMPT)]))
    (rule,) = [f for f in found if f.rule == "could-be-hard" and f.where.line == 5]
    assert "constraint" not in rule.evidence
