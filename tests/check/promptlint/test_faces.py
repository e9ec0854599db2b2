"""The linter's other faces: traffic, editors, review in CI, assembled and built prompts, every file form, bad input.

Goal: each form reaches the same core at the right line; nothing bad gives a traceback, one bad
line loses no other line.
"""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tidegate.check.promptlint.lint import analyse, findings
from tidegate.check.promptlint.model import Source
from tidegate.check.promptlint.plugin import PromptCheck, version_of
from tidegate.cli.verbs.prompts import command
from tidegate.cli.verbs.prompts_lsp import Server
from tidegate.flow import check_trace
from tidegate.spine.call import Call, Ending, Identity
from tidegate.spine.contracts import Check
from tidegate.spine.conversation import Conversation, Message, Text, Tool
from tidegate.spine.errors import InputError, WrongUse
from tidegate.spine.trace import CallTrace

TWO = ("Reply in at most 2 sentences.", "Every reply has at least 5 sentences.")


def cores(text: str, **kind: Any) -> list[list[int]]:
    found = findings(analyse([Source(name="p", text=text, **kind)]))
    return [[c["line"] for c in f.evidence["core"]] for f in found if "core" in f.evidence]


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(command, [*arguments, "--json"])
    return result.exit_code, json.loads(result.stdout)


# -- file forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"# Rules\n\n- {TWO[0]}\n- Be polite.\n- {TWO[1]}\n", [3, 5]),
        (f"<rules>\n  <rule>{TWO[0]}</rule>\n  <tone>Be polite.</tone>\n  <rule>{TWO[1]}</rule>\n</rules>", [2, 4]),
        (f"rules:\n  - '{TWO[0]}'\n  - \"Be polite.\"\n  - '{TWO[1]}'\n", [2, 4]),
        (f"{TWO[0]} Be polite.\n\nThanks. {TWO[1]}", [1, 3]),
        (f"{TWO[0]}\r\nBe polite.\r\n{TWO[1]}\r\n", [1, 3]),
        (f"{{{{#pro}}}}\n{TWO[0]}\n{{{{/pro}}}}\n{TWO[1]}\n", [2, 4]),
        (f"{{% if tier == 'pro' %}}\n{TWO[0]}\n{{% else %}}\nBe polite.\n{{% endif %}}\n{TWO[1]}\n", [2, 6]),
        (f"You help {{name}} with {{product}}.\n{TWO[0]}\nToday is {{date}}.\n{TWO[1]}\n", [2, 4]),
    ],
)  # fmt: skip
def test_every_form_reaches_the_core(text: str, lines: list[int]) -> None:
    assert cores(text) == [lines]


@pytest.mark.parametrize(
    "text",
    [
        f"{{% if tier == 'pro' %}}\n{TWO[0]}\n{{% else %}}\n{TWO[1]}\n{{% endif %}}\n",
        f"{{{{#pro}}}}\n{TWO[0]}\n{{{{/pro}}}}\n{{{{^pro}}}}\n{TWO[1]}\n{{{{/pro}}}}\n",
        f"<example>\n{TWO[0]}\n</example>\n{TWO[1]}\n",
        f"```\n{TWO[0]}\n```\n{TWO[1]}\n",
        f"> {TWO[0]}\n\n{TWO[1]}\n",
    ],
)
def test_branches_that_exclude_each_other_and_quotations_do_not_meet(text: str) -> None:
    assert cores(text) == []


def test_message_lists_in_yaml_and_json(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": TWO[0]}, {"role": "system", "content": TWO[1]}]
    (tmp_path / "m.json").write_text(json.dumps(messages))
    (tmp_path / "m.yaml").write_text(f"messages:\n  - role: system\n    content: |\n      {TWO[0]}\n      {TWO[1]}\n")
    for name in ("m.json", "m.yaml"):
        code, out = run("lint", str(tmp_path / name))
        assert code == 1, name
        assert len(out["findings"]) == 1, name


def test_assembled_sources_are_one_prompt(tmp_path: Path) -> None:
    names = []
    for name, text in (("system.md", TWO[0]), ("memory.md", TWO[1])):
        (tmp_path / name).write_text(text + "\n")
        names.append(str(tmp_path / name))
    assert run("lint", *names)[0] == 0
    code, out = run("lint", "--assembled", *names)
    assert code == 1
    assert {Path(c["file"]).name for c in out["findings"][0]["evidence"]["core"]} == {"system.md", "memory.md"}


def test_build_resolves_by_layer_and_records_it(tmp_path: Path) -> None:
    (tmp_path / "task.md").write_text("---\nlayer: task\nowner: '@growth'\n---\nAdd an emoji to every reply.\n")
    (tmp_path / "safety.md").write_text("---\nlayer: safety\nowner: '@trust'\n---\nNever use emoji.\n")
    code, out = run("build", str(tmp_path))
    assert "Never use emoji." in out["text"]
    assert "Add an emoji" not in out["text"]
    assert "@trust" in json.dumps(out["record"])
    assert code == 0
    assert out["version"].startswith("sha256:")


# -- traffic -----------------------------------------------------------------------------------


def trace(version: str | None = None) -> CallTrace:
    call = Call(call_id="c", identity=Identity(tenant="t"), dialect="chat", model="m", prompt_version=version)
    return CallTrace(trace_id="tr1", call=call, ending=Ending.COMPLETED)


def conversation(*system: str, tool: str = "") -> Conversation:
    messages = tuple(Message("system", (Text(s),), k) for k, s in enumerate(system))
    tools = (Tool(name="search", description=tool),) if tool else ()
    return Conversation(
        model="m", messages=(*messages, Message("user", (Text("Always answer in French."),), 9)), tools=tools
    )


def test_declared_concerns_govern_and_what_lost_is_said(tmp_path: Path) -> None:
    (tmp_path / "product.md").write_text(
        "---\nlayer: product\nconcerns: [tone, length]\n---\nBe formal.\nUse at most 80 words.\n"
    )
    (tmp_path / "safety.md").write_text(
        "---\nlayer: safety\nconcerns: [refusal, format]\n---\nNever give medical advice.\n"
    )
    (tmp_path / "task.md").write_text("---\nlayer: task\n---\nWrite at least 120 words.\n")
    result = CliRunner().invoke(command, ["build", str(tmp_path)])
    assert "no layer governs" not in result.stdout
    assert "goes before it, and no number of words is both at most 80 and at least 120" in " ".join(
        result.stdout.split()
    )
    (tmp_path / "task.md").write_text("---\nlayer: task\n---\nUse at least 20 words.\n")
    said = "".join(CliRunner().invoke(command, ["build", str(tmp_path)]).stdout.split())  # long paths wrap anywhere
    assert "product.mdgovernslength,and" in said
    (tmp_path / "task.md").write_text("---\nlayer: task\ngoverns: [tone]\n---\nBe casual.\n")
    refused = CliRunner().invoke(command, ["build", str(tmp_path)]).exception
    assert "no key 'governs'" in str(refused)
    assert "concerns" in str(refused)


def test_the_check_reads_what_was_sent_and_nothing_the_user_said() -> None:
    check = PromptCheck()
    assert isinstance(check, Check)
    found = list(check_trace(trace(), conversation("Answer in English, always.", TWO[0], TWO[1]), [check]))
    assert [f.rule for f in found] == ["length-conflict"]
    assert found[0].where.trace == "tr1"
    assert [c["file"] for c in found[0].evidence["core"]] == ["system[1]", "system[2]"]
    assert not list(check.check(trace(), conversation("Answer in English.")))
    assert not list(check.check(trace(), None))


def test_a_tool_description_is_part_of_the_prompt() -> None:
    found = list(
        PromptCheck().check(trace(), conversation("Never call search_docs.", tool="Always call search_docs first."))
    )
    assert {c["file"] for f in found for c in f.evidence["core"]} == {"system[0]", "tools.search"}


def test_equal_prompts_are_linted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate.check.promptlint import plugin

    calls = []
    real = plugin.analyse
    monkeypatch.setattr(plugin, "analyse", lambda s: (calls.append(1), real(s))[1])
    check = PromptCheck(known_max=2)
    for k in (1, 1, 2, 1, 3, 1):
        list(check.check(trace(), conversation(f"Rule {k}.", *TWO)))
    assert len(calls) == 3


def test_the_version_is_the_one_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text("Answer in French.")
    _, out = run("version", str(tmp_path / "p.md"))
    assert list(out["versions"].values()) == [version_of([Source(name="x", text="Answer in French.")])]


# -- editors -----------------------------------------------------------------------------------


def lsp(*messages: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    raw = b"".join(
        b"Content-Length: %d\r\n\r\n" % len(d) + d
        for d in (json.dumps({"jsonrpc": "2.0", **m}).encode() for m in messages)
    )
    sink = io.BytesIO()
    code = Server(io.BytesIO(raw), sink).run()
    out, data = [], sink.getvalue()
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        n = int(head.split(b":")[1])
        out.append(json.loads(rest[:n]))
        data = rest[n:]
    return code, out


def test_an_editor_sees_both_lines_with_links() -> None:
    document = {"uri": "file:///p.md", "text": f"Hello 😀.\n{TWO[0]}\n😀 {TWO[1]}\n"}
    code, out = lsp(
        {"id": 1, "method": "initialize", "params": {}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"method": "textDocument/didChange", "params": {"textDocument": {"uri": document["uri"]}, "contentChanges": [{"text": "Be brief."}]}},
        {"id": 2, "method": "textDocument/hover", "params": {}},
        {"id": 3, "method": "shutdown"},
        {"method": "exit"},
    )  # fmt: skip
    assert code == 0
    first, second = [m["params"]["diagnostics"] for m in out if m.get("method") == "textDocument/publishDiagnostics"]
    assert [d["range"]["start"]["line"] for d in first] == [1, 2]
    assert first[1]["range"]["end"]["character"] == 3 + len(TWO[1])  # an emoji is two units of UTF-16
    assert first[0]["relatedInformation"][0]["location"]["range"] == first[1]["range"]
    assert second == []
    assert next(m for m in out if m.get("id") == 2)["error"]["code"] == -32601


def test_an_editor_that_sends_nonsense_is_answered() -> None:
    code, out = lsp({"id": 1, "method": "textDocument/didOpen", "params": {}}, {"method": "exit"})
    assert code == 1
    assert out[0]["error"]["code"] == -32602


# -- review --------------------------------------------------------------------------------------


def repository(tmp_path: Path) -> Path:
    def git(*a: str) -> None:
        subprocess.run(
            ["git", "-C", str(tmp_path), "-c", "user.name=Ann", "-c", "user.email=a@x", *a],
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    path = tmp_path / "p.md"
    path.write_text(f"- {TWO[0]}\n- Never use emoji.\n- Be polite.\n")
    (tmp_path / "CODEOWNERS").write_text("*.md @prompt-team\n")
    git("add", ".")
    git("commit", "-qm", "First")
    path.write_text(f"- {TWO[0]}\n- Never use emoji.\n- Be polite.\n- {TWO[1]}\n")
    git("commit", "-qam", "Longer answers")
    path.write_text(f"- Never use emoji.\n- {TWO[0]}\n- Be polite.\n- {TWO[1]}\n- Add an emoji to every reply.\n")
    return path


def test_changed_lines_blame_owners_and_moves(tmp_path: Path) -> None:
    path = repository(tmp_path)
    code, out = run("lint", str(path))
    assert code == 1
    length = next(f for f in out["findings"] if f["rule"] == "length-conflict")
    assert length["evidence"]["introduced"]["subject"] == "Longer answers"
    assert {c["owner"] for c in length["evidence"]["core"]} == {"@prompt-team"}
    code, out = run("lint", str(path), "--changed-since", "HEAD")
    assert "emoji-conflict" in {f["rule"] for f in out["findings"]}
    assert any(n["rule"] == "line-moved" for n in out["notes"])


def test_baseline_sarif_annotations_and_hook(tmp_path: Path) -> None:
    path = repository(tmp_path)
    base = tmp_path / "base.json"
    assert run("lint", str(path), "--no-blame", "--write-baseline", str(base))[0] == 0
    code, out = run("lint", str(path), "--no-blame", "--baseline", str(base))
    assert code == 0
    assert out["baselined"] == 2
    path.write_text(path.read_text() + "- Answer in French.\n- Always answer in Dutch.\n")
    assert run("lint", str(path), "--no-blame", "--baseline", str(base))[0] == 1
    result = CliRunner().invoke(command, ["lint", str(path), "--no-blame", "--format", "sarif"])
    sarif = json.loads(result.stdout)
    assert sarif["version"] == "2.1.0"
    assert all(r["locations"] for r in sarif["runs"][0]["results"])
    result = CliRunner().invoke(command, ["lint", str(path), "--no-blame", "--format", "github"])
    assert "::error file=" in result.stdout
    assert "line=" in result.stdout
    hook = CliRunner().invoke(command, ["hook"]).stdout
    assert "tidegate prompts lint --changed-since HEAD" in hook


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a" * (10 * 1024 * 1024), "at most"),
        (b"Answer in French.\nCaf\xe9.\n", "0xe9"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"{% if x %}\nAnswer in French.\n", "if"),
        (b"", "found none"),
        (b"```\nAnswer in French.\n```\n", "found none"),
    ],
)
def test_bad_files_name_the_place_and_the_remedy(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "p.md"
    path.write_bytes(data)
    result = CliRunner().invoke(command, ["lint", str(path), "--json"])
    assert isinstance(result.exception, WrongUse)
    assert says in str(result.exception)
    assert "p.md" in str(result.exception)


def test_a_program_is_no_prompt_and_standard_input_is_decoded_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "prog.py").write_text("import os\n")
    for arguments, data, says in (
        (["lint", str(tmp_path / "prog.py")], b"", "got a program (.py)"),
        (["lint", "-"], b"Answer in French.\nCaf\xe9.\n", "0xe9"),
        (["lint", "-"], b"", "found none"),
    ):
        result = CliRunner().invoke(command, arguments, input=data)
        assert isinstance(result.exception, WrongUse)
        assert says in str(result.exception)


def test_a_file_without_a_sentence_is_named_beside_others_and_a_row_is_undecided(tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("\n")
    (tmp_path / "full.md").write_text("Answer in French.\n")
    result = CliRunner().invoke(command, ["lint", str(tmp_path)])
    assert result.exit_code == 0
    assert "empty.mdholdsnosentence" in "".join(result.stdout.split())  # long paths wrap anywhere
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": 1, "text": ""}\n')
    assert json.loads(CliRunner().invoke(command, ["lint", "--jsonl", str(rows)]).stdout)["verdict"] == "undecided"


def test_a_template_that_does_not_render_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "p.j2").write_text("Answer {{ customer.name }} in {{ language }}.\n")
    (tmp_path / "v.yaml").write_text("language: French\n")
    result = CliRunner().invoke(command, ["lint", str(tmp_path / "p.j2"), "--vars", str(tmp_path / "v.yaml")])
    assert isinstance(result.exception, InputError)
    assert "customer" in str(result.exception)


def test_unbalanced_tags_are_a_finding_and_the_rest_is_linted() -> None:
    found = findings(analyse([Source(name="p", text=f"<rules>\n<tone>\n{TWO[0]}\n</rules>\n{TWO[1]}")]))
    assert {"unbalanced-tag", "length-conflict"} <= {f.rule for f in found}


def test_one_bad_line_loses_no_other(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "text": "\n".join(TWO)}, {"id": 2}, {"id": 3, "text": None}, {"id": 4, "text": ""},
        {"id": 5, "messages": []}, {"id": 6, "text": "Ünïcödé 😀\u0000 \ud7ff"}, {"id": 7, "text": ["a"]},
        {"id": 8, "sections": {"a": TWO[0], "b": TWO[1]}}, {"id": 9, "messages": [{"role": "system", "content": "\n".join(TWO)}]},
        {"id": 10, "text": "a" * 5_000_000},
    ]  # fmt: skip
    path = tmp_path / "rows.jsonl"
    path.write_text(
        "\n".join(json.dumps(r) for r in rows) + "\nnot json\n" + json.dumps({"id": 11, "text": "\n".join(TWO)}) + "\n"
    )
    result = CliRunner().invoke(command, ["lint", "--jsonl", str(path)])
    out = {r.get("id"): r for r in map(json.loads, result.stdout.strip().split("\n"))}
    for good in (1, 8, 9, 11):
        finding = out[good]["findings"][0]
        assert len(finding["evidence"]["core"]) == 2
        assert finding["evidence"]["witness"]
        assert finding["suggestion"]
        assert finding["where"]["line"]
        assert finding["where"]["span"]
    for bad in (2, 3, 5, 7, 10):
        assert "error" in out[bad], bad
    assert out[4]["findings"] == []
    assert "Traceback" not in result.output
