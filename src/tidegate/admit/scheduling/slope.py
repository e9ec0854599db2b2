"""A straight line through what was measured, forgetting: what a token costs, and what is paid at none."""


class Slope:
    """A straight line through (x, y), forgetting: how much y a unit of x costs, and what remains at x = 0."""

    __slots__ = ("_n", "_xm", "_xx", "_xy", "_ym", "_yy")

    def __init__(self) -> None:
        self._n = self._xm = self._ym = self._xx = self._xy = self._yy = 0.0

    def add(self, x: float, y: float) -> None:
        """One more point; older ones fade (their weight halves in about 70 points)."""
        self._n = 0.99 * self._n + 1.0
        rate = 1.0 / self._n
        keep = 1.0 - rate
        dx, dy = x - self._xm, y - self._ym
        self._xm += rate * dx
        self._ym += rate * dy
        self._xx = keep * (self._xx + rate * dx * dx)
        self._xy = keep * (self._xy + rate * dx * dy)
        self._yy = keep * (self._yy + rate * dy * dy)

    def slope(self, n_least: float, explained_least: float) -> float:
        """The slope, or 0.0 where too few points or too little explained speak for one."""
        if self._n < n_least or self._xx <= 0.0 or self._yy <= 0.0 or self._xy <= 0.0:
            return 0.0
        explained = self._xy * self._xy / (self._xx * self._yy)
        return self._xy / self._xx if explained >= explained_least else 0.0

    def intercept(self) -> float:
        """y at x = 0; 0.0 while the points do not say."""
        if self._n < 4.0 or self._xx <= 0.0:
            return 0.0
        return max(0.0, self._ym - self._xm * max(0.0, self._xy / self._xx))
