"""Equalities over numbers, as people write and tell them: read, computed with rounding intervals, decided."""
