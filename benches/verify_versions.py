"""Names and arguments of another version of a package: `python -m benches.verify_versions FOLDER`.

FOLDER holds one folder a package and version, `flask-2.0.0/`, as
`uv pip install --target FOLDER/flask-2.0.0 --no-deps flask==2.0.0` makes it (`…-latest` for the newest release).
Each GitChameleon solution is held against its own version (any alarm is a false one) and against the others, where it
counts as wrong if a name or keyword it uses is nowhere defined in that version's source, found by a plain search of the
text that knows nothing of Griffe.  Rules were chosen on odd examples; the even ones are reported.  TIDEGATE_LIBRARIES
names the libraries to take (`"scipy pytest"`), --all takes odd and even examples.
"""

import ast
import json
import os
import re
import sys
from functools import cache
from pathlib import Path

from benches.report import Report
from benches.verify_data import DATA
from tidegate.check.verify.code.api import ApiIndex, LayeredIndex, api_index
from tidegate.check.verify.code.check import check_code
from tidegate.readers.api_symbols import read_api
from tidegate.spine.claim import Support
from tidegate.stats.intervals import proportion

IMPORT = {"scikit-learn": "sklearn", "pillow": "PIL"}


@cache
def index_of(folder: Path, library: str) -> LayeredIndex | None:
    """The package's own index over the shipped one."""
    name = IMPORT.get(library, library)
    if not (folder / name).is_dir():
        return None
    return LayeredIndex(ApiIndex(read_api(name, (folder,))), api_index())


@cache
def words_of(folder: Path, library: str) -> frozenset[str]:
    """Every identifier of the package's source and stubs, comments and texts apart."""
    out: set[str] = set()
    for path in (folder / IMPORT.get(library, library)).rglob("*.py*"):
        if path.suffix in (".py", ".pyi", ".pyx") and "/tests/" not in str(path):
            text = path.read_text(encoding="utf-8", errors="ignore")
            text = re.sub(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|#[^\n]*', "", text)
            out.update(re.findall(r"[A-Za-z_]\w*", text))
    return frozenset(out)


def used(answer: str, library: str) -> set[str]:
    """Last parts of dotted names under the package's imports, and keywords of calls of them."""
    try:
        tree = ast.parse(answer)
    except SyntaxError:
        return set()
    top, aliases, out = IMPORT.get(library, library), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {(a.asname or a.name.split(".")[0]) for a in node.names if a.name.split(".")[0] == top}
            out |= {a.name.split(".")[-1] for a in node.names if a.name.split(".")[0] == top}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == top:
            aliases |= {a.asname or a.name for a in node.names}
            out |= {a.name for a in node.names} | set((node.module or "").split("."))

    def root(n: ast.expr) -> str:
        while isinstance(n, ast.Attribute):
            n = n.value
        return n.id if isinstance(n, ast.Name) else ""

    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and root(node) in aliases:
            out.add(node.attr)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute | ast.Name)
            and root(node.func) in aliases
        ):
            out |= {str(k.arg) for k in node.keywords if k.arg}
    return out


def names_of(library: str, version: str) -> set[str]:
    """How the folder of a version may be named: `2` is 2.0.0, `4.0.0` may be 4.0."""
    return {f"{library}-{v}" for v in (version, f"{version}.0", f"{version}.0.0", version.removesuffix(".0"))}


def refuted(answer: str, index: LayeredIndex) -> list[str]:
    """Messages on names that the index does not hold."""
    found = check_code(f"```python\n{answer}\n```", index=index)
    return [d.message for d in found if d.support is Support.REFUTED and d.certainty == "measured"]


def main() -> None:
    """Both rates, on the even examples; with --odd on the others, with --all on both."""
    root, odd = Path(sys.argv[1]), "--odd" in sys.argv
    only = set(os.environ.get("TIDEGATE_LIBRARIES", "").split())
    rows = [json.loads(line) for line in (DATA / "gitchameleon2_dataset.jsonl").open()]
    answers = {r["example_id"]: r["answer"] for r in map(json.loads, (DATA / "gitchameleon2_solutions.jsonl").open())}
    own = alarmed = cases = caught = 0
    for row in rows:
        library, version, answer = row["library"], row["version"], answers[row["example_id"]]
        if (int(row["example_id"]) % 2 != odd and "--all" not in sys.argv) or (only and library not in only):
            continue
        folders = sorted(p for p in root.glob(f"{library}-*") if p.is_dir())
        mine = next((p for p in folders if p.name in names_of(library, version)), None)
        index = index_of(mine, library) if mine is not None else None
        if mine is None or index is None:
            continue
        top = IMPORT.get(library, library)
        said = [m for m in refuted(answer, index) if re.match(rf"{top}\b", m.removeprefix("there is no module "))]
        own, alarmed = own + 1, alarmed + bool(said)
        if said:
            print(f"  alarmed at its own version: {row['example_id']} {mine.name}: {said}")
        names = {n for n in used(answer, library) if n in words_of(mine, library) and n != IMPORT.get(library, library)}
        for folder in folders:
            other = index_of(folder, library)
            if folder == mine or other is None:
                continue
            gone = {n for n in names if n not in words_of(folder, library)}
            if gone:
                hit = bool(refuted(answer, other))
                cases, caught = cases + 1, caught + hit
                if not hit:
                    print(f"  not seen: {row['example_id']} ({mine.name}) against {folder.name}: {sorted(gone)}")
        print(f"  so far: {alarmed} of {own} alarmed, {caught} of {cases} flagged", flush=True)
    report = Report("verify-versions")
    half = "all examples" if "--all" in sys.argv else "odd half, on which rules were chosen" if odd else "even half"
    report.row(
        f"code at its own version alarmed ({half})",
        goal="<= 1 %",
        measured=str(proportion((alarmed, own))),
        holds=alarmed / max(own, 1) <= 0.01,
    )
    report.row(
        f"wrong-version names flagged ({half})",
        goal=">= 0.85",
        measured=str(proportion((caught, cases))),
        holds=caught / max(cases, 1) >= 0.85,
    )
    report.finish()


if __name__ == "__main__":
    main()
