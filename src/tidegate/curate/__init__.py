"""Findings → cases."""
