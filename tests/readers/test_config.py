"""`tidegate.yaml`: what is acceptable is read exactly, what is not is refused by name, line and remedy."""

import contextlib
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tidegate.readers.config import json_schema, parse_settings, read_settings, secret
from tidegate.render.config_template import Answers, config_text
from tidegate.settings import Settings
from tidegate.spine.errors import SettingError

GOOD = """
upstreams:
  - name: engine
    url: http://127.0.0.1:8000/v1
routes:
  - model: small
    upstreams: [engine]
    aliases: [default]
classes:
  - name: default
  - name: interactive
    ttft_target_ms: 500
tenants:
  - name: chat
    service_class: interactive
"""


def test_a_good_file_is_read() -> None:
    settings = parse_settings(GOOD)
    assert settings.upstreams[0].name == "engine"
    assert settings.routes[0].aliases == ("default",)
    assert settings.tenants[0].weight == 1.0


# Each bad file, and what its message must name: line, value, remedy.
BAD = {
    "unknown key": (GOOD + "wokers: 2\n", [":16", "wokers", "workers"]),
    "unknown nested key": (GOOD.replace("url:", "ulr:"), [":4", "ulr", "upstreams.0", "did you mean 'url'"]),
    "wrong type": (GOOD + "workers: many\n", [":16", "workers", "many", "int"]),
    "zero weight": (GOOD + "    weight: 0\n", ["weight above 0", "chat", "0"]),
    "negative weight": (GOOD + "    weight: -1\n", ["weight above 0", "-1"]),
    "infinite weight": (GOOD + "    weight: .inf\n", ["finite weight", "inf"]),
    "unknown class": (GOOD.replace("service_class: interactive", "service_class: interactiv"), [":15", "interactiv"]),
    "unknown upstream": (GOOD.replace("[engine]", "[engin]"), ["engin", "did you mean 'engine'"]),
    "two tenants of one name": (GOOD + "  - name: chat\n", ["two tenants", "chat"]),
    "two routes for one name": (GOOD.replace("[default]", "[small]"), ["small", "already taken"]),
    "no address": (GOOD.replace("http://127.0.0.1:8000/v1", "localhost"), ["http://", "localhost"]),
    "no mapping": ("- 1\n", ["mapping", "list"]),
    "broken yaml": ("a: [1\n", ["not YAML", ":"]),
    "key twice": (GOOD + "workers: 1\nworkers: 2\n", ["stands twice", "workers"]),
    "no worker": (GOOD + "workers: 0\n", ["at least 1 worker"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_place_value_and_remedy(name: str) -> None:
    text, expected = BAD[name]
    with pytest.raises(SettingError) as caught:
        parse_settings(text, "t.yaml")
    for part in ["t.yaml", *expected]:
        assert part in str(caught.value), f"{part!r} is missing in: {caught.value}"


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="tidegate init"):
        read_settings(tmp_path / "none.yaml")


def test_secrets_come_by_reference_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from-file\n")
    monkeypatch.setenv("A_KEY", "from-environment")
    monkeypatch.delenv("NO_KEY", raising=False)
    assert secret(f"file:{tmp_path / 'key'}") == "from-file"
    assert secret("env:A_KEY") == "from-environment"
    with pytest.raises(SettingError, match="NO_KEY"):
        secret("env:NO_KEY")
    with pytest.raises(SettingError) as caught:
        secret("sk-live-abcdef")
    assert "abcdef" not in str(caught.value), "an error message may not show a secret"


def test_an_empty_file_is_all_defaults() -> None:
    assert parse_settings("") == Settings()


names = st.from_regex(r"[a-z][a-z0-9_.-]{0,12}", fullmatch=True)


@given(
    models=st.lists(names, min_size=1, max_size=3, unique=True),
    tenants=st.lists(names, min_size=1, max_size=3, unique=True),
    kind=st.sampled_from(["vllm", "llamacpp", "openai", "anthropic", "opaque"]),
)
def test_what_init_writes_parses(models: list[str], tenants: list[str], kind: str) -> None:
    answers = Answers(
        upstream_url="http://127.0.0.1:8000/v1",
        upstream_kind=kind,
        models=models,
        tenants=[(t, "default") for t in tenants],
    )
    settings = parse_settings(config_text(answers))
    assert [t.name for t in settings.tenants] == tenants
    assert [r.model for r in settings.routes] == models


def test_settings_survive_a_round_trip_through_yaml() -> None:
    settings = parse_settings(GOOD)
    assert parse_settings(yaml.safe_dump(msgspec.to_builtins(settings))) == settings


def test_the_json_schema_knows_every_top_key() -> None:
    schema = json_schema()
    top = schema["$defs"]["Settings"]["properties"]
    assert set(top) == {f.encode_name for f in msgspec.structs.fields(Settings)}
    assert schema["$defs"]["Settings"]["additionalProperties"] is False


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_crashes(text: str) -> None:
    with contextlib.suppress(SettingError):
        assert isinstance(parse_settings(text), Settings)
