# ruff: noqa: E501  (tables and messages read best on one line)
"""The same physics with half the time step: a scheme that steps time by `dt` must not depend on it in the limit.

A forgotten `dt`, a wrong power of it or a state that is used half updated shows here whatever the model is.  The method that a
program names must also gain what it promises: a factor of four for a second order, sixteen for a fourth.
"""

import ast
import math

from tidegate.runner.confined.replay import STEP

SAMPLED = r"\b(?:arg)?(?:max|min)\(|\b(?:amax|amin|nanmax|nanmin)\(|crossing|argmax|argmin|searchsorted|find_peaks"
CHAOS = r"chao|lorenz|double pendulum|three.?body|n.?body|lennard|molecular dynamics|\bmd\b|\bmap\b|henon|random|rng|gas\b|bounc|collision|wall|event|threshold|spike|hardness|turing|gray.?scott"  # fmt: skip
CLAIMED = (
    (r"velocity.?verlet|verlet|leap.?frog|midpoint|heun|\brk2\b|crank|strang|split.?step|st[oö]rmer|trapezoid|kick.?drift", 2),
    (r"\brk4\b|runge.?kutta", 4),
)  # fmt: skip


def plan(tree, scenes):
    """What to scale so that every turn is half as long and there are twice as many: (names by factor, lines of loops), or None."""
    lines = {s.line for s in scenes if s.line is not None and s.spaced}
    loops = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While)) and n.body[0].lineno in lines]
    begun = _begun(tree)
    steps = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id.lower() in STEP}
    steps |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg) and n.arg.lower() in STEP}
    steps = {s for s in steps if s.lower() not in ("tau", "h", "step_size")} or steps
    if len(steps) != 1 or not loops:
        return None
    (step,) = steps
    if _given_by_place(tree, step):
        return None  # `body.step(0.0005)`: the step is no name's, and what else it sets is not known
    counts, literal, exact = set(), set(), True
    for loop in loops:
        if isinstance(loop, ast.While):
            if not any(isinstance(n, ast.Name) and n.id in ("t", "time") for n in ast.walk(loop.test)):
                return None
            exact = False
            continue
        call = loop.iter
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("range", "trange", "tqdm") and call.args):  # fmt: skip
            return None
        last = call.args[-1] if len(call.args) < 3 else None
        if isinstance(last, ast.BinOp) and isinstance(last.right, ast.Constant):
            last = last.left  # range(1, n + 1)
        if isinstance(last, ast.Constant) and isinstance(last.value, int):
            literal.add(loop.body[0].lineno)
        elif isinstance(last, ast.Name):
            counts.add(last.id)
        elif last is not None and any(isinstance(n, ast.Name) and n.id == step for n in ast.walk(last)):
            exact = False
        else:
            return None
    if not all(_uses(tree, loop, step) for loop in loops):
        return None  # what steps the state is another number (a Courant number, say)
    derived = _assigned(tree, step)
    by_count = derived is not None and any(isinstance(n, ast.Name) and n.id in counts for n in ast.walk(derived))
    if by_count:
        return {"step": step, "names": dict.fromkeys(counts, 2), "lines": literal, "exact": exact, "begun": begun}
    names = {step: 0.5}
    for count in counts:
        value = _assigned(tree, count)
        if value is not None and any(isinstance(n, ast.Name) and n.id == step for n in ast.walk(value)):
            exact = False
            continue
        names[count] = 2
    return {"step": step, "names": names, "lines": literal, "exact": exact, "begun": begun}


def _begun(tree):
    """Names that a module sets before or after its loops: a state is, a stage within a step (`k1`) is not."""
    out, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.If, ast.With, ast.Try)):
            waiting += [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, (ast.AnnAssign, ast.AugAssign))
            else []
        )
        out |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return out


def _given_by_place(tree, step):
    """Whether a call gives the step as a bare number in its place."""
    places = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.args if a.arg != "self"]
            if step in names:
                places[node.name] = names.index(step)
        if isinstance(node, ast.ClassDef):
            made = next((f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"), None)
            names = [a.arg for a in made.args.args[1:]] if made is not None else []
            if step in names:
                places[node.name] = names.index(step)
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in places and len(call.args) > places[name] and isinstance(call.args[places[name]], (ast.Constant, ast.BinOp)):  # fmt: skip
            return True
    return False


def _uses(tree, loop, step):
    """Whether a loop, or a function that it calls, uses the step or what was made of it, other than to count time."""
    made = {step}
    for _ in range(4):
        made |= {
            t.id if isinstance(t, ast.Name) else t.attr
            for n in ast.walk(tree)
            if isinstance(n, ast.Assign) and _mentions(n.value, made)
            for t in n.targets
            if isinstance(t, (ast.Name, ast.Attribute))
        } - {"t", "time", "times", "n", "steps", "n_steps"}
    called = {getattr(c.func, "id", getattr(c.func, "attr", "")) for c in ast.walk(loop) if isinstance(c, ast.Call)}
    called |= {getattr(c.func, "id", getattr(c.func, "attr", "")) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name in called for c in ast.walk(f) if isinstance(c, ast.Call)}  # fmt: skip
    bodies = [*loop.body, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in called)]
    return any(_mentions(n, made) for n in bodies if not (isinstance(n, ast.AugAssign) and getattr(n.target, "id", "") in ("t", "time")))  # fmt: skip


def _mentions(node, names):
    return any((isinstance(n, ast.Name) and n.id in names) or (isinstance(n, ast.Attribute) and n.attr in names) for n in ast.walk(node))  # fmt: skip


def _assigned(tree, name):
    """The only expression that a name is assigned, or None."""
    found = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Name) and n.targets[0].id == name
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _extent(scenes, name):
    """The largest size of a state on its way: where it ends may be near zero."""
    import numpy as np

    rows = [s.series[name] for s in scenes if name in s.series]
    return max((float(np.nanmax(np.abs(r))) for r in rows if r.size), default=0.0)


def _turn(scenes, name):
    """The longest change of a state in one turn: a `while t < end` may end one turn later with another step."""
    import numpy as np

    rows = [s.series[name] for s in scenes if name in s.series and len(s.series[name]) > 1]
    return max((float(np.nanmax(np.abs(np.diff(r, axis=0)))) for r in rows), default=0.0)


NUDGE, GROWN = 1e-9, 1e-5


def _chaotic(plain, nudged, name, scenes):
    """Whether a step longer by less than 1e-9 of itself ends elsewhere: what is so near parts, and no step is fine enough."""
    import numpy as np

    if nudged is None or name not in nudged or np.shape(nudged[name]) != np.shape(plain[name]):
        return False
    scale = max(float(np.max(np.abs(plain[name]))), _extent(scenes, name)) or 1.0
    return float(np.max(np.abs(plain[name] - nudged[name]))) > GROWN * scale


def check(made, scenes, ends, tell):
    """Rows on convergence; `ends(power)` answers the state when the step is 2**-power as long, or None."""
    import numpy as np

    if made is None or scenes[0].says(CHAOS):
        return
    rows = [ends(k) for k in (0, 1, 2)]
    if any(r is None for r in rows) or len({tuple(sorted(r)) for r in rows}) != 1:
        return
    names = [n for n in sorted(rows[0]) if len({np.shape(r[n]) for r in rows}) == 1]
    if not names:
        return
    each = [[np.asarray(r[n], complex).ravel() for n in names] for r in rows]
    if not all(np.all(np.isfinite(a)) for one in each for a in one):
        return
    worst = None
    for name, a, b, c in zip(names, *each, strict=True):
        scale = float(max(np.max(np.abs(a)), np.max(np.abs(b)), np.max(np.abs(c)))) or 1.0
        scale, jump = max(scale, _extent(scenes, name)), 0.0 if made["exact"] else _turn(scenes, name)
        first, second = float(np.max(np.abs(a - b))) / scale, float(np.max(np.abs(b - c))) / scale
        if second > max(0.05, 1.5 * jump / scale) and second > 0.85 * first and (worst is None or second > worst[1]):
            worst = (first, second, name)
    if worst is not None and _chaotic(rows[0], ends(NUDGE), worst[2], scenes):
        return
    if worst is not None:
        tell(
            f"the result does not depend on {made['step']} in the limit",
            False,
            f"`{worst[2]}` changes by {worst[0]:.3g} of its size when {made['step']} is halved and by {worst[1]:.3g} when it is halved again",
            "the second change is half the first or less",
            None,
        )
        return
    tell(f"the result does not depend on {made['step']} in the limit", True, f"{', '.join(names)} converge", "changes that fall", None)  # fmt: skip
    claims = [p for pattern, p in CLAIMED if scenes[0].says(pattern)]
    if len(claims) != 1 or scenes[0].says(r"euler|stiff|absorb|abs\(") or not made["exact"]:
        return
    if any(n.startswith("printed ") for n in names) and scenes[0].says(SAMPLED):
        return  # the largest of the rows lies between two of them, now here, now there
    wanted = claims[0]
    best = None
    for powers in ((0, 1, 2), (-2, -1, 0), (-4, -3, -2)):
        got = [ends(k) for k in powers]
        if any(g is None for g in got):
            continue
        a, b, c = (np.concatenate([np.asarray(g[n], complex).ravel() for n in names]) for g in got)
        if len({len(a), len(b), len(c)}) != 1 or not np.all(np.isfinite(a)):
            continue
        scale = float(np.max(np.abs(c))) or 1.0
        e1, e2 = float(np.max(np.abs(a - b))) / scale, float(np.max(np.abs(b - c))) / scale
        if e2 < 1e-11 or e1 > 0.3:
            continue
        slope = math.log2(e1 / e2)
        best = slope if best is None else max(best, slope)
        if best >= wanted - 0.5:
            break
    if best is not None:
        tell(f"it converges with order {wanted}", best >= wanted - 0.6, f"order {best:.2f} in {made['step']}", f"{wanted}, as the method's name promises", None)  # fmt: skip
