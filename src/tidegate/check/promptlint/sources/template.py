"""Templates: which lines stand in which branch, so that every reachable branch is checked at once.

A line inside `{% if plan == "pro" %}` binds only when `plan` is "pro": the branch becomes a guard
like any other, and the solver looks for a rendering that activates lines which cannot hold
together.  Jinja and Mustache blocks are read; `{name}` and `{{ name }}` stay opaque.
"""

# ruff: noqa: E501

import re
from typing import NamedTuple

from tidegate.spine.errors import InputError

BLOCK = re.compile(
    r"\{#.*?#\}|\{%-?\s*(?P<word>\w+)\s*(?P<rest>.*?)\s*-?%\}|\{\{(?P<mark>[#^/!])\s*(?P<name>[\w.\- ]+?)\s*\}\}", re.S
)
VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)[^{}]*\}\}|\$?\{([A-Za-z_]\w*)\}")

Condition = tuple[str, bool]


class Branches(NamedTuple):
    """The text with block marks blanked out (same length), and the conditions from each offset on."""

    text: str
    at: tuple[tuple[int, tuple[Condition, ...]], ...]
    variables: tuple[str, ...]

    def conditions(self, offset: int) -> tuple[Condition, ...]:
        """The conditions under which the character at `offset` is rendered."""
        current: tuple[Condition, ...] = ()
        for start, conditions in self.at:
            if start > offset:
                break
            current = conditions
        return current


def has_blocks(text: str) -> bool:
    """Whether the text holds template statements."""
    return bool(re.search(r"\{%-?\s*\w|\{\{[#^]\s*\w|\{#", text))


def branches(text: str, name: str = "") -> Branches:
    """Read the blocks of a template; raises InputError naming the block that is not balanced."""
    if not has_blocks(text):
        return Branches(text, (), variables(text))
    stack: list[tuple[str, list[Condition], int]] = []
    at: list[tuple[int, tuple[Condition, ...]]] = []
    out = list(text)

    def line(offset: int) -> str:
        return f"{name or 'template'}:{text.count(chr(10), 0, offset) + 1}"

    for m in BLOCK.finditer(text):
        for i in range(m.start(), m.end()):
            if out[i] != "\n":
                out[i] = " "
        word, rest, mark, label = m.group("word"), m.group("rest"), m.group("mark"), m.group("name")
        if word in ("if", "unless"):
            stack.append(("if", [(rest, word == "if")], m.start()))
        elif word in ("elif", "elsif") or word == "else":
            if not stack or stack[-1][0] not in ("if", "for"):
                raise InputError(f"expected {{% {word} %}} inside an {{% if %}}, found none open", where=line(m.start()),
                                 remedy="add the {% if … %} it belongs to")  # fmt: skip
            kind, conditions, start = stack.pop()
            conditions = [(c, False) if i == len(conditions) - 1 else (c, s) for i, (c, s) in enumerate(conditions)]
            stack.append((kind, conditions + ([(rest, True)] if word != "else" else []), start))
        elif word in ("for", "macro", "block", "call", "filter", "raw", "with"):
            stack.append((word, [], m.start()))
        elif word and word.startswith("end"):
            wanted = word[3:]
            if not stack or (wanted and stack[-1][0] != wanted and not (wanted == "unless" and stack[-1][0] == "if")):
                have = f"{{% {stack[-1][0]} %}} opened at {line(stack[-1][2])}" if stack else "nothing open"
                raise InputError(f"{{% {word} %}} closes no block: {have}", where=line(m.start()),
                                 remedy="balance the blocks of the template")  # fmt: skip
            stack.pop()
        elif mark in ("#", "^"):
            stack.append(("/" + label, [(label, mark == "#")], m.start()))
        elif mark == "/":
            if not stack or stack[-1][0] != "/" + label:
                raise InputError(f"{{{{/{label}}}}} closes no section", where=line(m.start()),
                                 remedy=f"open it with {{{{#{label}}}}}")  # fmt: skip
            stack.pop()
        at.append((m.end(), tuple(c for _, cs, _ in stack for c in cs)))
    if stack:
        kind, _, start = stack[-1]
        raise InputError(f"the block {kind!r} is never closed", where=line(start),
                         remedy="close it, or escape the braces")  # fmt: skip
    return Branches("".join(out), tuple(at), variables(text))


def variables(text: str) -> tuple[str, ...]:
    """Names of the variables a template uses, in order of appearance."""
    return tuple(dict.fromkeys(a or b for a, b in VARIABLE.findall(text)))


def render(text: str, values: dict[str, object], name: str = "") -> str:
    """Fill in `{{ name }}` and `{name}`; raises InputError naming the variable that has no value."""

    def fill(m: re.Match[str]) -> str:
        variable = (m.group(1) or m.group(2)).split(".")[0]
        if variable not in values:
            at = text.count("\n", 0, m.start()) + 1
            raise InputError(f"the template needs the variable {variable!r}, which has no value",
                             where=f"{name or 'template'}:{at}",
                             remedy=f"give it in --vars (has: {', '.join(sorted(values)) or 'nothing'})")  # fmt: skip
        return str(values[variable])

    return VARIABLE.sub(fill, text)
