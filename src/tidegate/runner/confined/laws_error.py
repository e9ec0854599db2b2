# ruff: noqa: E501  (messages read best on one line)
"""What a program itself prints as its error is small: beside an exact solution, or of something that it says is kept.

Nothing is small by itself: an error is held against the exact values that the program computes, a relative one against one.
"""

import re

from tidegate.runner.confined.laws_printed import shown

ERROR = re.compile(r"\b(?:error|deviation|difference|residual)\b", re.I)
RELATIVE = re.compile(
    r"\brel(?:ative|\.)?\b.*\b(?:error|drift|change|deviation|difference)\b|\b(?:error|drift|change|deviation)\b.*\brel(?:ative|\.)?\b|\b(?:drift|error|change)\b.*(?:\(|in )?(?:%|percent)",
    re.I,
)
EXACT = re.compile(r"(?:\w*_)?(?:exact|analytic\w*|true|reference|u_ex|u_true|y_true)(?:_\w*)?")
CRUDE = r"\beuler(?!-cromer|.cromer|'s equations)\b(?!.{0,20}symplectic)|unstable|instabil|naive|crude|spread|std|first.order|coarse|random|\blax\b|diverg|round.?off|tolerance"
LARGE, PART = 0.1, 0.25


def check(film, scenes, tell):
    """Rows on every printed error of a program without chance."""
    import numpy as np

    if not scenes or scenes[0].says(CRUDE):
        return
    exact = [
        np.asarray(v)
        for k, v in film.space.items()
        if EXACT.fullmatch(str(k).lower()) and isinstance(v, (float, np.ndarray))
    ]
    sizes = [float(np.max(np.abs(v))) for v in exact if v.dtype.kind in "fc" and v.size and np.all(np.isfinite(v))]
    for number in shown(film.printed):
        label, value = number.label, abs(number.value)
        if RELATIVE.search(label):
            share = value / 100 if re.search(r"%|percent", film.printed[number.line]) else value
            tell(f"`{label}` is small", share < LARGE, f"{share:.3g}", f"less than {LARGE:g}", None)
        elif ERROR.search(label) and len(sizes) == 1 and sizes[0] > 0:
            tell(
                f"`{label}` is small beside the exact values",
                value < PART * sizes[0],
                f"{value:.3g}",
                f"less than {PART:g} of {sizes[0]:.3g}",
                None,
            )
