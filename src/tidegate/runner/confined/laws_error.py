# ruff: noqa: E501  (messages read best on one line)
"""What a program itself prints as its error is small: beside an exact solution, or of something that it says is kept.

Nothing is small by itself: an error is held against the exact values that the program computes, a relative one against one.
"""

import itertools
import re

from tidegate.runner.confined.laws_printed import shown

ERROR = re.compile(r"\b(?:error|deviation|difference|residual)\b", re.I)
RELATIVE = re.compile(
    r"\brel(?:ative|\.)?\b.*\b(?:error|drift|change|deviation|difference)\b|\b(?:error|drift|change|deviation)\b.*\brel(?:ative|\.)?\b|\b(?:drift|error|change)\b.*(?:\(|in )?(?:%|percent)",
    re.I,
)
EXACT = re.compile(r"(?:\w*_)?(?:exact|analytic\w*|true|reference|u_ex|u_true|y_true)(?:_\w*)?")
CRUDE = r"\beuler(?!-cromer|.cromer|'s equations)\b(?!.{0,20}symplectic)|unstable|instabil|naive|crude|spread|std|first.order|coarse|random|\blax\b|diverg|round.?off|tolerance"
CHECKED = re.compile(
    r"match|equal|conserv|agree|\bcheck|consistent|correct|symmetric|normali[sz]ed|passed|\bsame\b|shifted|identical|within|returns|\bok\b|all ?close|is ?close|sums? to|valid\b",
    re.I,
)
NORM = re.compile(r"(?:final |total |the )?(?:norm|probability)(?: \(should be #\)| after .*| at .*)?", re.I)
KEPT = r"conserv|constant|preserv|stays|unchanged|should not change|does not change|remains"
FIRST = re.compile(r"\b(?:initial(?:ly)?|start(?:ing)?|before|at start|original)\b", re.I)
WHOLE = re.compile(r"\b(mass|volume|energy|charge|norm|momentum|probability|total|population|heat|water)\b", re.I)
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
        elif NORM.fullmatch(label.strip()) and scenes[0].says(r"schr[oö]dinger|wave.?function|wave.?packet|\bpsi\b"):
            tell(f"`{label}` is 1", abs(value - 1) < 0.02, f"{value:.5g}", "1", None)
    _first_and_last(film, scenes, tell)


def _first_and_last(film, scenes, tell):
    """`volume: 1.5 initial: 1.5`: what the words say is kept is printed as it was."""
    if not scenes[0].says(KEPT):
        return
    numbers = shown(film.printed)
    for one, other in itertools.pairwise(numbers):
        beside = one.line == other.line or other.line == one.line + 1
        if not beside or bool(FIRST.search(one.label)) == bool(FIRST.search(other.label)):
            continue
        last, first = (other, one) if FIRST.search(one.label) else (one, other)
        word = WHOLE.search(last.label)
        if word is None or (WHOLE.search(first.label) or word).group(1).lower() != word.group(1).lower():
            continue
        size = max(abs(first.value), abs(last.value))
        if size > 0 and scenes[0].says(
            rf"{word.group(1).lower()}[^.\n]{{0,60}}(?:{KEPT})|(?:{KEPT})[^.\n]{{0,60}}{word.group(1).lower()}"
        ):
            off = abs(first.value - last.value) / size
            tell(
                f"`{last.label}` stays as it started",
                off < 0.03,
                f"{last.value:.5g}",
                f"{first.value:.5g} within 3 %",
                None,
            )


SAID = re.compile(r"([^:=]*?)\s*[:=?]?\s*\b(True|False)\b\s*$")


def says_so(film, tell):
    """A check that the program makes of itself and prints comes out true."""
    for line in film.printed[:100]:
        found = SAID.fullmatch(line.strip())
        if (
            found is not None
            and CHECKED.search(found.group(1))
            and not re.search(r"\b(?:not|no|un\w+|without|euler|broken|fails?)\b", found.group(1), re.I)
        ):
            tell(
                f"`{found.group(1).strip()}` is true, as it is printed to show",
                found.group(2) == "True",
                found.group(2),
                "True",
                None,
            )
