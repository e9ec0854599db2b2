"""The marked answer: every claim is shown once with its verdict and computation, in a terminal and on a page."""

import io
import re
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.numbers.shown import cited
from tidegate.check.verify.simulation import SimulationRun, decide_simulations
from tidegate.cli.main import main
from tidegate.render.claims import SIGN, marked, marks, notes, summary
from tidegate.render.claims_page import Page, page
from tidegate.runner.sandbox import Invariant

HOSTILE = """<script>alert(1)</script> & "12 * 7 = 94" <img src=x onerror=alert(2)>

```python
import numpy as np
print(np.lineespace(0, 1, 5), "</code></div><b>")
```

מחיר 15 * 3 = 35 ₪, so 6 * 7 = 42.
"""


def claim(a: int, b: int, verdict: str = "supported", certainty: str = "proved", kind: str = "equation") -> dict[str, Any]:  # fmt: skip
    return {"kind": kind, "text": f"claim {a}", "verdict": verdict, "message": f"said {a}",
            "where": {"span": [a, b]}, "evidence": {"certainty": certainty, "computation": f"computed {a}"}}  # fmt: skip


def printed(text: str, claims: list[dict[str, Any]], width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(marked(text, claims))
    console.print(notes(text, claims))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_what_cannot_be_marked_stands_with_the_mark_that_covers_it() -> None:
    text = "x" * 100
    claims = [
        claim(10, 60),
        claim(20, 30, "refuted"),
        claim(25, 40, "unverifiable"),
        claim(70, 80, "refuted", "possible"),
    ]
    found = marks(text, claims)
    assert [(m.number, m.start, m.end) for m in found] == [(1, 20, 30), (2, 70, 80)]
    assert [c["where"]["span"][0] for c in found[0].within] == [10, 25]
    shown = printed(text, claims)
    for c in claims:
        assert (c["message"] if c["verdict"] == "unverifiable" else c["evidence"]["computation"]) in shown
        assert c["message"] in page([Page("a", text, claims)])
    assert summary(claims) == "3 of 4 claims decided: 1 refuted, 1 suspected, 1 supported; 1 unverifiable"


def test_verdicts_are_told_without_colour() -> None:
    claims = [claim(0, 2), claim(3, 5, "refuted"), claim(6, 8, "refuted", "possible"), claim(9, 11, "unverifiable")]
    assert printed("aa bb cc dd", claims).split("\n")[0] == "aa[✓1] bb[✗2] cc[!3] dd[?4]"
    shown = page([Page("a", "aa bb cc dd", claims)])
    for n, (verdict, sign) in enumerate(
        (("supported", "✓"), ("refuted", "✗"), ("suspected", "!"), ("unverifiable", "?")), 1
    ):
        assert SIGN[verdict] == sign
        assert f'aria-label="claim {n}, {verdict}">{sign}{n}</a>' in shown
    marks_without_line = re.findall(r"mark\.(\w+)\{background:[^;}]*\}", shown)
    assert marks_without_line == ["supported"], "what needs attention has a line under it, each its own"


def test_a_page_holds_nothing_foreign_and_everything_is_escaped() -> None:
    found = verify_answer(HOSTILE)
    verdicts = {c["text"].strip(): c["verdict"] for c in found.claims_json()}
    assert verdicts["15 * 3 = 35"] == "refuted"
    shown = page([Page("<i>a.md", HOSTILE, found.claims_json(), question="<u>?"), Page("b", "", [])])
    tags = set(re.findall(r"<(/?[a-z0-9!]+)", shown))
    known = {"!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "nav", "ul", "li", "a", "section",
             "div", "mark", "sup", "ol", "code", "br", "bdi", "label", "input"}  # fmt: skip
    assert {t.lstrip("/") for t in tags} <= known
    assert "onerror=alert" in shown, "as text"
    assert not re.findall(
        r"""(?:src|href)\s*=\s*["']?[^#"']|url\(|@import""",
        re.sub(r"<div class=\"text.*?</div>", "", shown, flags=re.S),
    )
    assert "default-src 'none'" in shown
    for opening in ("div", "code", "mark", "li", "ol", "section"):
        assert shown.count(f"<{opening}") == shown.count(f"</{opening}>"), opening
    plain = re.sub(r"<sup>.*?</sup>|<[^>]*>", "", shown[shown.index('<div class="text') : shown.index("</div>")])
    assert plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == HOSTILE.replace("&amp;", "&")  # fmt: skip


def test_a_program_is_marked_at_its_head_and_its_lines_keep_their_own_marks() -> None:
    code = "import math\n\ndef swing(dt):\n    return dt\n\nprint(12)\n"
    row = Invariant(name="energy", holds=False, measured="drift 4", expected="at most 0.02")
    run = SimulationRun(start=0, end=len(code), status="ran", rows=(row,))
    found = verify_answer(code, more=decide_simulations(code, [run]), program=True)
    rows = found.claims_json()
    assert [0, len(code)] in [c["where"]["span"] for c in rows], "the document keeps the whole program"
    assert "def swing(dt):[✗2]" in printed(code, rows)
    assert "import math[✓1]" in printed(code, rows)


def test_many_claims_take_no_longer_each_than_few() -> None:
    """A megabyte of arithmetic took minutes when each mark was compared with all others."""
    claims = [claim(10 * n, 10 * n + 9, "refuted" if n % 9 == 0 else "supported") for n in range(6_000)]
    text = "x" * 60_000
    start = time.process_time()
    assert len(marks(text, claims)) == 6_000
    assert time.process_time() - start < 1
    shown = printed(text[:10], claims)
    assert "5,333 claims that are supported or unverifiable are not listed here" in shown


@pytest.mark.parametrize(
    ("text", "computation"),
    [
        (r"$\frac{12}{6.0 \times 10^{6}} = 2.0 \times 10^{-6}$", "12 / (6.0 × 10^6) = 0.000002"),
        (r"$\sqrt{2 \times 5.97 \times 10^{5}} = 1093$", "sqrt(2 × 5.97 × 10^5) = 1092.70307"),
        ("A discount of 15 % of 204 is 30.6.", "15 % of 204 = 30.6"),
    ],
)
def test_a_computation_reads_as_it_is_meant(text: str, computation: str) -> None:
    assert [d.receipt.computation for d in verify_answer(text).decisions] == [computation]


def test_a_message_quotes_the_answer_as_it_stands() -> None:
    assert cited("\\frac{1}{2}\n  = 2") == "'\\frac{1}{2} = 2'"
    (finding,) = verify_answer(r"So $\frac{1}{2} \cdot 8 = 5$.").findings
    assert finding.message.startswith(r"'\frac{1}{2} \cdot 8 = 5': ")


def exit_code(*argv: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["verify", *map(str, argv)])
    return ended.value.code


def test_rows_make_a_page_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, out = tmp_path / "rows.jsonl", tmp_path / "page.html"
    rows.write_text(
        '{"id": "first", "answer": "12 * 7 = 94"}\n{"id": "second", "question": "How much?", "answer": "6 * 7 = 42"}\n'
    )
    assert exit_code("--jsonl", rows, "--html", out) == 1
    shown = out.read_text()
    assert '<a href="#a0">first</a>' in shown
    assert "How much?" in shown
    assert exit_code(rows, "--html", tmp_path / "no" / "page.html") == 2
    assert "cannot write the page" in capsys.readouterr().err
