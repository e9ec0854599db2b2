# ruff: noqa: E501 (rows of a report read better whole)
"""Peers beside the streaming filter: `python -m benches.constraints_peers [--cases N] [--python INTERPRETER]`.

The same secrets (of published shapes, in prose, cut anywhere) go through each peer in the two ways it can be put into a
stream: chunk by chunk, as gateways do that do not want to wait, and whole, after everything was held back until the
end.  A case leaks if the secret stands in what the client received.  Peers need not be installed beside Tidegate:
`--python` (or TIDEGATE_PEERS_PYTHON) names an interpreter that has them; the ones it lacks are named as not installed.
Peers that judge with a model, or whose checks are fetched from a hub, are named with that reason: there is nothing here
to ask or to fetch.  Texts without a secret are given too: what a peer takes from them is its false alarms.
"""

import argparse
import json
import os
import random
import string
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benches.constraints_cases import cuts, prose
from benches.report import Report
from tidegate.check.constraints.load import output_filter, starter_pack
from tidegate.check.constraints.streaming.stream import Filter

PEERS = {
    "detect-secrets": "detect_secrets",
    "presidio": "presidio_analyzer",
    "scrubadub": "scrubadub",
}
NEEDS = {
    "nemoguardrails": "its output rails ask a model",
    "guardrails-ai": "its validators are fetched from a hub with an account",
    "llm-guard": "its secret scanner is detect-secrets, the others need model weights",
    "invariant-ai": "its rules judge whole traces of calls and hold no stream back",
    "LlamaFirewall": "its scanners need model weights",
}

# Run in the interpreter of the peers: a name and cases in, for each way the texts that came out and the time.
DRIVER = r"""
import contextlib, json, sys, time
name, cases = json.load(sys.stdin)
held = contextlib.ExitStack()  # a peer's settings, in force until the end

def detect_secrets():
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings
    held.enter_context(default_settings())
    def clean(text):
        for found in sorted((s.secret_value for s in scan_line(text) if s.secret_value), key=len, reverse=True):
            text = text.replace(found, "[redacted]")
        return text
    return clean

def presidio():
    from presidio_analyzer import RecognizerRegistry
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers()
    recognizers = [r for r in registry.recognizers if type(r).__mro__[1].__name__ == "PatternRecognizer"]
    def clean(text):
        spans = [(r.start, r.end) for rec in recognizers for r in rec.analyze(text, rec.supported_entities, None) or ()]
        for s, e in sorted(spans, reverse=True):
            text = text[:s] + "[redacted]" + text[e:]
        return text
    return clean

def scrubadub():
    import scrubadub as library
    scrubber = library.Scrubber()
    return scrubber.clean

clean = {"detect-secrets": detect_secrets, "presidio": presidio, "scrubadub": scrubadub}[name]()
out = {}
for way in ("chunk by chunk", "whole"):
    texts, began, calls = [], time.perf_counter(), 0
    for chunks in cases:
        pieces = chunks if way == "chunk by chunk" else ["".join(chunks)]
        calls += len(pieces)
        texts.append("".join(clean(p) for p in pieces))
    out[way] = {"texts": texts, "us": (time.perf_counter() - began) / max(calls, 1) * 1e6}
json.dump(out, sys.stdout)
"""


def makers(rng: random.Random) -> list[Callable[[], str]]:
    """Secrets of published shapes; the part that may not leave is the whole text."""

    def token(alphabet: str, n: int) -> str:
        return "".join(rng.choice(alphabet) for _ in range(n))

    alnum = string.ascii_letters + string.digits
    return [
        lambda: "AKIA" + token(string.ascii_uppercase + "234567", 16),
        lambda: "ghp_" + token(alnum, 36),
        lambda: f"xoxb-{token(string.digits, 12)}-{token(string.digits, 12)}-{token(alnum, 24)}",
        lambda: "sk_live_" + token(alnum, 24),
        lambda: "AIza" + token(alnum, 35),
        lambda: f"eyJ{token(alnum, 30)}.eyJ{token(alnum, 60)}.{token(alnum, 43)}",
    ]


def cases(n: int, rng: random.Random) -> tuple[list[list[str]], list[str]]:
    """(chunks of each text, its secret or "" for one text in four)."""
    make = makers(rng)
    texts, secrets = [], []
    for i in range(n):
        secret = "" if i % 4 == 3 else make[i % len(make)]()
        text = f"{prose(rng, 6)} {secret} {prose(rng, 6)}"
        texts.append(cuts(text, rng))
        secrets.append(secret)
    return texts, secrets


def ours(filter_: Filter, texts: list[list[str]]) -> dict[str, Any]:
    """The streaming filter on the same chunks."""
    out, began, calls = [], time.perf_counter(), 0
    for chunks in texts:
        channel = filter_.channel()
        out.append("".join([*(channel.feed(c) for c in chunks), channel.finish()]))
        calls += len(chunks) + 1
    return {"texts": out, "us": (time.perf_counter() - began) / max(calls, 1) * 1e6}


def ask(python: str, name: str, texts: list[list[str]]) -> dict[str, Any] | str:
    """What a peer lets through in each way, or why it could not be asked."""
    there = subprocess.run([python, "-c", f"import {PEERS[name]}"], capture_output=True, text=True, check=False)
    if there.returncode != 0:
        return "not installed"
    done = subprocess.run(
        [python, "-c", DRIVER], input=json.dumps([name, texts]), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return f"did not run: {done.stderr.strip().splitlines()[-1][:160] if done.stderr.strip() else done.returncode}"
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def score(report: Report, name: str, answer: dict[str, Any], texts: list[list[str]], secrets: list[str]) -> None:
    """The rows of one way of one filter."""
    planted = [i for i, s in enumerate(secrets) if s]
    leaked = sum(secrets[i] in answer["texts"][i] for i in planted)
    clean = [i for i, s in enumerate(secrets) if not s]
    touched = sum(answer["texts"][i] != "".join(texts[i]) for i in clean)
    mine = name == "tidegate"
    report.row(f"{name}: secrets leaked", goal="0" if mine else "reported", measured=f"{leaked} of {len(planted)}",
               holds=leaked == 0 or not mine, note=f"{answer['us']:.0f} us a call; {touched} of {len(clean)} other texts changed")  # fmt: skip


def main() -> None:
    """Every peer that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", default=os.environ.get("TIDEGATE_PEERS_PYTHON", sys.executable))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    texts, secrets = cases(given.cases, random.Random(given.seed))
    report = Report("constraints: peers on the same streams")
    score(report, "tidegate", ours(output_filter(starter_pack("secrets")), texts), texts, secrets)
    for name in PEERS:
        answer = ask(given.python, name, texts)
        if isinstance(answer, str):
            report.row(f"{name}: secrets leaked", goal="reported", measured=answer, holds=None)
            continue
        for way, got in answer.items():
            score(report, f"{name}, {way}", got, texts, secrets)
    for name, why in NEEDS.items():
        report.row(f"{name}: secrets leaked", goal="reported", measured=why, holds=None)
    report.finish()


if __name__ == "__main__":
    main()
