"""The control plane against a hostile web page: other hosts, other sites' forms, markup in what tenants sent."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tidegate.console.app import control_plane, host_name
from tidegate.console.pages import PAGES
from tidegate.settings import Settings, Store
from tidegate.spine.finding import Finding, Severity
from tidegate.store.findings import FindingStatus, Sighting
from tidegate.wiring import finding_book

MARKUP = "<img src=x onerror=alert(1)>"
POSTS = ("/admin/reload", "/admin/drain", "/findings", "/harvest", "/constraints", "/admin/constraints/confirm")


class Traces:
    def scan(self, **_: Any) -> list[Any]:
        return []

    def get(self, _id: str) -> None:
        return None


class World:
    def __init__(self, folder: Path) -> None:
        self.settings = Settings(store=Store(path=str(folder / ".tidegate")))
        self.socket_folder = folder
        self.reloads = 0

    def traces(self) -> Any:
        return Traces()

    def reload(self) -> None:
        self.reloads += 1


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return World(tmp_path)


@pytest.fixture
def browser(world: World) -> TestClient:
    return TestClient(control_plane(world, PAGES), base_url="http://localhost:8081")


def note(world: World, evidence: dict[str, Any]) -> str:
    """One finding whose every text is markup; its id."""
    finding = Finding(rule="tool-loop-repeat", severity=Severity.ERROR, subject=MARKUP, message=MARKUP,
                      suggestion=MARKUP, evidence=evidence)  # fmt: skip
    book = finding_book(world.settings.store)
    book.note([Sighting(check="loops", finding=finding, trace_id=MARKUP, tenant=MARKUP, at_s=1_790_000_000.0)])
    return book.records()[0].finding_id


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8081", "127.0.0.1.evil.example", "localhost.evil:80", "[::2]:8081", ""])  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(browser: TestClient, host: str) -> None:
    assert browser.get("/admin/settings", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8081", "127.0.0.1:8081", "[::1]", "[::1]:8081"])
def test_every_way_to_write_loopback_is_answered(browser: TestClient, host: str) -> None:
    assert browser.get("/admin/settings", headers={"host": host}).status_code == 200


def test_a_hosts_port_is_no_part_of_its_name() -> None:
    assert [host_name(h) for h in ("a:1", "a", "[::1]", "[::1]:1", "", ":1")] == ["a", "a", "[::1]", "[::1]", "", ":1"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://localhost:9999"},
     {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
    ids=str,
)  # fmt: skip
def test_a_form_of_another_site_changes_nothing(
    world: World, browser: TestClient, path: str, headers: dict[str, str]
) -> None:
    key = note(world, {})
    data = {"id": key, "status": "resolved", "by": "mallory", "reason": "gone"}
    refused = browser.post(path, data=data, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "foreign_origin"
    assert world.reloads == 0
    record = finding_book(world.settings.store).get(key)
    assert record is not None
    assert record.status is FindingStatus.OPEN


def test_our_own_form_and_a_program_may(world: World, browser: TestClient) -> None:
    key = note(world, {})
    data = {"id": key, "status": "resolved", "by": "anna", "reason": MARKUP}
    own = {"origin": "http://localhost:8081", "sec-fetch-site": "same-origin"}
    shown = browser.post("/findings", data=data, headers=own)
    assert shown.status_code == 200
    assert MARKUP not in shown.text
    assert browser.post("/admin/reload").status_code == 200
    assert world.reloads == 1


def test_a_get_changes_nothing(world: World, browser: TestClient) -> None:
    assert browser.get("/admin/reload").status_code == 405
    assert browser.get("/admin/drain").status_code == 405
    key = note(world, {})
    browser.get(f"/findings?id={key}&status=resolved&by=mallory&reason=x")
    record = finding_book(world.settings.store).get(key)
    assert record is not None
    assert record.status is FindingStatus.OPEN


@pytest.mark.parametrize("evidence", [{"calls": MARKUP}, {"core": [{"file": MARKUP, "line": 3, "text": MARKUP}]}, {"core": []}])  # fmt: skip
def test_what_tenants_sent_is_text_on_every_page(world: World, browser: TestClient, evidence: dict[str, Any]) -> None:
    key = note(world, evidence)
    for path in ("/findings", f"/findings?id={key}", f"/findings?id={MARKUP}", f"/findings?status={MARKUP}",
                 f"/traces?tenant={MARKUP}&ending={MARKUP}", f"/traces/{MARKUP}", f"/constraints?decision={MARKUP}"):  # fmt: skip
        shown = browser.get(path)
        assert shown.status_code in (200, 404, 422), path
        assert MARKUP not in shown.text, path
        assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]


def test_a_call_that_is_not_there_is_404_and_a_wrong_limit_is_said(browser: TestClient) -> None:
    missing = browser.get("/traces/call_nope")
    assert missing.status_code == 404
    assert "call_nope" in missing.text
    for path in ("/admin/calls", "/admin/constraints/decisions"):
        for limit in ("abc", "-5", "0", "²", ""):
            refused = browser.get(f"{path}?limit={limit}")
            assert refused.status_code == 422, (path, limit)
            assert "expected a number from 1" in refused.json()["error"]["message"]
        assert browser.get(f"{path}?limit=99999999999999999999").status_code == 200
