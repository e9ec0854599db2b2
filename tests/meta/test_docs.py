"""Docs are checked: the reference is fresh, every verb and setting has its place, links lead somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
import yaml

from tidegate import settings
from tidegate.catalog import CAPABILITIES
from tidegate.cli.main import VERBS
from tidegate.gateway.measures import BY_NAME

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["cli.md", "settings.md", "endings-and-errors.md", "metrics.md"])
def test_the_reference_is_fresh(page: str) -> None:
    fresh = generator().PAGES[page]()
    assert (REFERENCE / page).read_text() == fresh, f"docs/reference/{page} is stale: run `make reference`"


def test_alerts_ask_for_metrics_that_there_are() -> None:
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text()
    rules = [r for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) for g in yaml.safe_load(block)["groups"]
             for r in g["rules"]]  # fmt: skip
    assert len(rules) >= 8
    for rule in rules:
        assert {"alert", "expr", "annotations"} <= set(rule)
        names = {re.sub(r"_(bucket|sum|count)$", "", n) for n in re.findall(r"tidegate_\w+", rule["expr"])}
        assert names
        assert names <= set(BY_NAME), rule["alert"]


def test_every_setting_is_in_the_reference() -> None:
    text = (REFERENCE / "settings.md").read_text()
    for field in msgspec.structs.fields(settings.Settings):
        assert f"`{field.encode_name}`" in text


def test_every_verb_is_in_the_reference() -> None:
    text = (REFERENCE / "cli.md").read_text()
    for verb in VERBS:
        assert f"\n## tidegate {verb}\n" in text


@pytest.mark.parametrize("capability", [c for c in CAPABILITIES if c.built], ids=lambda c: c.name)
def test_every_built_capability_has_its_how_to(capability: object) -> None:
    path = ROOT / "docs" / "how-to" / f"{capability.verb}.md"  # type: ignore[attr-defined]
    assert path.exists(), f"{path.relative_to(ROOT)} is missing"


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}, which does not exist"
