"""Benches: one module an area; each prints goal, measured, holds."""
