"""What known functions do to dimensions, by the last part of their name."""

from __future__ import annotations

KEEP = frozenset(
    "abs fabs absolute sum mean average median nanmean nansum cumsum max min amax amin maximum.reduce std nanstd ptp sort sorted float round around ceil floor trunc "
    "array asarray asfarray copy deepcopy squeeze ravel flatten reshape transpose roll diff flip list tuple reversed real imag norm percentile quantile full_like "
    "mean std pstdev stdev fmean fsum to_numpy item tolist rolling cummax cummin abs_ int nan_to_num atleast_1d broadcast_to repeat tile unique Decimal float64 float32".split()
)  # fmt: skip
FILL = frozenset({"zeros_like", "empty_like"})
NEUTRAL = frozenset({"zeros", "empty", "ones", "array_of_zeros"})
SAME = frozenset({"max", "min", "maximum", "minimum", "hypot", "fmax", "fmin", "dist"})
ANGLES_OUT = frozenset({"arcsin", "arccos", "arctan", "asin", "acos", "atan"})
RATIO_IN = frozenset({"exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "log10", "log2", "log1p", "erf", "erfc"})
SQUARES = frozenset({"var", "variance", "pvariance", "square"})
SECONDS = frozenset({"time.time", "time.monotonic", "time.perf_counter", "time.process_time", "timeit.default_timer", "perf_counter", "monotonic", "total_seconds"})
NANOSECONDS = frozenset({"time.time_ns", "time.monotonic_ns", "time.perf_counter_ns", "time.process_time_ns", "perf_counter_ns"})
SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "sleep"})
PRODUCTS = frozenset({"dot", "cross", "outer", "multiply", "matmul", "vdot", "inner"})
MEASURED = frozenset({"seconds"})
