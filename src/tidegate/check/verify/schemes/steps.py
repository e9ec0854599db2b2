# ruff: noqa: E501  (messages read best on one line)
"""Steps of a state that a slip of the pen spoils: a rate without its dt, a place that is moved by the velocity of another axis."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from tidegate.check.verify.code.parsed import source_of, walk
from tidegate.check.verify.schemes.algebra import assignments, spelled
from tidegate.check.verify.schemes.model import Scheme

STEP = re.compile(r"(?<![\w.])(?:dt|DT|Dt|h|delta_?t|timestep|time_?step|step_size)\b|\bself\.(?:dt|h)\b", re.ASCII)
PLACE = re.compile(r"^(?:[xyz]|pos\w*|theta|angle|height|q)$")
SPEED = re.compile(r"^(?:v|v_?[xyz]|vel\w*|omega|speed)$")
PULL = re.compile(r"^(?:g|gravity|GRAVITY|G_ACC|a|a_?[xyz]|acc\w*|alpha)$")
KEPT = re.compile(r"integral|err|sum|total|count|acc|hist|phase|noise|step|iter|idx|index|work|energy|dist", re.I)
RANDOM = re.compile(r"rand|normal|gauss|noise|choice|uniform|poisson|exponential|kick|impulse|jump", re.I)
AXES = re.compile(r"^(?P<kind>v|vel|a|acc)_?(?P<axis>[xyz])$", re.I)
Known = dict[str, list[ast.expr]]


def told_of(node: ast.expr, known: Known) -> str:
    """An expression with all that its names were assigned, some steps back, as one text."""
    seen: set[str] = set()
    text, waiting = "", [node]
    while waiting and len(seen) < 40:
        one = waiting.pop()
        text += " " + source_of(one)
        for inner in walk(one):
            name = spelled(inner) if isinstance(inner, ast.Name | ast.Attribute) else ""
            if name in known and name not in seen:
                seen.add(name)
                waiting += known[name]
    return text


def _added(name: str, value: ast.expr) -> ast.expr | None:
    """What `x += e`, `x -= e`, `x = x + e` add."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub) and spelled(value.left) == name:
        return value.right
    return None


def crossed(body: Sequence[ast.stmt]) -> Iterator[Scheme]:
    """A place that is stepped by the velocity of another axis, or by an acceleration, beside the velocity of its own."""
    updates = [
        (name.split(".")[-1].lower(), added, statement)
        for name, value, statement in assignments(body)
        if name.replace(".", "").isidentifier() and (added := _added(name, value)) is not None
    ]
    stepped = {name for name, _, _ in updates}
    for name, added, statement in updates:
        if name not in ("x", "y", "z") or not (isinstance(added, ast.BinOp) and isinstance(added.op, ast.Mult)):
            continue
        rate, step = (added.left, added.right) if STEP.fullmatch(source_of(added.right)) else (added.right, added.left)
        found = AXES.match(spelled(rate).split(".")[-1])
        if found is None or not STEP.fullmatch(source_of(step)):
            continue
        kind, axis = found["kind"].lower(), found["axis"].lower()
        own = {f"v{name}", f"v_{name}", f"vel_{name}"} & stepped
        if own and (axis != name or kind.startswith("a")):
            yield Scheme(
                name="each place is stepped by its own velocity",
                node=statement,
                holds=False,
                computation=f"`{spelled(statement)}` steps {name} by {spelled(rate)}, not by {min(own)}",
            )


def stepless(body: Sequence[ast.stmt], known: Known) -> Iterator[Scheme]:
    """The one update of a loop, or of a function that makes one step, that lacks the step all others carry."""
    updates = [
        (name, added, statement)
        for name, value, statement in assignments(body)
        if name.replace(".", "").isidentifier() and (added := _added(name, value)) is not None
    ]
    carried = [(n, a) for n, a, _ in updates if STEP.search(source_of(a)) and not STEP.fullmatch(source_of(a))]
    for name, added, statement in updates:
        if KEPT.search(name) or not carried or isinstance(added, ast.Constant):
            continue
        bare = {n: [v for v in values if _added(n, v) is None] for n, values in known.items()}
        text = told_of(added, bare)
        if STEP.search(text) or RANDOM.search(text) or re.search(r"\b\w*(?:dt|delta|kick|alpha|gain)\w*\b", text, re.I):
            continue
        root, rate = name.split(".")[-1], spelled(added).split(".")[-1]
        told = told_of(added, bare)
        pulled = bool(SPEED.match(root) and PULL.match(rate)) or bool(PLACE.match(root) and SPEED.match(rate))
        alike = rate in {f"d{root}", f"d{root}dt", f"d{root}_dt"} and any(
            re.search(rf"(?<!\w)d{re.escape(n.split('.')[-1])}(?:_?dt)?(?!\w)", spelled(a)) for n, a in carried
        )
        fed = any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", told_of(a, bare)) for _, a in carried)
        coupled = (
            fed
            and len(carried) >= 2
            and not any(isinstance(n, ast.Call | ast.Subscript) for n in walk(added))
            and any(re.search(rf"(?<![\w.]){re.escape(n)}(?!\w)", told) for n, _ in carried)
        )
        if pulled or alike or coupled:
            yield Scheme(
                name="a step adds its rate times dt",
                node=statement,
                holds=False,
                computation=f"`{spelled(statement)}` adds a rate without the step that `{carried[0][0]}` beside it carries",
            )
