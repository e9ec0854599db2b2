"""Prompts read for rules: what is a rule, what one violation costs, and what enforces it."""
