# ruff: noqa: E501  (messages read best on one line)
"""The same laws on a run with other parameters: a slip that k = m = 1 or v0 = 0 hides shows at other values.

Only what a function or a class takes as an argument with a default is changed: its author says that it may be.  Steps, counts,
times, lengths and grids stay, since programs rely on them in secret (`sin(pi * x)` on a string of length 1); masses grow and
rates fall, so that a step that was fine enough stays so.  Only what is returned beside its exact solution is asked: other laws know the constants by name, which a program may make of others.
"""

import copy
import re

from tidegate.runner.confined.measured import COUNTS, STEPS, Context, Measured

VARIES = re.compile(
    r"m\d?|mass\w*|inertia|k\d?|k_?(?:spring|c)|spring_\w+|stiffness|g|gravity|gamma|damping\w*|drag\w*|c_?d|b|omega_?0|q|charge|B|lam\w*|lambda_\w*|decay_\w+|v_?0|x_?0|theta_?0|amplitude|R|V_?0|V_?s|emf",
    re.I,
)
GROWS = re.compile(r"m\d?|mass\w*|inertia")
STARTS = re.compile(r"(?:v|vx|vy|omega|theta_dot|w|u)_?0|(?:initial|init)_(?:velocity|speed)", re.I)
FACTORS = (0.83, 0.91, 0.79, 0.87, 0.93, 0.81, 0.89, 0.77)


def changes(subject):
    """Other values for the arguments that have a number as default, with a point."""
    if subject.node is None:
        return {}
    arguments = {a.arg for a in (*subject.node.args.args, *subject.node.args.kwonlyargs)}
    out = {}
    for name, value in subject.params.items():
        plain = name.lower()
        if name not in arguments or not isinstance(value, float) or plain in STEPS or plain in COUNTS or not VARIES.fullmatch(name):  # fmt: skip
            continue
        if value == 0.0:
            if STARTS.fullmatch(name):
                out[name] = 0.3
        elif GROWS.fullmatch(name):
            out[name] = value * (1.2 + 0.05 * (len(out) % 3))
        else:
            out[name] = value * FACTORS[len(out) % len(FACTORS)]
    return out


ASKED = ("laws_exact",)


def check(ctx, groups, laws_of):
    """Rows of the laws that hold as the program stands and are broken with other values."""
    if ctx.chance or not ctx.can_run(2) or ctx.subject.watched:
        return
    other = changes(ctx.subject)
    if not other:
        return
    series = ctx.subject.again(ctx.seed, **other)
    subject = copy.copy(ctx.subject)
    subject.params, subject.given = {**ctx.subject.params, **other}, {**ctx.subject.given, **other}
    held = {row["name"] for row in ctx.out.rows if row["holds"]}
    made = Context(Measured(), subject, series, ctx.source, ctx.space, ctx.seed, 0.0, ctx.text.partition(ctx.source.lower())[0])  # fmt: skip
    laws_of([g for g in groups if g.__name__.rpartition(".")[2] in ASKED], made)
    told = ", ".join(f"{k} = {v:.4g}" for k, v in list(other.items())[:4])
    for row in made.out.rows:
        if row["holds"] is False and row["name"] in held:
            ctx.out.add(f"{row['name']}, with other parameters too", False, f"{row['measured']} ({told})", row["expected"])  # fmt: skip
