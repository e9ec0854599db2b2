# ruff: noqa: E501  (patterns read best on one line)
"""Every scheme in the Python of an answer, and the units it tells, as decisions on the lines that spell them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tidegate.check.verify.code.blocks import code_blocks
from tidegate.check.verify.code.parsed import parsed
from tidegate.check.verify.code_units.check import tells_units, units
from tidegate.check.verify.known.check import known
from tidegate.check.verify.scan import lowered
from tidegate.check.verify.schemes.chains import chains
from tidegate.check.verify.schemes.chance import chance
from tidegate.check.verify.schemes.counts import counts
from tidegate.check.verify.schemes.draws import draws
from tidegate.check.verify.schemes.fields import fields
from tidegate.check.verify.schemes.forces import forces
from tidegate.check.verify.schemes.model import Scheme
from tidegate.check.verify.schemes.motion import motion
from tidegate.check.verify.schemes.reactions import reactions
from tidegate.check.verify.schemes.runge_kutta import runge_kutta
from tidegate.check.verify.schemes.settings import settings
from tidegate.check.verify.schemes.slips import slips
from tidegate.spine.claim import Claim, Decision, Receipt, Support

INDEXED = r"\[[^\]\n]{0,100}(?:1:|:-1|[+-] ?1)[^\]\n]{0,100}\]"
READERS: tuple[tuple[Callable[[ast.Module], Iterator[Scheme]], tuple[str, ...], re.Pattern[str]], ...] = (
    (runge_kutta, ("2",), re.compile(r"\b(?:\w{0,6}k\w{0,6}_?2\w*|k2\w*|d[a-z]{1,3}2)\b")),
    (
        motion,
        (),
        re.compile(
            r"\b(?:v|vel|velocity|velocities|omega|vx|vs|p|theta_dot|angular_velocity)\b[^\n]*\b(?:dt|h|delta_t|deltat|timestep|time_step|step_size)\b"
        ),
    ),
    (fields, (), re.compile(rf"{INDEXED}|roll\((?<!\wroll\()")),
    (
        chains,
        ("random(", "rand(", "uniform(", "random_sample("),
        re.compile(
            r"\b(?:exp|log)\((?s:.*)\b(?:random|rand|uniform|random_sample)\(|\b(?:random|rand|uniform|random_sample)\((?s:.*)\b(?:exp|log)\("
        ),
    ),
    (
        chance,
        ("normal(", "randn(", "variate(", "gauss(", "exponential(", "random(", "rand(", "life", "half"),
        re.compile(
            r"\b(?:standard_normal|randn|normalvariate|gauss|normal|expovariate|exponential|random|rand)\(|half_?life|t_?half",
            re.I,
        ),
    ),
    (
        draws,
        (
            "exponential(",
            "expovariate(",
            "normal(",
            "gauss(",
            "normalvariate(",
            "integers(",
            "randint(",
            "randrange(",
            "accept",
            "metropolis",
            "mcmc",
        ),
        re.compile(
            r"\b(?:exponential|expovariate|normal|gauss|normalvariate|integers|randint|randrange)\(|accept|metropolis|mcmc",
            re.I,
        ),
    ),
    (
        slips,
        ("-=", "+=", "sin(", "cos(", "tan(", "random", "std", "payoff", "max(", "maximum("),
        re.compile(r"[-+]=|\b(?:sin|cos|tan)\(|random|std|payoff|max(?:imum)?\(", re.I),
    ),
    (
        reactions,
        ("exponential(", "variate(", "normal(", "randn(", "random(", "rand(", "random_sample("),
        re.compile(r"\b(?:exponential|expovariate)\(|\b(?:standard_normal|randn|random|rand|random_sample)\("),
    ),
    (
        counts,
        ("[", "roll(", "int(", "round(", "ceil(", "weight", "w = "),
        re.compile(
            rf"{INDEXED}|roll\((?<!\wroll\()|int\((?<!\wint\()|round\((?<!\wround\()|ceil\((?<!\wceil\()|weight|w = (?<!\ww = )",
            re.I,
        ),
    ),
    (
        forces,
        ("norm(", "hypot(", "sqrt(", "ke", "kin", "prey", "rabbit", "hare", "] +=", "] -="),
        re.compile(r"\b(?:norm|hypot|sqrt)\(|\bke\b|kin|prey|rabbit|hare|\] [+-]= ", re.I),
    ),
)
"""Each reader with what a program must hold for it to be worth reading, and small letters of which that has some."""
STEPS_SOMETHING = re.compile(r"^\s*(?:for|while|def)\b", re.M)
SOURCE_MAX = 100_000
WORDS_MAX = 20_000
ANSWER_MAX = 20_000
"""Longer programs are libraries, where words say little of any one expression."""
LIKELY = 0.8  # of a scheme that a reader could have meant otherwise


def check_schemes(text: str, *, program: bool = False) -> Iterator[Decision]:
    """Decisions on the numerical schemes of every Python block of `text`; with `program` the whole text is Python."""
    blocks = [("python", text, 0, len(text))] if program else list(code_blocks(text))
    for language, body, start, _ in blocks:
        if language not in ("python", "py", "python3", "") or len(body) > SOURCE_MAX:
            continue
        low = lowered(body)
        readers = [r for r, cues, signs in READERS if (not cues or any(c in low for c in cues)) and signs.search(body)]
        steps = len(body) < ANSWER_MAX and STEPS_SOMETHING.search(body) is not None
        measured = tells_units(body)
        if not readers and not steps and not measured:
            continue
        tree = parsed(body)
        if isinstance(tree, SyntaxError):
            continue
        lines = [0]
        for line in body.split("\n"):
            lines.append(lines[-1] + len(line) + 1)
        seen = set()
        around = (body if program else text)[:WORDS_MAX]
        wrong = set()
        told = () if program else settings(tree, around, body)
        for found in (*(reader(tree) for reader in readers), known(tree, around, body) if steps else (), told):
            for scheme in found:
                row = getattr(scheme.node, "lineno", 1)
                key = (row, scheme.name, scheme.computation)
                again = "slope" in scheme.name and row in wrong  # a tableau that was read as a whole
                if key not in seen and not again:
                    seen.add(key)
                    if not scheme.holds:
                        wrong.add(row)
                    yield _decision(scheme, body, start, lines)
        above = text.count("\n", 0, start)
        for scheme in units(tree, body, above) if measured else ():
            yield _decision(scheme, body, start, lines, kind="code-unit", oracle="units in code")


def _decision(
    scheme: Scheme,
    body: str,
    start: int,
    lines: list[int],
    *,
    kind: str = "scheme",
    oracle: str = "schemes",
) -> Decision:
    node = scheme.node
    row = getattr(node, "lineno", 1)
    head = isinstance(node, ast.For | ast.While | ast.If | ast.FunctionDef)
    last = row if head else getattr(node, "end_lineno", row) or row
    first = lines[row - 1] + len(
        body[lines[row - 1] : lines[row] - 1].encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")
    )
    end = (
        lines[last] - 1
        if head
        else lines[last - 1]
        + len(
            body[lines[last - 1] : lines[last] - 1]
            .encode()[: getattr(node, "end_col_offset", 0)]
            .decode(errors="ignore")
        )
    )
    span = (start + first, start + max(end, first + 1))
    return Decision(
        claim=Claim(kind=f"{kind}: {scheme.name}", text=body[first:end].strip()[:200], span=span),
        support=Support.SUPPORTED if scheme.holds else Support.REFUTED,
        receipt=Receipt(oracle=oracle, computation=scheme.computation, detail={"scheme": scheme.name}),
        message=f"{scheme.name}: {scheme.computation}",
        certainty="possible" if scheme.possible else "proved",
        probability=LIKELY if scheme.possible else None,
    )
