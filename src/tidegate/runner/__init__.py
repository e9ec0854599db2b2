"""Asks models many times for whoever needs it: budget, concurrency, repeat-aware cache, resume."""
