"""Trace, prompt, document or answer → findings."""
