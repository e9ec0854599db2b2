# ruff: noqa: E501  (tables and messages read best on one line)
"""Stand-ins for packages that only draw, show progress or speed up, where they are not installed.

A simulator that plots its result simulates nothing by it: a missing `matplotlib` must not keep its physics from being measured.
"""

import importlib.util
import itertools
import sys
import types

PLOTTING = ("matplotlib", "seaborn", "plotly")


class Nothing(types.ModuleType):
    """Takes every call, attribute, item and assignment, and is nothing."""

    def __init__(self, name="nothing"):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return subplots if name == "subplots" else Nothing(name)

    def __call__(self, *_args, **_kwargs):
        """Nothing comes of a call either."""
        return Nothing()

    def __getitem__(self, _key):
        return Nothing()

    def __setitem__(self, _key, _value):
        return None

    def __iter__(self):
        return iter((Nothing(),))

    def __len__(self):
        return 1

    def __enter__(self):
        return self

    def __exit__(self, *_args):
        return None


def subplots(nrows=1, ncols=1, **_kwargs):
    """A figure and as many axes as asked for."""
    import numpy as np

    if nrows * ncols == 1:
        return Nothing(), Nothing()
    axes = np.empty((nrows, ncols), dtype=object)
    for i, j in itertools.product(range(nrows), range(ncols)):
        axes[i, j] = Nothing()
    return Nothing(), axes[0] if nrows == 1 else axes[:, 0] if ncols == 1 else axes


def same(items=None, *_args, **_kwargs):
    """What `tqdm` does to an iterable."""
    return items


def compiled(*args, **_kwargs):
    """A decorator that compiles, which leaves what the function computes as it is."""
    if len(args) == 1 and callable(args[0]):
        return args[0]
    return lambda function: function


def emptied():
    """Arrays that NumPy leaves as the memory was come as zeros, so that a run that is cut short is the same run twice."""
    import numpy as np

    np.empty, np.empty_like = np.zeros, np.zeros_like


def stand_in():
    """Put the stand-ins of what is not installed into `sys.modules`."""
    emptied()
    for name in PLOTTING:
        if name not in sys.modules and importlib.util.find_spec(name) is None:
            for part in ("", ".pyplot", ".animation", ".patches", ".colors", ".cm", ".express", ".graph_objects", ".ticker", ".gridspec"):  # fmt: skip
                sys.modules[name + part] = Nothing(name + part)
            sys.modules[name].__dict__["pyplot"] = sys.modules[name + ".pyplot"]
    if "tqdm" not in sys.modules and importlib.util.find_spec("tqdm") is None:
        for name in ("tqdm", "tqdm.auto", "tqdm.notebook"):
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__dict__.update(tqdm=same, trange=range)
    if "numba" not in sys.modules and importlib.util.find_spec("numba") is None:
        numba = types.ModuleType("numba")
        numba.__dict__.update(njit=compiled, jit=compiled, vectorize=compiled, prange=range, float64=float, int64=int)
        sys.modules["numba"] = numba
