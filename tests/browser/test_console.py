"""The console in a real browser, in front of the real program: gateway, workers, control plane, simulated engine.

Needs the system's Chromium (`.ci/run` installs it); skips on a machine without one, never in CI.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tidegate.check.verify.engine import verify_answer
from tidegate.render import claims_page
from tidegate.render.config_template import Answers, config_text
from tidegate.runner.load import Due, run_load
from tidegate.runner.processes import Child, free_port
from tidegate.settings import Store
from tidegate.spine.finding import Finding, Severity
from tidegate.store.findings import Sighting
from tidegate.wiring import add_key, finding_book

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The running program: (data plane, console, key of the tenant `chat`)."""
    folder = tmp_path_factory.mktemp("served")
    engine, port, control = free_port(), free_port(), free_port()
    answers = Answers(
        upstream_url=f"http://127.0.0.1:{engine}/v1", upstream_kind="vllm", models=["simulated"],
        tenants=[("chat", "interactive"), ("batch", "batch")], port=port, control_port=control,
        store_path=str(folder / "store"),
    )  # fmt: skip
    config = folder / "tidegate.yaml"
    config.write_text(config_text(answers))
    key = add_key(folder / "store", "chat")
    (folder / "results.csv").write_text(results_csv())
    with (
        Child(["tidegate.sim.engine_server", "--port", str(engine)], folder / "engine.log", "the engine") as e,
        Child(["tidegate.cli", "serve", "--config", str(config)], folder / "gateway.log", "the gateway", folder) as g,
    ):
        e.wait_ready(f"http://127.0.0.1:{engine}/health", 30)
        g.wait_ready(f"http://127.0.0.1:{control}/readyz", 30)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{control}", key


def results_csv() -> str:
    """Two screeners: one misses little and cries wolf, one the other way round."""
    lines = ["id,label,eager,careful"]
    for i in range(2000):
        relevant = i % 20 == 0
        eager = (i % 10 != 0 or i % 40 != 0) if relevant else i % 4 == 1
        careful = i % 60 == 0 if relevant else i % 50 == 1
        lines.append(f"{i},{int(relevant)},{int(eager)},{int(careful)}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def store(served: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The running program's store."""
    return next(p / "store" for p in tmp_path_factory.getbasetemp().iterdir() if p.name.startswith("served"))


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a headless Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        message = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page()
        browser.close()


def send(base: str, key: str, n: int) -> None:
    due = [Due(at_s=0.02 * i, tenant="chat", key=key, prompt=f"question {i}", tokens_output_max=8) for i in range(n)]
    with ThreadPoolExecutor(1) as pool:  # the browser's driver has a loop running in this thread
        samples = pool.submit(lambda: asyncio.run(run_load(f"{base}/v1", due, "simulated"))).result(60)
    assert all(s.ttft_ms is not None for s in samples), samples


def test_live_traffic_appears_by_itself(served: tuple[str, str, str], page: Page) -> None:
    base, console, key = served
    page.goto(console)
    assert "Live traffic" in page.inner_text("h1")
    send(base, key, 12)
    row = page.locator('tr[data-tenant="chat"]')
    row.locator("text=completed").wait_for(timeout=10_000)
    assert "target 500 ms" in row.inner_text()
    assert "ms" in row.locator("td").nth(4).inner_text(), "the first-token P50 is measured"


def test_a_trace_opens_as_a_timeline(served: tuple[str, str, str], page: Page) -> None:
    base, console, key = served
    send(base, key, 1)
    page.goto(f"{console}/traces?tenant=chat")
    page.locator("a:has-text('show')").first.click()
    text = page.inner_text("main")
    assert "chat asked simulated" in text
    assert "first token" in text
    assert "question" in text, "the request's body is shown where the tenant keeps bodies"
    assert key not in page.content(), "a key never reaches a page"


def test_the_console_works_without_script(served: tuple[str, str, str], page: Page) -> None:
    _, console, _ = served
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(console)
    assert "Live traffic" in plain.inner_text("h1")
    context.close()


def test_the_scheduling_page_shows_who_was_served(served: tuple[str, str, str], page: Page) -> None:
    base, console, key = served
    send(base, key, 5)
    page.goto(f"{console}/scheduling")
    row = page.locator("#classes tr[data-tenant=chat]")
    row.wait_for(timeout=10_000)
    assert "target 500 ms" in row.inner_text()
    assert "100 %" in page.locator("#shares").inner_text()
    assert "of 16" in page.locator("#windows").inner_text()


def test_a_finding_is_read_and_moved_with_a_reason(served: tuple[str, str, str], store: Path, page: Page) -> None:
    _, console, _ = served
    finding = Finding(rule="forbidden-output", severity=Severity.ERROR, subject="card numbers",
                      message="the answer holds <b>a card</b> number", suggestion="enforce it in flight")  # fmt: skip
    sighting = Sighting(check="constraints", finding=finding, trace_id="trace_1", tenant="chat", at_s=1_790_000_000.0)
    finding_book(Store(path=str(store))).note([sighting, sighting])
    page.goto(f"{console}/findings")
    row = page.locator("tr", has_text="card numbers")
    assert "forbidden-output" in row.inner_text()
    assert "<b>" in row.inner_text(), "what a check says is text, never markup"
    row.locator("a").first.click()
    assert "2 times" in page.inner_text("main")
    page.select_option("select[name=status]", "resolved")
    page.fill("input[name=by]", "anna")
    page.fill("input[name=reason]", "the rule is enforced now")
    page.click("button")
    assert "open → resolved by anna: the rule is enforced now" in page.inner_text("main")
    page.goto(f"{console}/findings")
    assert "card numbers" not in page.inner_text("main")


def test_an_answer_is_verified_in_place(served: tuple[str, str, str], page: Page) -> None:
    _, console, _ = served
    page.goto(f"{console}/verify")
    page.fill("textarea[name=answer]", "We add: 17 * 3 = 52. <i>And</i> 2 + 2 = 4.")
    page.click("button")
    assert page.inner_text("mark.refuted").strip() == "17 * 3 = 52"
    assert "51" in page.inner_text("ol")
    assert "<i>And</i>" in page.inner_text("main pre"), "an answer is text, never markup"
    page.fill("textarea[name=answer]", "Nice weather today.")
    page.click("button")
    assert "nothing here was verified" in page.inner_text("main")


def test_a_marked_page_fits_a_telephone_and_lists_only_what_is_wrong(page: Page, tmp_path: Path) -> None:
    text = "".join(f"Wert {n}: {n} * 7 = {7 * n + (n == 9)} {'x' * 300}\n" for n in range(2, 30))
    file = tmp_path / "page.html"
    file.write_text(claims_page.page([claims_page.Page("a", text, verify_answer(text).claims_json())]))
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(f"file://{file}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    rows = page.locator(".claims > li")
    assert rows.count() == 28
    page.check("#wrong")
    assert [rows.nth(n).inner_text().split("\n")[1] for n in range(28) if rows.nth(n).is_visible()] == ["✗ refuted"]
    page.click("mark.refuted + sup a")
    assert page.locator(":target").inner_text().startswith("8"), "the mark leads to its computation"


def test_a_prompt_is_linted_in_place(served: tuple[str, str, str], page: Page) -> None:
    _, console, _ = served
    page.goto(f"{console}/prompts")
    page.fill(
        "textarea[name=prompt]",
        "You help <b>customers</b>.\nAnswer in one sentence.\nAlways write at least three sentences.",
    )
    page.click("button")
    text = page.inner_text("section")
    assert "line 2" in text
    assert "line 3" in text
    page.fill("textarea[name=prompt]", "Answer in one sentence.")
    page.click("button")
    assert "No contradiction was proved" in page.inner_text("main")


def test_a_stakeholder_is_asked_what_a_miss_is_worth(served: tuple[str, str, str], page: Page) -> None:
    """By clicking only: somebody who hates misses ends with a ratio above one and the eager screener first."""
    _, console, _ = served
    page.goto(f"{console}/metrics/elicit")
    page.fill("input[name=results]", "results.csv")
    page.fill("input[name=stakeholder]", "anna")
    page.click("button")
    asked = 0
    while page.locator("a.choice").count():
        page.locator("a.choice").nth(1).click()  # B: fewer misses
        asked += 1
        assert asked <= 12
    said = page.inner_text("main")
    assert "a miss is worth" in said
    assert "eager, careful" in said
    with page.expect_download() as download:
        page.click("text=Save the answers")
    assert '"stakeholder":"anna"' in Path(download.value.path()).read_text()
    page.goto(f"{console}/metrics/elicit?results=../../etc/passwd&stakeholder=x")
    assert "below the folder" in page.inner_text("main")


def status_of(request: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_strange_hosts_and_foreign_pages_are_refused(served: tuple[str, str, str]) -> None:
    _, console, _ = served
    assert status_of(urllib.request.Request(f"{console}/admin/status")) == 200
    assert status_of(urllib.request.Request(f"{console}/admin/status", headers={"Host": "evil.example"})) == 421
    foreign = urllib.request.Request(
        f"{console}/admin/reload", method="POST", headers={"Origin": "http://evil.example"}
    )
    assert status_of(foreign) == 403
    assert status_of(urllib.request.Request(f"{console}/admin/reload", method="POST")) == 200


def test_nothing_is_left_running_after_the_demo_is_interrupted(tmp_path: Path) -> None:
    """Ctrl-C in the middle of the demo ends engine, gateway, workers and control plane."""
    arguments = ["demo", "--engine", "simulated", "--no-stay", "--folder", str(tmp_path / "d")]
    demo = subprocess.Popen(
        [sys.executable, "-m", "tidegate.cli", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and not (tmp_path / "d" / "gateway.log").exists():
        time.sleep(0.1)
    time.sleep(2)
    demo.send_signal(signal.SIGINT)
    demo.wait(20)
    time.sleep(0.5)
    left = subprocess.run(["pgrep", "-f", str(tmp_path / "d")], capture_output=True, text=True).stdout.split()
    assert not left, f"still running: {left}"


SUITE = """suite: 1
mode: refund window
cases:
  - input: How long may I return <img src=x onerror="document.title='owned'"> shoes?
    expect: [{oracle: required, all: [30 days]}]
  - input: May I return a gift without a receipt?
    expect: [{oracle: forbidden, texts: ["yes, always"]}]
"""


def test_cases_are_reviewed_in_the_browser(served: tuple[str, str, str], store: Path, page: Page) -> None:
    _, console, _ = served
    suite = store.parent / "suite"
    suite.mkdir()
    (suite / "returns.yaml").write_text(SUITE)
    page.goto(f"{console}/harvest")
    rows = page.locator("tr:has(button[value=accept])")
    assert rows.count() == 2
    assert "<img" in rows.first.inner_text(), "what users wrote is text, never markup"
    assert page.title() == "Harvest · Tidegate"
    rows.first.locator("button[value=accept]").click()
    assert rows.count() == 2, "the browser asks for a name before anything is sent"
    rows.first.locator("input[name=owner]").fill("ana")
    rows.first.locator("button[value=accept]").click()
    page.locator("td:has-text('ana')").first.wait_for(timeout=10_000)
    rows.first.locator("input[name=owner]").fill("ana")
    rows.first.locator("input[name=reason]").fill("no policy says so")
    rows.first.locator("button[value=reject]").click()
    page.locator("text=Nothing waits.").wait_for(timeout=10_000)
    assert "no policy says so" in page.inner_text("main")
    assert (suite / "returns.yaml").read_text().count("input:") == 1
