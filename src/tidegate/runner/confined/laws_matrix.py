# ruff: noqa: E501  (messages read best on one line)
"""Populations by age and chains by state: where a matrix may hold numbers, which way it is applied, and what is printed as shares."""

import re

LESLIE = r"leslie"
MARKOV = r"markov|transition (?:probabilit|matri)|stochastic matrix"
NAMES = (
    "A",
    "L",
    "M",
    "P",
    "T",
    "leslie",
    "leslie_matrix",
    "projection",
    "transition",
    "transition_matrix",
    "P_matrix",
    "Q",
)
STATES = ("n", "N", "population", "pop", "x", "p", "pi", "state", "dist", "v", "distribution", "prob", "pi_t", "vec")
SHARES = re.compile(
    r"\b(?:distribution|proportions?|fractions?|shares|stationary|probabilities)\b[^\[]*\[([^\]]+)\]", re.I
)


def check(film, scenes, tell):
    """Every such law on what a run left."""
    import numpy as np

    shares(film, tell)
    if not scenes or not scenes[0].says(f"{LESLIE}|{MARKOV}"):
        return
    leslie = scenes[0].says(LESLIE)
    found = [np.asarray(film.space[n], float) for n in NAMES if _square(film.space.get(n))]
    found += [np.asarray(v, float) for s in scenes for k, v in s.constants.items() if k in NAMES and _square(v)]
    if not found or (leslie and scenes[0].says(r"usher|lefkovitch|stage")):
        return
    a = found[0]
    if leslie:
        legal = np.zeros_like(a, bool)
        legal[0, :] = legal[-1, -1] = True
        legal[np.arange(1, len(a)), np.arange(len(a) - 1)] = True
        tell(
            "a Leslie matrix holds births in its first row and survival below its diagonal",
            not np.any(a[~legal]),
            f"{int(np.sum(a[~legal] != 0))} numbers elsewhere",
            "0",
            None,
        )
        below = a[np.arange(1, len(a)), np.arange(len(a) - 1)]
        tell(
            "a share that survives is at most 1",
            bool(np.all((below >= 0) & (below <= 1))),
            f"{below.min():.3g} to {below.max():.3g}",
            "0 to 1",
            None,
        )
    rows, columns = np.allclose(a.sum(axis=1), 1), np.allclose(a.sum(axis=0), 1)
    for scene in scenes:
        n = scene.one(*STATES, dims=2)
        if n is None or n.shape[1] != len(a) or len(n) < 5 or scene.line is None:
            continue
        ways = (
            [n[:-1] @ a.T]
            if leslie or (columns and not rows)
            else [n[:-1] @ a]
            if rows and not columns
            else [n[:-1] @ a, n[:-1] @ a.T]
        )
        size = float(np.max(np.abs(n))) or 1.0
        scaled = [w / w.sum(axis=1, keepdims=True) for w in ways if np.all(w.sum(axis=1) != 0)]
        off = min(float(np.max(np.abs(n[1:] - w))) for w in [*ways, *scaled]) / size
        tell(
            "each turn is the matrix times the one before", off < 1e-6, f"off by {off:.3g} of its size", "0", scene.line
        )
        return


def _square(value):
    import numpy as np

    return (
        isinstance(value, np.ndarray)
        and value.ndim == 2
        and value.shape[0] == value.shape[1]
        and 2 <= len(value) <= 50
        and value.dtype.kind in "fi"
    )


def shares(film, tell):
    """What is printed as a distribution adds up to 1 (or to 100 %)."""
    for line in film.printed[:100]:
        found = SHARES.search(line)
        if found is None or re.search(r"cumul|mean of|final size|initial|velocit|speed|normal|gauss", line, re.I):
            continue
        try:
            numbers = [float(w) for w in found.group(1).replace(",", " ").split()]
        except ValueError:
            continue
        total = sum(numbers)
        if len(numbers) >= 2 and all(v >= 0 for v in numbers):
            slack = 0.01 * max(len(numbers), 2) + 0.01
            tell(
                f"`{line[: found.start(1) - 1].strip(' :')}` adds up to 1",
                abs(total - 1) < slack or abs(total - 100) < 100 * slack,
                f"{total:.5g}",
                "1 (or 100 %)",
                None,
            )
