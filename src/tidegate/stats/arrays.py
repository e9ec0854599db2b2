"""Array types and the one place where numbers coming in are checked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, Measured, NotMeasured

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def floats(name: str, values: ArrayLike) -> Floats:
    """`values` as a float64 array with no NaN; names the first positions that are not numbers."""
    try:
        out = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected numbers for {name}, got {values!r:.80} ({error})") from error
    if out.size and not np.isfinite(out).all():
        bad = np.flatnonzero(~np.isfinite(out.ravel()))
        raise InputError(
            f"expected finite numbers for {name}, got {out.ravel()[bad[0]]} at position {bad[0]}"
            + (f" and {bad.size - 1} more" if bad.size > 1 else ""),
            remedy="drop or fill these rows on purpose, and say so",
        )
    return out


def vector(name: str, values: ArrayLike) -> Floats:
    """`values` as a one-dimensional float64 array with no NaN."""
    out = floats(name, values)
    if out.ndim != 1:
        raise InputError(f"expected one dimension for {name}, got shape {out.shape}")
    return out


def same_length(**arrays: NDArray[Any]) -> int:
    """The common length of the named arrays; an error naming them when they differ."""
    sizes = {name: len(a) for name, a in arrays.items()}
    if len(set(sizes.values())) > 1:
        listing = ", ".join(f"{n} {s}" for n, s in sizes.items())
        raise InputError(f"expected arrays of one length, got {listing}")
    return next(iter(sizes.values()))


def group_codes(labels: Sequence[object] | NDArray[Any]) -> tuple[Ints, int]:
    """Labels of any kind as codes 0..k-1 (order of first sorting) and k."""
    array = np.asarray(labels)
    if array.dtype == object:
        array = np.asarray([str(x) for x in array])
    _, codes = np.unique(array, return_inverse=True)
    codes = codes.astype(np.int64).ravel()
    return codes, int(codes.max()) + 1 if codes.size else 0


def check_level(level: float) -> float:
    """A confidence level in (0, 1)."""
    if not 0.0 < level < 1.0:
        raise InputError(f"expected a confidence level between 0 and 1, got {level!r}")
    return level


def check_alpha(alpha: float) -> float:
    """An error rate in (0, 1)."""
    if not 0.0 < alpha < 1.0:
        raise InputError(f"expected an error rate alpha between 0 and 1, got {alpha!r}")
    return alpha


def estimate(value: float, low: float, high: float, n: float, *, level: float, segment: str, method: str) -> Measured:
    """An `Estimate`, or `NotMeasured` where the arithmetic had no finite answer."""
    if not np.isfinite(value) or np.isnan(low) or np.isnan(high):
        return NotMeasured(
            reason=f"{method} has no finite answer on this sample", needed="more, or more varied, data", segment=segment
        )
    low, high = min(float(low), float(value)), max(float(high), float(value))
    return Estimate(value=float(value), low=low, high=high, n=int(n), segment=segment, level=level, method=method)
