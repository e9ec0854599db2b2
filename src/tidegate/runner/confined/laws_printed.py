# ruff: noqa: E501  (patterns read best on one line)
"""What a program prints beside its own theory is a claim, and is held against it.

`print("simulated", x)` and `print("theory", y)`: the run is repeated under other seeds and the mean must agree with the
theory within its standard error; a run without chance is repeated at half the step, and what is left must be explained by that.
"""

import math
import re

VALUE = re.compile(r"[-+]?(?<![A-Za-z])\d+\.?\d*(?:e[-+]?\d+)?")
NUMBER = re.compile(r"(?<![\w./^\[])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w/]|\.\d)")
THEORY = re.compile(r"theor|\bexact|expect|analytic|predict|closed.?form|\btrue\b|should be|reference|black.?scholes|\bbs\b|tsiolkovsky|formula\b|erlang|onsager|dominant eigenvalue|largest eigenvalue|steady.?state", re.I)  # fmt: skip
LOOSE = re.compile(r"small.?angle|linear|approx|asympt|bound|limit|ideal|without|upper|lower|continu|infinite|vacuum|no drag|~|≈|about|at most|at least|order of|adiabatic|mean.?field|minim|maxim|\bminus\b|\bplus\b|\bloss", re.I)  # fmt: skip
ERROR = re.compile(r"\berr|±|\+/-|\+-|\bstd|deviation|\bse\b|\bsem\b|differ|uncertain|interval|\bci\b|percent|%|residual|ratio (?:to|of)", re.I)  # fmt: skip
SIMULATED = re.compile(r"simulat\w*|estimat\w*|measured|numeric\w*|monte|carlo|mc|empiric\w*|observed|sampled?|computed|comput\w*|result\w*|final|average|mean|approximate|value", re.I)  # fmt: skip
NAMED = re.compile(
    r"kepler|torricelli|bernoulli|newton's|malthus|verhulst|stokes|poiseuille|nernst|\bequation\b|\bby hand\b|\bin theory\b|\blaw\b",
    re.I,
)
"""Who a result is named after, or where it comes from: without chance, as good as the word theory."""
STEADY = re.compile(r"steady.?state", re.I)
UNIT = re.compile(r"\s?([A-Za-z°µ²³/]+)(?![\w=:])")
COMPUTED = re.compile(
    r"simulated|estimated?\b|measured|numerical|computed|monte.?carlo|empirical|observed|sampled", re.I
)
SPREAD = re.compile(r"\+-|±|\+/-|std|standard error|\bse\b|stderr|stat\w* error|\bsem\b", re.I)
WORD = re.compile(r"[a-zA-Z]\w*[a-zA-Z]")


class Shown:
    """One printed number: its line, its label, its value, the unit behind it, and half a unit of its last digit."""

    def __init__(self, line, label, text, unit=""):
        self.line, self.label, self.value, self.unit = line, label, float(text), unit
        self.whole = re.fullmatch(r"[-+]?\d+", text) is not None
        digits = text.lower().partition("e")
        decimals = len(digits[0].partition(".")[2]) if "." in digits[0] else 0
        self.half = 0.5 * 10.0 ** (-decimals + (int(digits[2]) if digits[2] else 0)) if len(digits[0].lstrip("+-")) < 12 else 0.0  # fmt: skip


def shown(lines):
    """Every number of the first hundred lines with the words before it."""
    out = []
    for at, line in enumerate(lines[:100]):
        end = 0
        for found in NUMBER.finditer(line):
            if re.match(r"\s*:.*\d", line[found.end() :]):
                continue  # `ln 2: 0.693` and `year 5: 120` have their number in their label
            label = VALUE.sub("#", line[end : found.start()]).strip(" :=,;([")
            end = found.end()
            unit = UNIT.match(line[end:])
            out.append(Shown(at, label, found.group(), unit.group(1) if unit is not None else ""))
    return out


def _theory(label):
    """Whether a label says that its number is known beforehand; a simulated steady state is not."""
    return THEORY.search(label) is not None and not (STEADY.search(label) and COMPUTED.search(label))


def named(numbers):
    """(simulated, theory) where the theory is called by a name, or stands below the one number that it can mean.

    `period: 0.73` above `Kepler: 0.73`; `burn time 95 s, final speed 3996 m/s` above `Tsiolkovsky: 3995 m/s`.
    """
    out = []
    for k, theory in enumerate(numbers):
        called = NAMED.search(theory.label) is not None
        if not (called or _theory(theory.label)) or COMPUTED.search(theory.label) or LOOSE.search(theory.label) or ERROR.search(theory.label):  # fmt: skip
            continue
        if sum(n.line == theory.line for n in numbers) != 1:
            continue
        above = [i for i, n in enumerate(numbers) if n.line == theory.line - 1]
        topic = {w for w in _topic(theory.label) if len(w) > 2 and w in theory.label.lower().split() and not NAMED.search(w)}  # fmt: skip
        fitting = [i for i in above if numbers[i].unit == theory.unit and numbers[i].whole == theory.whole and numbers[i].label]  # fmt: skip
        other = [_topic(numbers[i].label) for i in fitting]
        told = len(fitting) == 1 and (topic & other[0] if topic else called or len(above) > 1)
        if told and not any(f(numbers[fitting[0]].label) for f in (_theory, NAMED.search, ERROR.search, LOOSE.search)):
            out.append((fitting[0], k))
    return out


def pairs(numbers):
    """(simulated, theory) as positions in the list: on one line, or on lines that speak of the same."""
    out = []
    for k, theory in enumerate(numbers):
        if not _theory(theory.label) or LOOSE.search(theory.label) or ERROR.search(theory.label):
            continue
        after = numbers[k + 1] if k + 1 < len(numbers) and numbers[k + 1].line == theory.line else None
        if after is not None and not WORD.search(re.sub(r"\band\b|\bor\b", "", after.label)):
            continue  # "(should be 0 and 1)": which is meant of which is not said
        same = [
            i for i, n in enumerate(numbers)
            if n.line == theory.line and i != k and not _theory(n.label) and not ERROR.search(n.label) and not LOOSE.search(n.label) and (n.label or i == 0 or numbers[i - 1].line != n.line)
        ]  # fmt: skip
        beside = [i for i, n in enumerate(numbers) if n.line == theory.line and i != k]
        close = max(
            (i for i in beside if i < k and not SPREAD.search(numbers[i].label)), default=min(beside, default=None)
        )
        if beside:
            if close in same:
                out.append((close, k))
            continue
        topic = _topic(theory.label)
        rated = []
        for i, n in enumerate(numbers):
            near = abs(n.line - theory.line)
            if n.line == theory.line or near > 3 or _theory(n.label) or ERROR.search(n.label) or LOOSE.search(n.label):  # fmt: skip
                continue
            alone = sum(m.line == n.line for m in numbers) == 1
            other = _topic(n.label)
            if topic and topic & other and len(topic & other) / len(topic | other) >= 0.5:
                rated.append(
                    (len(topic & other) / len(topic | other) + 0.5 * bool(COMPUTED.search(n.label)), -near, -i)
                )
            elif alone and near == 1 and n.line < theory.line and topic & other:
                rated.append((0.4, -near, -i))
            elif alone and n.line == theory.line - 1 and n.label and (not topic or COMPUTED.search(n.label)):
                rated.append((0.5, -near, -i))
        if rated:
            out.append((-max(rated)[2], k))
    return out


def _topic(label):
    """The words of a label that say what it is, not how it was come by."""
    words = {w.lower() for w in WORD.findall(THEORY.sub(" ", label))}
    return {w for w in words if not THEORY.search(w) and not SIMULATED.fullmatch(w) and w not in ("the", "of", "for", "is", "at", "vs", "in", "with", "and", "from", "after", "by", "value")}  # fmt: skip


ERRORS = {3: 70.0, 4: 28.0, 5: 16.0, 6: 11.0, 7: 9.0}
"""Standard errors that a mean of few runs is allowed (Student, two chances in ten thousand or less)."""
NO_NUMBER = re.compile(r"(?<![\w.])-?(?:nan|inf)(?![\w.])")
PI = re.compile(r"\bpi\b|π", re.I)


def _apart(x, wanted, spread):
    """Runs that scatter widely, and yet all lie far off on one side: a mean that does not settle is no agreement."""
    import numpy as np

    beyond = (x - wanted) * np.sign(x.mean() - wanted) > 0.3 * abs(wanted)
    return len(x) >= 8 and bool(beyond.all()) and abs(float(x.mean()) - wanted) > 3.5 * spread


def _spreads(places, numbers, table, least, tell):
    """An error that is printed beside an estimate is the spread of the estimate over runs: not `least` times too small, nor five times too large.

    The spread of ten independent runs of normal estimates is 2.4 times too large once in ten million (chi square, 9 degrees of freedom).
    """
    import numpy as np

    for k in places:
        x, said = table[:, k - 1], float(np.median(table[:, k]))
        real = float(x.std(ddof=1))
        if real > 10 * numbers[k - 1].half and said > 10 * numbers[k].half and len(x) >= 8:
            tell(f"the error printed beside `{numbers[k - 1].label or 'the estimate'}` is its spread over runs", real / least < said < 5 * real, f"{said:.3g}", f"{real / least:.3g} to {5 * real:.3g} ({real:.3g} over {len(x)} seeds)", None)  # fmt: skip
        elif real > 10 * numbers[k - 1].half and said < real / 20 and len(x) >= 8:
            tell(f"the error printed beside `{numbers[k - 1].label or 'the estimate'}` is its spread over runs", False, f"{said:.3g}", f"{real:.3g} (over {len(x)} seeds)", None)  # fmt: skip


def _source(label):
    """Where the other value comes from, in words."""
    return f"what the text tells (`{label[10:]}`)" if label.startswith("the text: ") else f"`{label}` that it prints"


def check(first, again, halved, tell, random, slow, tied, heavy, claimed, runs=10):
    """Rows for each pair; `again(k)` and `halved()` answer printed lines of other runs, or None where they may not be run.

    `slow` says that a run may start from where it does not stay, so that its mean is off by some per cent; `tied` that successive
    values depend on each other, so that an error worked out as if they did not is too small;
    `heavy` that some values have a tail without a variance.
    """
    import numpy as np

    if any(NO_NUMBER.search(line) for line in first):
        line = next(line for line in first if NO_NUMBER.search(line))
        tell("what it prints is a number", False, line.strip()[:80], "a finite number", None)
    numbers = shown(first)
    found = pairs(numbers)
    if not random:
        told = {k for _, k in found}
        found += [(i, k) for i, k in named(numbers) if k not in told]
    circle = [k for k, n in enumerate(numbers) if PI.search(n.label) and not ERROR.search(n.label) and not THEORY.search(n.label)]  # fmt: skip
    spreads = [k for k, n in enumerate(numbers) if k and SPREAD.search(n.label) and numbers[k - 1].line == n.line]
    meant = claimed(numbers)
    if not found and not (random and (circle or spreads or meant)):
        return
    shape = [(n.line, n.label) for n in numbers]

    def values(lines):
        other = shown(lines) if lines is not None else []
        return [n.value for n in other] if [(n.line, n.label) for n in other] == shape else None

    rows = [[n.value for n in numbers]]
    for k in range(1, runs if random else 2):
        got = values(again(k))
        if got is not None:
            rows.append(got)
    table = np.array(rows, float)
    if random and len(table) < 3:
        return
    half = None if random else values(halved())
    if random:
        for k in circle[:1]:
            numbers.append(Shown(numbers[k].line, "π", repr(math.pi)))
            table = np.hstack([table, np.full((len(table), 1), math.pi)])
            found.append((k, len(numbers) - 1))
        for k, label, wanted in meant:
            if all(k != i for i, _ in found):
                numbers.append(Shown(numbers[k].line, label, repr(wanted)))
                table = np.hstack([table, np.full((len(table), 1), wanted)])
                found.append((k, len(numbers) - 1))
        _spreads(spreads, numbers, table, 5 if slow or tied else 2.4, tell)
    if heavy:
        return  # the spread over ten runs says little of how far a mean of a heavy tail may lie
    for simulated, theory in found:
        x, wanted = table[:, simulated], float(table[0, theory])
        if np.ptp(table[:, theory]) > 1e-9 * (abs(wanted) + 1e-12) or not np.all(np.isfinite(x)) or not math.isfinite(wanted):  # fmt: skip
            continue
        rounding = numbers[simulated].half + min(numbers[simulated].half, numbers[theory].half)
        spread = float(x.std(ddof=1)) / math.sqrt(len(x)) if len(x) > 1 else 0.0
        if random and spread == 0.0 and not (float(x[0]) in (0.0, 1.0) and 0.02 < wanted < 0.98):
            continue
        if random:
            share = (
                0.04
                if slow
                else 0.012
                if not re.search(r"prob|frac|share|\bpi\b|π", numbers[simulated].label, re.I)
                else 0.002
            )
            if numbers[theory].label.startswith("the text: "):
                share = max(share, 0.05)  # often of a limit
            slack = (t := ERRORS.get(len(x), 8.0)) * spread + share * abs(wanted) + rounding
            how = f"{t:g} standard errors of {len(x)} runs, and {share:.1%}"
        elif half is not None:
            share = (
                0.1
                if STEADY.search(numbers[theory].label)
                else 0.08
                if re.search(r"measured|average|mean|fit", numbers[simulated].label, re.I)
                else 0.04
            )
            slack = 3 * abs(half[simulated] - float(x[0])) + share * abs(wanted) + rounding
            how = f"three times what half the step changes, and {share:.0%}"
        else:
            slack = 0.1 * abs(wanted) + rounding
            how = "10 %, since it steps by no dt that could be halved"
        label = numbers[simulated].label or "what it prints"
        tell(
            f"`{label}` agrees with {_source(numbers[theory].label)}",
            abs(float(x.mean()) - wanted) <= slack and not _apart(x, wanted, spread),
            f"{float(x.mean()):.5g}" + (f" ± {spread:.2g}" if spread else ""),
            f"{wanted:.5g} within {slack:.2g} ({how})",
            None,
        )
