# ruff: noqa: E501  (patterns read best on one line)
"""Where a program tells units: behind a statement, above it, in docstrings of functions, and behind what is printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from tidegate.check.verify.code_units.unit_names import told_unit
from tidegate.check.verify.quantity.units import Unit

Spelled = tuple[Unit, str]
BRACKETS = re.compile(r"(?<![\w/*^·)])\[([^\[\]\n]{1,30})\]|(?<![\w/*^·)])\(((?:[^()\n]|\([^()\n]{1,12}\)){1,30})\)")
IN_UNIT = re.compile(
    r"(?:\bin|, ?measured in) (deg(?:rees?)? (?:C|F|[Cc]elsius|[Ff]ahrenheit)\b|(?:[\w°µμΩ/^*·⁻⁰¹²³⁴-]|\((?=[^() ]+ ?[^() ]*\))|\)|\.(?=\w)|\*\*| (?=per |squared|cubed)|(?<=per) |(?<=square) |(?<=cubic) ){1,36})"
)
HEDGE = re.compile(
    r"\bor\b|\bif\b|\brankine\b|°R\b|\beither\b|\be\.g\.|\bdepend|\bdefault|\bsame\b|\bany\b|\blog\b|\bln\b|\bnormali[sz]ed|\bper (?:step|frame|iteration|sample|unit)\b|\bunits of\b|\bconvert|\bunit\b|→|->|=",
    re.I,
)
NUMBER = re.compile(r"\d")
NAME = re.compile(r"[A-Za-z_]\w*")


class Comments:
    """The comment behind and above each row of a program, without strings mistaken for one."""

    def __init__(self, source: str) -> None:
        self.rows = source.split("\n")

    def behind(self, node: ast.AST) -> str:
        """The comment on the row where this node ends, behind it."""
        row = (getattr(node, "end_lineno", None) or 0) - 1
        if not 0 <= row < len(self.rows) or "#" not in self.rows[row]:
            return ""
        line = self.rows[row]
        at = getattr(node, "end_col_offset", 0)
        rest = line[at:] if line.isascii() else line.encode()[at:].decode(errors="ignore")
        found = re.match(r"[\s,)\]};]*#+:?(.*)", rest)
        return found.group(1).strip() if found else ""

    def above(self, node: ast.AST) -> str:
        """The comment that is the whole row above this node."""
        row = getattr(node, "lineno", 1) - 2
        if row < 0:
            return ""
        line = self.rows[row].strip()
        if not line.startswith("#") or (row > 0 and self.rows[row - 1].strip().startswith("#")):
            return ""
        return line.lstrip("#: ")


CHARGED = re.compile(r"q\w{0,4}|\w*charge\w*", re.I)
CAPACITOR = re.compile(r"c\w{0,4}|\w*capacit\w*", re.I)
WARM = re.compile(r"t\w{0,6}|\w*temp\w*|\w*(?:dew|ambient|cold|hot)\w*", re.I)


def of_letter(told: Spelled | None, name: str) -> Spelled | None:
    """`C` and `F` alone are a charge and a capacitance or two scales of temperature: the name says which."""
    if told is None or told[1] not in ("C", "F"):
        return told
    if (CHARGED if told[1] == "C" else CAPACITOR).fullmatch(name):
        return told
    return told_unit(f"°{told[1]}") if WARM.fullmatch(name) else None


def comment_unit(text: str, name: str = "", *, whole: bool = True) -> Spelled | None:
    """The unit that a comment gives to a name; None where it tells none, several, or might mean something else."""
    return of_letter(_comment_unit(text, whole=whole), name)


def _comment_unit(text: str, *, whole: bool = True) -> Spelled | None:
    if "psi" in text and text.strip() != "psi" and not re.search(r"press|stress|head|drop", text, re.I):
        return None  # the letter ψ
    if not text or len(text) > 160:
        return None
    if whole:
        plain = told_unit(text)
        if plain is not None:
            return plain
        lead = re.match(r"([^\s,;:(]+(?: [^\s,;:(a-z][^\s,;:(]*)?)\s*(?:[,;:]| - | -- | — |\(| of [a-z]{3,}$)", text)
        if lead is not None and not HEDGE.search(text):
            first = told_unit(lead.group(1))
            if first is not None and len(re.findall(r"[a-z]{3,}", text[lead.end(1) :])) >= 1:
                return first
    if HEDGE.search(text):
        return None
    found = [u for m in BRACKETS.finditer(text) if (u := told_unit((m.group(1) or m.group(2)).strip())) is not None]
    found += [u for m in IN_UNIT.finditer(text) if (u := told_unit(m.group(1))) is not None and len(m.group(1)) > 0]
    if whole and not found and "," in text:
        last = told_unit(text.rpartition(",")[2])
        found += [last] if last is not None else []
    if not found or len({(u.size, u.dims, u.kind) for u, _ in found}) != 1:
        return None
    return found[0]


PARAM = re.compile(
    r"^[ \t]*(?::param(?:eter)?\s+(?:\w+\s+)?(?P<sphinx>\w+)\s*:|[-*]?\s*`{0,2}(?P<names>\w+(?:\s*,\s*\w+)*)`{0,2}\s*(?P<kind>\([^()\n]{0,60}\))?\s*(?::|--| - |–))(?P<text>[^\n]*)",
    re.M,
)
RETURNS = re.compile(
    r"^[ \t]*(?:Returns?|:returns?|:return)[ \t]*:?[ \t]*(?P<same>[^\n]*)(?:\n[ \t]*-{3,}[ \t]*)?", re.M | re.I
)
NAMED_IN = re.compile(
    r"\b([A-Za-z_]\w*)(?=(?: is)?(?: in)? ((?:milli|micro)?seconds|minutes|hours|days|metres|meters|kilograms|watts|joules|newtons|volts)\b|(?: is)? in ([^,;.)\n]{1,30})| [(\[]([^()\[\]\n]{1,14})[)\]])"
)
"""A name with its unit in a sentence: `depth in m`, `volume (m^3)`."""
HEADING = re.compile(
    r"^\s*(?:Parameters|Args|Arguments|Returns?|Raises|Yields|Notes?|Examples?|References|See Also|Attributes|Other Parameters)\s*:?\s*$",
    re.I,
)
NOT_A_RESULT = re.compile(
    r"\b(?:advance|draw|step|move|wait|sleep|update|set|plot|print|convert\w* .* from|after|every|for|within)\b", re.I
)


def docstring_units(doc: str, parameters: set[str]) -> tuple[dict[str, Spelled], Spelled | None]:
    """Units of the parameters that a docstring describes, and the unit of what is returned."""
    told: dict[str, Spelled] = {}
    doubted: set[str] = set()
    body, _, after = _split_returns(doc)
    for found in PARAM.finditer(body):
        names = [found.group("sphinx")] if found.group("sphinx") else re.split(r"\s*,\s*", found.group("names"))
        if not set(names) <= parameters:
            continue
        text = found.group("text") + " " + (found.group("kind") or "") + _continued(body, found.end())
        described = _described(text)
        for name in names:
            unit = of_letter(described, name)
            if unit is None or name in told:
                doubted.add(name)
            else:
                told[name] = unit
    for sentence in re.split(r"(?<=[.;])\s|\n", body):
        if HEDGE.search(sentence):
            continue
        for found in NAMED_IN.finditer(sentence):
            name, text = found.group(1), found.group(2) or found.group(3) or found.group(4)
            unit = of_letter(told_unit(text) or told_unit(text.split(" ")[0]), name)
            if name in parameters and name not in told and name not in doubted and unit is not None:
                told[name] = unit
    return told, _returned(after) if after is not None else _summary(doc, parameters)


def _described(text: str) -> Spelled | None:
    text = text.strip()
    tail = re.match(
        r"(?:float|int|array|array_like|array-like|np\.ndarray|ndarray|scalar|numeric)\b\s*[,:]?\s*(.*)", text, re.S
    )
    rest = tail.group(1) if tail else text
    if rest.split("\n")[0].strip() in ("mol", "deg", "min"):  # a type, as `mol : Mol`
        return None
    unit = _comment_unit(re.sub(r"\s+", " ", rest)[:160], whole=True)
    if (
        unit is not None
        and unit[1] in ("N", "M", "K", "T", "S", "H", "D", "L")
        and re.search(r"\barray|\bshape|\bmatri|\bsize|\bdimension|\blist|\bnumber", text)
    ):
        return None  # the number of its places
    return unit


def _continued(body: str, at: int) -> str:
    """The rows below a description that are indented more than it."""
    start = body.rfind("\n", 0, at) + 1
    depth = len(body[start:]) - len(body[start:].lstrip(" \t"))
    out = []
    for row in body[at:].split("\n")[1:4]:
        if not row.strip() or len(row) - len(row.lstrip()) <= depth or HEADING.match(row):
            break
        out.append(row.strip())
    return " " + " ".join(out) if out else ""


def _split_returns(doc: str) -> tuple[str, str, str | None]:
    found = RETURNS.search(doc, 1)
    if found is None or (
        found.group("same").strip()
        and not found.group(0).lstrip().lower().startswith((":return", "returns:", "return:"))
    ):
        return doc, "", None
    return doc[: found.start()], found.group(0), (found.group("same") or "") + doc[found.end() :]


def _returned(text: str) -> Spelled | None:
    rows = []
    for row in text.split("\n"):
        if HEADING.match(row) or row.lstrip().startswith((":", ">>>")):
            break
        rows.append(row)
    block = "\n".join(rows).strip()
    if re.search(r"\n\s*\n", block):
        block = re.split(r"\n\s*\n", block)[0]
    if len(re.findall(r"^\s*\w+\s*:", block, re.M)) > 1 or re.search(
        r"\btuple\b|\bdict\b|\blist of tuples\b", block, re.I
    ):
        return None
    block = re.sub(r"^\s*(?:\w+\s*:\s*)?(?:float|array|ndarray|np\.ndarray|int|array_like)\s*:?\s*(?:\n|$)", "", block)
    block = re.sub(r"^(?:float|int|np\.ndarray|ndarray)\s*:\s*", "", block)
    return comment_unit(re.sub(r"\s+", " ", block)[:160])


def _summary(doc: str, parameters: set[str]) -> Spelled | None:
    first = re.split(r"(?<=[.;])\s|\n\s*\n|;", doc.strip())[0]
    first = re.sub(r"\s+", " ", first)
    if HEDGE.search(first):
        return None
    for found in sorted((*IN_UNIT.finditer(first), *BRACKETS.finditer(first)), key=lambda m: m.start()):
        before = first[: found.start()]
        unit = told_unit((found.group(1) or found.group(2) if found.re is BRACKETS else found.group(1)).strip())
        words = NAME.findall(before)
        if unit is None or not words:
            continue
        own = words[-1] not in parameters and not NOT_A_RESULT.search(before) and "," not in before
        return unit if own and len(words) < 9 else None
    return None


BEHIND_VALUE = re.compile(
    r" ?([^\s,;:!?|\[\](){}'\"]+(?:\([^\s()]+ ?[^\s()]*\))?)(?=$|[\s,;:!?|\]).(])(?! ?(?:per|/|and a|of the|more|less|faster|slower|each)\b)"
)


def printed_unit(text: str) -> Spelled | None:
    """The unit with which the text behind a printed value begins."""
    found = BEHIND_VALUE.match(text)
    if found is None:
        return None
    word = found.group(1)
    if word.startswith("$") or (len(word) == 1 and word.isupper() and not text.startswith(" ")):  # {lat}N, ${x}$
        return None
    after = text[found.end() :].lstrip(" ")
    if (
        len(word) <= 2
        and word.isalpha()
        and text[found.end() : found.end() + 1] == " "
        and re.match(r"[a-z]{2,}", after)
        and not re.match(r"(?:after|at|of|in|and|from|for|to|on|with|over|is|are|vs)\b", after)
    ):
        return None
    if word in ("in", "a", "as", "d", "min", "t", "at", "h") and after and word not in ("h", "min"):
        return None
    return of_letter(told_unit(word), "")


def printed(call: ast.Call) -> Iterator[tuple[ast.expr, Spelled, ast.AST]]:
    """Values of one `print` with the unit that the text behind them tells."""
    for i, arg in enumerate(call.args):
        after = call.args[i + 1] if i + 1 < len(call.args) else None
        if isinstance(arg, ast.JoinedStr):
            yield from formatted(arg)
        elif isinstance(after, ast.Constant) and isinstance(after.value, str) and not isinstance(arg, ast.Constant):
            unit = printed_unit(" " + after.value.lstrip())
            if unit is not None:
                yield arg, unit, call


def formatted(text: ast.JoinedStr) -> Iterator[tuple[ast.expr, Spelled, ast.AST]]:
    """The values of an f-string with the unit told behind them."""
    parts = text.values
    for part, after in pairwise(parts):
        if isinstance(part, ast.FormattedValue) and isinstance(after, ast.Constant) and isinstance(after.value, str):
            spec = part.format_spec
            shown = (
                "".join(str(v.value) for v in spec.values if isinstance(v, ast.Constant))
                if isinstance(spec, ast.JoinedStr)
                else ""
            )
            if shown.endswith(("%", "s", "x", "b")) or part.conversion not in (-1,):
                continue
            plural = re.match(r"[a-zA-Z](?![\w/*^])", after.value) is not None and not shown  # f"{word}s"
            unit = printed_unit(after.value) if not plural else None
            if unit is not None:
                yield part.value, unit, part
