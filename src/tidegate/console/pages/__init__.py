"""The pages of the capabilities: one module each, listed here in the menu's order."""

from tidegate.console.app import Page
from tidegate.console.pages import findings, metrics, prompts, verify

PAGES: tuple[Page, ...] = (findings.PAGE, prompts.PAGE, verify.PAGE, metrics.PAGE)
