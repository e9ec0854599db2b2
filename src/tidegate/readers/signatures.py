# ruff: noqa: E501  (tables read best on one line)
"""One name of a package as the rest of an index line: parameters as written, with what its decorators do to them, and the result."""

from __future__ import annotations

import re
from typing import Any

# decorators that leave a signature as it is written
KEEPING = frozenset({"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "overload", "wraps", "lru_cache", "cache", "validate_params", "array_function_dispatch", "set_module", "contextmanager",
                     "doc", "Appender", "Substitution", "setupmethod", "typing.overload", "final", "jit", "njit", "asynccontextmanager", "not_implemented_for", "nx._dispatchable", "_dispatch", "finalize_array_function_like"})  # fmt: skip
# decorators that take a parameter under another name too
RENAMING = frozenset(
    {
        "deprecate_kwarg",
        "rename_parameter",
        "_rename_parameter",
        "deprecated_argument",
        "delete_parameter",
        "deprecate_nonkeyword_arguments",
        "make_keyword_only",
        "_deprecate_positional_args",
        "deprecate_positional_args",
        "allowlist",
    }
)
# decorators that let keywords in which the signature does not name: those their own arguments spell, and these
ADDING = {
    "_axis_nan_policy_factory": ("axis", "nan_policy", "keepdims"),
    "_preprocess_data": ("data",),
    "_transition_to_rng": ("seed", "random_state", "rng"),
}
TEXT = re.compile(r"['\"]([A-Za-z_]\w*)['\"]")


def final_of(member: Any) -> Any:
    """What a name stands for, or None where that lies outside of what was read."""
    try:
        return member.final_target if member.is_alias else member
    except Exception:
        return None


def signature_text(final: Any, own: str = "") -> str:
    """`(a,b=)->class`, or nothing where it is not known; `own` is the class that holds a method."""
    if final is None:
        return ""
    if final.kind.value == "class":
        return _constructor(final)
    if final.kind.value == "attribute" and own:
        result = _result(getattr(final, "annotation", None), own) if "property" in final.labels else ""
        return f"->{result}" if result else ""
    if final.kind.value != "function":
        return ""
    every = list(final.overloads or [final])
    stub = str(final.filepath).endswith(".pyi")  # else the implementation stands beside its overloads
    written = {_parameters(f, method=bool(own)) for f in (every if stub else [final])}
    results = {_result(f.returns, own) for f in every}
    parameters, result = (one.pop() if len(one) == 1 else "" for one in (written, results))
    return parameters + (f"->{result}" if parameters and result else "")


def _constructor(kind: Any) -> str:
    try:
        maker = kind.all_members.get("__init__")
        if maker is None or "__new__" in kind.all_members or kind.decorators or kind.keywords:
            return ""
    except Exception:
        return ""
    final = final_of(maker)
    return _parameters(final, method=True) if final is not None and final.kind.value == "function" else ""


def _parameters(function: Any, *, method: bool) -> str:
    """The parameters in parentheses; nothing where a decorator may have changed them."""
    marks, added = set(), []
    for decorator in function.decorators:
        text = str(decorator.value)
        name = text.partition("(")[0]
        last = name.rpartition(".")[2]
        marks.add(last)
        if name not in KEEPING and last not in KEEPING and last not in ADDING and last not in RENAMING:
            return ""
        added += [*ADDING.get(last, ()), *(TEXT.findall(text) if last in RENAMING else ())]
    shown = list(function.parameters)
    if method and "staticmethod" not in marks:
        shown = shown[1:]
    out: list[str] = []
    for i, p in enumerate(shown):
        kind = p.kind.value
        if kind == "keyword-only" and not any(o.startswith("*") for o in out):
            out.append("*")
        out.append(
            "**_"
            if kind == "variadic keyword"
            else "*_"
            if kind == "variadic positional"
            else p.name
            if p.default is None
            else f"{p.name}="
        )
        if kind == "positional-only" and (i + 1 == len(shown) or shown[i + 1].kind.value != "positional-only"):
            out.append("/")
    if added:
        new = [f"{a}=" for a in dict.fromkeys(added) if a not in {p.name for p in shown}]
        at = out.index("**_") if "**_" in out else len(out)
        out[at:at] = [*([] if any(o.startswith("*") and o != "**_" for o in out) or not new else ["*"]), *new]
    return "(" + ",".join(out) + ")"


def _result(annotation: Any, own: str) -> str:
    """The class that an annotation names; nothing for anything but one class."""
    if annotation is None:
        return ""
    sides = [s.strip() for s in str(annotation).split("|") if s.strip() != "None"]
    if len(sides) != 1 or "[" in sides[0]:
        return ""
    if sides[0].rpartition(".")[2] == "Self":
        return own
    if not re.fullmatch(r"[\w.]+", sides[0]):
        return ""
    try:
        return str(annotation.canonical_path)
    except Exception:
        return ""
