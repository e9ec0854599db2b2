"""Texts in flight: nothing is released past the earliest place where a forbidden span could be open."""
