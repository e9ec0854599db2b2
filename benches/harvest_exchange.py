"""Run our exports in the tools themselves, against a stub.

`python -m benches.harvest_exchange --promptfoo BIN --inspect PYTHON --deepeval PYTHON --evals PYTHON`

None of the tools is a dependency: BIN is promptfoo's program, each PYTHON the interpreter of an environment with
`inspect-ai`, `deepeval` or `evals` (the last one's `includes` class needs `--no-deps` and then blobfile, lz4, zstandard, openai,
tiktoken, requests, snowflake-connector-python, backoff, dacite, beartype).  Three cases whose answers are known; a tool that
cannot load the file or scores one otherwise fails.  A case that the export names as lost is scored as failed there.
"""

# ruff: noqa: E501

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
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
DEEPEVAL = """import json, os, sys
os.environ.update(DEEPEVAL_TELEMETRY_OPT_OUT="YES", DEEPEVAL_UPDATE_WARNING_OPT_IN="NO")
from deepeval import evaluate
from deepeval.dataset import EvaluationDataset
from deepeval.metrics import BaseMetric
from deepeval.test_case import LLMTestCase
known = json.loads(sys.argv[2])
class Says(BaseMetric):
    threshold, async_mode = 0.5, False
    def measure(self, case, *rest, **more):
        self.score = float(bool(case.expected_output) and case.expected_output.lower() in case.actual_output.lower())
        self.success = self.score >= 0.5
        return self.score
    async def a_measure(self, case, *rest, **more):
        return self.measure(case)
    def is_successful(self):
        return self.success
data = EvaluationDataset()
data.add_goldens_from_json_file(file_path=sys.argv[1])
said = lambda g: next((v for k, v in known.items() if k in g.input.splitlines()[-1]), "")
done = evaluate([LLMTestCase(name=g.name, input=g.input, expected_output=g.expected_output, actual_output=said(g)) for g in data.goldens], [Says()])
print(json.dumps({r.name: r.success for r in done.test_results}))
"""
EVALS = """import json, sys
from pathlib import Path
from evals.base import RunSpec
from evals.elsuite.basic.includes import Includes
from evals.record import LocalRecorder
from evals.registry import Registry
known = json.loads(sys.argv[2])
class Said:
    def __init__(self, text):
        self.text = text
    def get_completions(self):
        return [self.text]
def stub(prompt, **more):
    return Said(next((v for k, v in known.items() if k in prompt[-1]["content"]), ""))
spec = RunSpec(completion_fns=["stub"], eval_name="tidegate", base_eval="tidegate", split="test", run_config={}, created_by="", run_id="r", created_at="")
recorder = LocalRecorder(sys.argv[3] + "/evals.log", spec)
Includes([stub], sys.argv[1], ignore_case=True, eval_registry_path=Path(sys.argv[3]), registry=Registry()).run(recorder)
ids = [json.loads(line)["metadata"]["tidegate"]["id"] for line in open(sys.argv[1])]
print(json.dumps({ids[int(e.sample_id.split(".")[-1])]: e.data["correct"] for e in recorder.get_events("match")}))
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


def scored_by(tool: str, script: str, python: str, folder: Path) -> dict[str, bool]:
    """Case → scored as right, as the tool itself says in its own environment."""
    data, program = folder / f"{tool}{FORMATS[tool].suffix}", folder / f"run_{tool}.py"
    data.write_text(FORMATS[tool].write(CASES)[0])
    program.write_text(script)
    done = subprocess.run([python, str(program), str(data), json.dumps(ANSWERS), str(folder)], check=True, timeout=300,
                          capture_output=True, text=True, cwd=folder, env={**os.environ, "OPENAI_API_KEY": "none is used"})  # fmt: skip
    scored: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    return scored


# What each tool must say of the three cases; False where the export names the case as lost.
WANTED = {
    "promptfoo": [True, True, False],
    "inspect": [True, True, False],
    "deepeval": [True, False, False],
    "openai-evals": [True, True, False],
}


def main() -> int:
    parser = argparse.ArgumentParser()
    for option in ("--promptfoo", "--inspect", "--deepeval", "--evals"):
        parser.add_argument(option)
    given = vars(parser.parse_args())
    runs = {
        "promptfoo": (given["promptfoo"], promptfoo),
        "inspect": (given["inspect"], partial(scored_by, "inspect", INSPECT)),
        "deepeval": (given["deepeval"], partial(scored_by, "deepeval", DEEPEVAL)),
        "openai-evals": (given["evals"], partial(scored_by, "openai-evals", EVALS)),
    }
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        for tool, (program, run) in runs.items():
            if not program:
                print(f"{tool}: not run, no program given")
                continue
            scored = run(program, Path(name))
            got = [scored.get(c.case_id) for c in CASES]
            wrong += got != WANTED[tool]
            print(f"{tool}: {'as expected' if got == WANTED[tool] else f'expected {WANTED[tool]}'}, got {got}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
