"""Policies examined: witnesses for each hard rule, dead and contradictory rules, what a new version changes."""
