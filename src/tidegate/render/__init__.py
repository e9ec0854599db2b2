"""Findings, estimates and gates → terminal, HTML, Markdown, SARIF, JUnit, plots; pure."""
