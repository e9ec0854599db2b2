"""The pages of the capabilities: one module each, listed here in the menu's order."""

from tidegate.console.app import Page

PAGES: tuple[Page, ...] = (
    Page(path="/scheduling", title="Scheduling", module="tidegate.console.pages.scheduling"),
    Page(path="/admin/scheduling", title="Scheduling as JSON", module="tidegate.console.pages.scheduling",
         in_menu=False),
    Page(path="/findings", title="Findings", module="tidegate.console.pages.findings"),
    Page(path="/loops", title="Loops", module="tidegate.console.pages.loops"),
    Page(path="/constraints", title="Constraints", module="tidegate.console.pages.constraints"),
    Page(path="/prompts", title="Prompts", module="tidegate.console.pages.prompts"),
    Page(path="/verify", title="Verify", module="tidegate.console.pages.verify"),
    Page(path="/metrics/elicit", title="Metrics", module="tidegate.console.pages.metrics"),
    Page(path="/harvest", title="Harvest", module="tidegate.console.pages.harvest"),
    Page(path="/admin/constraints/{what}", title="Constraints API", module="tidegate.console.constraints_api",
         in_menu=False),
)  # fmt: skip
