# ruff: noqa: E501 (patterns and tables read better whole)
"""What a tool can do, guessed from its name where no policy says it: the cautious reading wins."""

import re

from tidegate.check.constraints.auditing.inflection import lemmas
from tidegate.check.constraints.model import Effect, ToolSpec

_READ = frozenset(
    [
        "get",
        "list",
        "search",
        "read",
        "find",
        "fetch",
        "view",
        "show",
        "lookup",
        "query",
        "check",
        "describe",
        "count",
        "browse",
        "retrieve",
        "calculate",
        "compute",
        "think",
        "look",
        "inspect",
        "preview",
        "validate",
        "estimate",
        "translate",
        "summarize",
        "summarise",
        "parse",
        "convert",
    ]
)
_IRREVERSIBLE = frozenset(
    [
        "delete",
        "remove",
        "drop",
        "erase",
        "purge",
        "wipe",
        "destroy",
        "cancel",
        "pay",
        "transfer",
        "refund",
        "charge",
        "buy",
        "purchase",
        "book",
        "reserve",
        "order",
        "withdraw",
        "terminate",
        "format",
        "truncate",
        "overwrite",
        "reset",
        "sell",
        "trade",
        "void",
    ]
)
_EXTERNAL = frozenset(
    [
        "send",
        "post",
        "share",
        "email",
        "mail",
        "publish",
        "notify",
        "message",
        "call",
        "tweet",
        "upload",
        "reply",
        "forward",
        "submit",
        "export",
        "webhook",
        "invite",
        "ship",
        "dispatch",
        "sms",
        "transmit",
        "schedule",
    ]
)
_PRIVILEGED = frozenset(
    [
        "grant",
        "revoke",
        "execute",
        "exec",
        "eval",
        "run",
        "sudo",
        "deploy",
        "install",
        "shell",
        "bash",
        "terminal",
        "authorize",
        "authorise",
        "promote",
        "impersonate",
    ]
)
_PRIVILEGED_OBJECTS = frozenset(
    [
        "password",
        "permission",
        "permissions",
        "role",
        "roles",
        "credential",
        "credentials",
        "admin",
        "token",
        "firewall",
        "policy",
        "sql",
        "command",
        "code",
        "script",
    ]
)
SINKS = ("to", "recipient", "recipients", "cc", "bcc", "email", "emails", "user_email", "address", "account", "iban", "amount", "user",
         "user_id", "channel", "url", "host", "path", "file_id", "id", "event_id", "email_id", "participants", "phone", "number",
         "beneficiary", "destination", "password", "payee", "order_id", "hotel", "restaurant", "company", "role", "target", "username")  # fmt: skip
CONTENTS = ("body", "content", "message", "text", "subject", "description", "title", "note", "comment")


def guess(name: str) -> ToolSpec:
    """An effect and sinks from a tool's name; what is not recognised is external, the class that asks."""
    parts = [p.lower() for p in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)] or [name.lower()]
    bases = {b for p in parts for b in lemmas(p)}
    effect: Effect = "external"
    first = set(lemmas(parts[0]))
    if first & _READ and not (bases & _PRIVILEGED_OBJECTS & {"password", "credential", "token"}):
        effect = "read"
    elif bases & _PRIVILEGED or (bases & _PRIVILEGED_OBJECTS and not bases & _READ):
        effect = "privileged"
    elif bases & _IRREVERSIBLE:
        effect = "irreversible"
    elif bases & _EXTERNAL:
        effect = "external"
    elif first & {"create", "add", "append", "update", "set", "edit", "modify", "rename", "move", "write", "save", "draft", "archive", "label", "mark", "open", "reschedule", "assign", "upsert", "put"}:  # fmt: skip
        effect = "reversible"
    elif bases & _READ:
        effect = "read"
    return ToolSpec(
        effect=effect, sinks=SINKS if effect != "read" else (), contents=CONTENTS if effect != "read" else ()
    )
