"""Run our exports in the tools themselves, against a stub: `python -m benches.harvest_exchange --promptfoo BIN --inspect PYTHON`.

None of the tools is a dependency: BIN is promptfoo's program, PYTHON the interpreter of an environment with
`inspect-ai`.  Three cases whose answers are known; a tool that cannot load the file or scores one otherwise fails.
"""

# ruff: noqa: E501

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tidegate.curate.harvest.exchange import FORMATS
from tidegate.spine.case import make_case

ANSWERS = {"Capital": "It is canberra.", "yes": "no", "secret": "sesame"}
CASES = [
    make_case("chat", {"messages": [{"role": "user", "content": "Capital of Australia?"}]}, [{"oracle": "required", "all": ["Canberra"]}]),
    make_case("chat", {"messages": [{"role": "system", "content": "Be {{brief}}."}, {"role": "user", "content": "hi"},
                                    {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Say \"yes\" or 'no' {% raw %} #1"}]},
              [{"oracle": "required", "any": ["yes", "no"]}]),
    make_case("chat", {"messages": [{"role": "user", "content": "Never say the secret"}]}, [{"oracle": "forbidden", "texts": ["sesame"]}]),
]  # fmt: skip
PROVIDER = """module.exports = class { id() { return 'stub' } async callApi(prompt) {
  const q = JSON.parse(prompt).at(-1).content; const known = %s;
  for (const k in known) if (q.includes(k)) return { output: known[k] }; return { output: '' } } }
"""
INSPECT = """import json, sys
import tiktoken
tiktoken.encoding_for_model = tiktoken.get_encoding = lambda name: type("E", (), {"encode": lambda self, t, **k: t.split()})()
from inspect_ai import Task, eval
from inspect_ai.dataset import json_dataset
from inspect_ai.scorer import includes
from inspect_ai.solver import solver
known = json.loads(sys.argv[2])
@solver
def stub():
    async def solve(state, generate):
        state.output.completion = next((v for k, v in known.items() if k in state.messages[-1].text), "")
        return state
    return solve
log = eval(Task(dataset=json_dataset(sys.argv[1]), solver=stub(), scorer=includes()), model="mockllm/model", display="none", log_dir=sys.argv[3])[0]
print(json.dumps({s.id: s.scores["includes"].value == "C" for s in log.samples}))
"""


def promptfoo(program: str, folder: Path) -> dict[str, bool]:
    """Case → passed, as promptfoo says."""
    (folder / "stub.js").write_text(PROVIDER % json.dumps(ANSWERS))
    text, _ = FORMATS["promptfoo"].write(CASES)
    (folder / "p.yaml").write_text(text + f"providers: ['file://{folder}/stub.js']\n")
    subprocess.run([program, "eval", "-c", str(folder / "p.yaml"), "--no-cache", "--no-table", "-o", str(folder / "out.json")],
                   check=False, timeout=300, capture_output=True)  # fmt: skip
    results = json.loads((folder / "out.json").read_text())["results"]["results"]
    return {r["testCase"]["metadata"]["tidegate"]["id"]: r["success"] for r in results}


def inspect(python: str, folder: Path) -> dict[str, bool]:
    """Case → scored correct, as Inspect says; a case without a target is scored incorrect there."""
    (folder / "d.jsonl").write_text(FORMATS["inspect"].write(CASES)[0])
    (folder / "run.py").write_text(INSPECT)
    done = subprocess.run([python, str(folder / "run.py"), str(folder / "d.jsonl"), json.dumps(ANSWERS), str(folder)],
                          check=True, timeout=300, capture_output=True, text=True)  # fmt: skip
    scored: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    return scored


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--promptfoo")
    parser.add_argument("--inspect")
    options = parser.parse_args()
    wanted = [True, True, False]
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for tool, given, run in (("promptfoo", options.promptfoo, promptfoo), ("inspect", options.inspect, inspect)):
            if not given:
                print(f"{tool}: not run, no program given")
                continue
            scored = run(given, Path(name))
            got = [scored.get(c.case_id) for c in CASES]
            same = got == wanted
            wrong += not same
            print(f"{tool}: {'as expected' if same else f'expected {wanted}'}, got {got}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
