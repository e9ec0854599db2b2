# ruff: noqa: E501  (patterns read best on one line)
"""Do two short answers mean the same?  Each is read as what it is, and compared as that.

References by their identifier, reactions by their species, code by its syntax tree, formulae by composition (also the one
formula of a sentence, or a compound's name beside a formula), computations by their value, quantities by unit-converted
overlap of what their digits allow; words by what they add to the question's own (`Nairobi`, `The capital of Kenya is
Nairobi.`).  An empty answer means nothing, not even what another empty one means.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from functools import lru_cache

from tidegate.check.verify.chemistry.balancing import Reaction
from tidegate.check.verify.chemistry.chemical_names import compounds
from tidegate.check.verify.chemistry.formula import parse_formula
from tidegate.check.verify.chemistry.reactions import find_reactions
from tidegate.check.verify.code.blocks import FENCE
from tidegate.check.verify.numbers.expression import Parser
from tidegate.check.verify.numbers.interval import TooLarge
from tidegate.check.verify.numbers.lexer import tokenize
from tidegate.check.verify.numbers.tree import Mode, Reading, Unparsed, operators
from tidegate.check.verify.quantity.quantities import Quantity, quantities
from tidegate.check.verify.quantity.units import ONE, convert

LENGTH_MAX = (
    2000  # characters in which a value is looked for; what is longer is compared by its last quantity or its words
)
SENTENCE_MAX = 200  # characters of a sentence whose one formula is its value
SHORT = 6  # words beyond the question's: longer answers in words may both be right
FINAL = re.compile(r"(?im)^\W*(?:the\s+)?(?:final\s+)?answer(?:\s+is\b|\s*[*`]*\s*[:=])[\s*`$:=]*(\S.*)$")
ENGLISH = frozenset(["No", "I", "In", "As", "At", "He", "Be", "Am"])  # words that are also symbols
REFERENCE = re.compile(
    r"(?i)(?:doi:?\s*|doi\.org/|isbn:?\s*|arxiv:\s*)(10\.\d{4,9}/\S+|[\d][\d\- ]{8,16}[\dXx]|\d{4}\.\d{4,5})"
)
ARROW = re.compile(r"->|→|\\rightarrow|⇌")
CODE_WORD = re.compile(r"\b(?:def|return|import|lambda)\b|[=(\[]")
BINARY = re.compile(r"\w\s*(?:\*\*?|//?|%|\+|-|[<>]=?)\s*\w")
CHEMICAL = re.compile(
    r"\b(?:formulas?|formulae|symbols?|compounds?|ions?|molecules?|salts?|acids?|reagents?|gas(?:es)?)\b", re.I
)
STANDALONE = re.compile(r"(?<![A-Za-z₀-₉\d)\]+\-^])\d")
FORMULA_LIKE = re.compile(r"(?<![\w\\])[A-Z][A-Za-z0-9₀-₉()\[\]⁺⁻⁰-⁹²³¹^+\-]*")
SYMBOL_SAID = re.compile(r"(?:\bis|\bare|:|=)\s*[*`$'\"]{0,3}([A-Z][a-z]?)[*`$'\"]{0,3}(?=\s*(?:[.,;(]|$))")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
FUNCTION_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "be",
        "it",
        "its",
        "it's",
        "that",
        "this",
        "these",
        "those",
        "of",
        "in",
        "on",
        "at",
        "to",
        "by",
        "from",
        "for",
        "with",
        "as",
        "and",
        "has",
        "have",
        "had",
        "does",
        "do",
        "did",
        "answer",
        "called",
        "named",
        "known",
        "city",
        "so",
        "i",
        "think",
        "about",
        "we",
        "they",
        "there",
        "here",
        "also",
        "written",
    ]
)
NEGATIONS = frozenset(
    [
        "no",
        "not",
        "never",
        "none",
        "nor",
        "neither",
        "cannot",
        "without",
        "isn't",
        "aren't",
        "doesn't",
        "don't",
        "didn't",
        "wasn't",
    ]
)
UNSURE = frozenset(["or", "either", "maybe", "perhaps", "possibly"])


def last_quantity(text: str) -> Quantity | None:
    """The last number of a text with its unit."""
    found = list(quantities(text, 0, len(text)))
    return found[-1] if found else None


def same(a: str, b: str, question: str = "") -> bool:
    """Whether two answers to `question` mean the same."""
    if not a.strip() or not b.strip():
        return False
    key_a, key_b = typed(a, question), typed(b, question)
    if key_a is not None and key_b is not None:
        return key_a == key_b
    names_compound = {k[0] for k in (key_a, key_b) if k is not None} == {"formula"}
    if names_compound and (named(a if key_a is None else b) or ()) == (key_a or key_b):
        return True
    value_a, value_b = computed(a), computed(b)
    qa, qb = last_quantity(a), last_quantity(b)
    if value_a is not None and value_b is not None:
        return value_a == value_b
    if value_a is not None or value_b is not None:
        other, value = (qb, value_a) if value_a is not None else (qa, value_b)
        return (
            other is not None and value is not None and other.unit is None and abs(other.value - value) <= other.ulp / 2
        )
    if qa is not None and qb is not None:
        return _overlap(qa, qb)
    if qa is not None or qb is not None or key_a is not None or key_b is not None:
        return _words(a) == _words(b)
    return _same_words(_added(a, question), _added(b, question))


def agrees(answer: str, other: str, question: str = "") -> bool | None:
    """Whether another derivation of `question` comes to the same; None where the two cannot be compared.

    A value and words, two kinds of values, and two explanations in many words cannot.
    """
    answer, other = final(answer), final(other)
    if not answer.strip() or not other.strip():
        return None
    if same(answer, other, question):
        return True
    kind = _kind(answer, question)
    if kind != _kind(other, question):
        return None
    if kind == "words" and max(len(_added(answer, question)), len(_added(other, question))) > SHORT:
        return None
    return False


def final(text: str) -> str:
    """What follows the last `Answer:` of a text; the text itself where there is none."""
    said = FINAL.findall(text)
    return said[-1].strip() if said else text


def _kind(text: str, question: str) -> str:
    key = typed(text, question)
    if key is not None:
        return str(key[0])
    return "number" if computed(text) is not None or last_quantity(text) is not None else "words"


def _overlap(a: Quantity, b: Quantity) -> bool:
    unit_a, unit_b = a.unit or ONE, b.unit or ONE
    if unit_a.dims != unit_b.dims:
        return False
    given = convert(a.value, unit_a, unit_b)
    # what was rounded may differ by half its last place, yet 300 and 330 are two answers
    slack = min(max(a.ulp * abs(unit_a.size / unit_b.size), b.ulp) / 2, abs(b.value) / 25)
    return abs(given - b.value) <= slack


@lru_cache(maxsize=4096)
def typed(text: str, question: str = "") -> tuple[object, ...] | None:
    """A form in which equal answers of one type are identical; None where the type has none."""
    if len(text) > LENGTH_MAX:
        return None
    bare = text.strip(" .\n`$*")
    reference = REFERENCE.search(bare)
    if reference is not None:
        return ("reference", re.sub(r"[\s\-]", "", reference.group(1)).lower().rstrip("."))
    if ARROW.search(bare):
        found = next((r for r in find_reactions(bare, [(0, len(bare))]) if isinstance(r, Reaction)), None)
        if found is not None:
            return ("reaction", *_ray(found))
    return _formula(bare, question) or _code(text, bare)


def _formula(bare: str, question: str) -> tuple[object, ...] | None:
    """The text as a formula, or the last formula of a sentence that is asked for one or holds no number beside it."""
    if bare in ENGLISH and not CHEMICAL.search(question):
        return None
    whole = parse_formula(bare)
    if whole is not None and re.search(r"[A-Z]", bare):
        return ("formula", whole.atoms, whole.charge or 0)
    if len(bare) > SENTENCE_MAX or (STANDALONE.search(bare) and not CHEMICAL.search(question)):
        return None
    said = [m.group() for m in FORMULA_LIKE.finditer(bare) if _looks_like_formula(m.group())]
    said += [m.group(1) for m in SYMBOL_SAID.finditer(bare)]
    for candidate in reversed(said):
        formula = parse_formula(candidate.rstrip("-"))
        if formula is not None:
            return ("formula", formula.atoms, formula.charge or 0)
    return None


def _looks_like_formula(text: str) -> bool:
    """H2O and NaCl, unlike He, Iron and NO (which may be a shout)."""
    capitals = sum(c.isupper() for c in text)
    return (
        bool(re.search(r"[\d₀-₉]", text))
        or (capitals > 1 and any(c.islower() for c in text))
        or text in ("CO", "HF", "KI", "HI", "KF")
    )


@lru_cache(maxsize=4096)
def named(text: str) -> tuple[object, ...] | None:
    """The formula of the one compound that the text names, as `typed` gives it."""
    lowered = text.lower()
    found = [f for name, f in compounds().items() if name in lowered and re.search(rf"\b{re.escape(name)}\b", lowered)]
    forms = {("formula", f.atoms, f.charge or 0) for f in found}
    return forms.pop() if len(forms) == 1 else None


def _code(text: str, bare: str) -> tuple[object, ...] | None:
    block = next(FENCE.finditer(text), None)
    body = block.group("body").strip() if block is not None else bare
    if block is None and not CODE_WORD.search(body) and not (BINARY.search(body) and re.search(r"[A-Za-z]", body)):
        return None
    try:
        module = ast.parse(body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not any(isinstance(n, ast.Name | ast.FunctionDef | ast.Import | ast.ImportFrom) for n in ast.walk(module)):
        return None  # 12 / 4 is a number, not a program
    return ("code", _tree(module))


def _ray(reaction: Reaction) -> tuple[object, ...]:
    """A reaction as the direction of its coefficients: 2 H2 + O2 → 2 H2O and its multiples are one."""
    terms = [(t.formula.atoms if t.formula is not None else (("e", 1),), t.coefficient, side)
             for side, part in enumerate((reaction.left, reaction.right)) for t in part]  # fmt: skip
    least = min(c for _, c, _ in terms)
    return tuple(sorted((side, atoms, c / least) for atoms, c, side in terms))


class _Ordered(ast.NodeTransformer):
    """`2 * x` and `x * 2` are one product: a number stands last in products and sums."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Number first becomes number last."""
        self.generic_visit(node)
        numeric = isinstance(node.left, ast.Constant) and isinstance(node.left.value, int | float)
        if numeric and isinstance(node.op, ast.Mult | ast.Add) and not isinstance(node.right, ast.Constant):
            node.left, node.right = node.right, node.left
        return node


def _tree(module: ast.Module) -> str:
    """A syntax tree without documentation, with local names numbered in order of appearance, a lone function's own too."""
    names: dict[str, str] = {}
    stored = {n.id for n in ast.walk(module) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    stored |= {a.arg for a in ast.walk(module) if isinstance(a, ast.arg)}
    functions = [n for n in module.body if isinstance(n, ast.FunctionDef)]
    if len(functions) == 1:
        stored.add(functions[0].name)
        functions[0].name = names.setdefault(functions[0].name, "v0")
    for node in ast.walk(module):
        if (
            isinstance(node, ast.FunctionDef | ast.Module | ast.ClassDef)
            and len(node.body) > 1
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
        if isinstance(node, ast.Name) and node.id in stored:
            node.id = names.setdefault(node.id, f"v{len(names)}")
        elif isinstance(node, ast.arg):
            node.arg, node.annotation = names.setdefault(node.arg, f"v{len(names)}"), None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(_Ordered().visit(module))


@lru_cache(maxsize=4096)
def computed(text: str) -> Fraction | None:
    """The value of a bare computation without units (`12 × 4`, `3/4`, the end of `x = 2 + 3`); None where it is none."""
    if len(text) > LENGTH_MAX:
        return None
    sides = [s for s in text.strip(" .\n`$*").rsplit("=", 1) if s.strip()]
    last = sides[-1] if sides else ""
    if re.search(r"\d[-/]\d+[-/]\d|\d-\d", last):
        return None  # a date, a range, a telephone number
    tokens = tokenize(last)
    try:
        parsed = Parser(tokens, len(tokens)).parse(0)
        if parsed.end != len(tokens) or not operators(parsed.node):
            return None
        return Reading(Mode()).value(parsed.node).middle
    except (Unparsed, TooLarge, ArithmeticError, IndexError, RecursionError):
        return None


def _words(text: str) -> list[str]:
    return [w.lower().replace("’", "'") for w in WORD.findall(text)]


def _added(text: str, question: str) -> list[str]:
    """The words that an answer adds to its question; all of them where it adds none."""
    asked = {w for w in _words(question) if w not in NEGATIONS}
    words = _words(text)
    added = [w for w in words if w not in asked and w not in FUNCTION_WORDS]
    return added or words


def _same_words(a: list[str], b: list[str]) -> bool:
    """The same words, or one answer's within the other's, with the same denials and the same doubts."""
    left, right = set(a), set(b)
    if bool(left & NEGATIONS) != bool(right & NEGATIONS) or bool(left & UNSURE) != bool(right & UNSURE):
        return False
    left, right = left - NEGATIONS or left, right - NEGATIONS or right
    if left & NEGATIONS or right & NEGATIONS:
        return True  # no, and no with a reason
    return left <= right or right <= left
