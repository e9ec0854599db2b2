# ruff: noqa: E501 (patterns and tables read better whole)
"""The shape of a sentence: what the learned layer of the audit sees of it, without lists of rules.

Each word is replaced by what it is in the sentence (a modal, a form of "be", a negation, an
amount, a participle, a verb in its base form, somebody, a preposition), because a rule shows
itself in its frame: "X goes to Y", "no X without Y", "X: Y only", "you may X up to #".  Words
are kept beside their shapes as stems, so that both can weigh; amounts and numbers lose their
value.  Nothing here decides: `learned` weighs the features.
"""

import itertools
import re
from functools import cache

from tidegate.check.constraints.auditing import inflection, lexicon
from tidegate.check.constraints.auditing.inflection import has, lemmas
from tidegate.check.constraints.auditing.sentences import Sentence

_TOKEN = re.compile(
    r"[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?%|\d[\d.,:]*|[A-Za-z_][\w'’\-/.]*[\w]|[A-Za-z]|->|=>|[—–]|[:;,.!?=>|()\"“”]"
)
_BE = frozenset(["is", "are", "be", "isn't", "aren't", "am", "being", "been"])
_PAST = frozenset(["was", "were", "had", "did", "wasn't", "weren't", "didn't"])
_MODALS = frozenset(["must", "mustn't", "shall", "shan't", "should", "shouldn't", "ought", "may", "can", "can't", "cannot", "might", "will", "won't", "would", "could", "couldn't"])  # fmt: skip
_NEGATIONS = frozenset(["not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "don't", "dont", "doesn't"])  # fmt: skip
_DETERMINERS = frozenset(["the", "a", "an", "this", "that", "these", "those", "any", "each", "every", "all", "some", "another", "other"])  # fmt: skip
_POSSESSIVES = frozenset(["your", "their", "his", "her", "its", "our", "my"])
_PRONOUNS = frozenset(["i", "we", "he", "she", "it", "they", "them", "us", "him", "me", "who", "whoever", "someone", "somebody", "anyone", "anybody", "everyone", "everybody"])  # fmt: skip
_PREPOSITIONS = frozenset(["in", "on", "at", "by", "for", "from", "of", "with", "into", "onto", "over", "under", "above", "below", "between", "through", "during", "within", "outside", "beyond", "to", "per", "than", "as", "about", "inside", "against", "towards"])  # fmt: skip
_CONDITIONS = frozenset(["if", "when", "whenever", "unless", "until", "till", "before", "after", "once", "where", "while", "except", "otherwise", "because", "since", "so"])  # fmt: skip
_LIMITS = frozenset(["only", "solely", "alone", "exclusively", "most", "max", "maximum", "limit", "limited", "cap", "capped", "ceiling", "least", "tops", "beyond", "exceed", "exceeding"])  # fmt: skip
_FREQUENT = frozenset(["usually", "often", "most", "sometimes", "typically", "about", "around", "roughly", "some", "many", "generally", "average", "mostly"])  # fmt: skip
_ALWAYS = frozenset(["always", "ever", "first", "immediately", "please", "ensure"])
_CONJUNCTIONS = frozenset(["and", "or", "but", "nor", "rather", "instead"])
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_SPOKEN = re.compile(r"^\W*[\w' ]{1,24}:\s*[\"“].*[\"”]\W*$")


@cache
def stem(word: str) -> str:
    """A word without its inflection, one form for a family: the shortest base form the lexicon knows, else cut endings."""
    for lemma in lemmas(word):
        if lemma != word and lemma in lexicon.VERBS:
            return lemma
    for ending in ("'s", "ies", "ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            cut = word[: -len(ending)]
            return cut + "y" if ending == "ies" else cut
    return word.rstrip("e") if len(word) > 4 else word


@cache
def shape(word: str) -> str:
    """What a lower-case token is in a sentence: one of about thirty shapes."""
    if word[0] in "$€£":
        return "AMOUNT"
    if word[0].isdigit():
        return "PERCENT" if word.endswith("%") else "NUM"
    if not word[0].isalpha() and word[0] != "_":
        return word if word not in "—–" else "-"
    for words, name in _SHAPES:
        if word in words:
            return name
    if word.endswith(("n't",)):
        return "NEG"
    if "_" in word or "/" in word:
        return "CODE"
    if word.endswith("ly") and len(word) > 4:
        return "ADV"
    if word.endswith("ing") and has(lexicon.VERBS, word):
        return "VING"
    if (word.endswith("ed") and has(lexicon.VERBS, word)) or word in inflection.IRREGULAR:
        return "VED"
    if word in lexicon.VERBS:
        return "VNOUN" if word in lexicon.NOUN_VERBS else "VB"
    if word.endswith("s") and has(lexicon.VERBS, word):
        return "VSNOUN" if has(lexicon.NOUN_VERBS, word) else "VBS"
    if has(lexicon.AGENTS, word):
        return "AGENT"
    if word.endswith("able") or word.endswith("ible"):
        return "ABLE"
    return "NS" if word.endswith("s") and len(word) > 3 else "N"


_SHAPES = (
    (frozenset(["you"]), "YOU"), (_BE, "BE"), (_PAST, "PAST"), (frozenset(["has", "have", "having"]), "HAVE"), (_MODALS, "MODAL"),
    (_NEGATIONS, "NEG"), (_LIMITS, "LIMIT"), (_FREQUENT, "OFTEN"), (_DETERMINERS, "DET"), (_POSSESSIVES, "POSS"), (_PRONOUNS, "PRON"),
    (_CONDITIONS, "COND"), (_PREPOSITIONS, "PREP"), (_ALWAYS, "ALWAYS"), (_CONJUNCTIONS, "CONJ"),
    (frozenset(["do", "does"]), "DO"), (frozenset(["usd", "eur", "gbp", "dollars", "euros", "pounds", "dollar", "euro", "bucks", "cents"]), "MONEY"),
)  # fmt: skip


def words_of(text: str) -> list[str]:
    """Lower-case tokens of a sentence without markup: words, amounts, and the punctuation that carries structure."""
    return [t.lower().replace("’", "'") for t in _TOKEN.findall(_TAG.sub(" ", text))]


def spoken(text: str) -> bool:
    """Whether a line is a turn of a dialogue: a name and nothing but a quotation."""
    return _SPOKEN.match(_TAG.sub(" ", text)) is not None


def features(sentence: Sentence, sign: str) -> list[str]:
    """Names of the features of a sentence, each once; `sign` is what the grammar saw."""
    text = sentence.text
    words = words_of(text)[:60]
    shapes = [shape(w) for w in words]
    stems = ["#" if s in ("NUM", "AMOUNT", "PERCENT") else stem(w) for w, s in zip(words, shapes, strict=True)]
    out = {f"w:{s}" for s in stems}
    out |= {f"b:{a} {b}" for a, b in itertools.pairwise(stems)}
    out |= {f"s:{s}" for s in shapes}
    out |= {f"s:{a} {b}" for a, b in itertools.pairwise(shapes)}
    out |= {f"s:{a} {b} {c}" for a, b, c in zip(shapes, shapes[1:], shapes[2:], strict=False)}
    out |= {f"m:{a} {t}" for a, t in zip(stems, shapes[1:], strict=False)}
    if words:
        out |= {f"first:{stems[0]}", f"fs:{shapes[0]}", f"fs:{' '.join(shapes[:2])}", f"fs:{' '.join(shapes[:3])}"}
        content = [s for s in shapes if s[0].isalpha()]
        out |= {f"ls:{content[-1]}" if content else "ls:", f"last:{stems[-1]}"}
    out.add(f"sign:{'' if sign == 'declarative' else sign.split(' ')[0]}")
    out |= _frame(words, shapes)
    out |= _surroundings(sentence, text, len(words))
    return sorted(out)


def _frame(words: list[str], shapes: list[str]) -> set[str]:
    """Frames across a distance: a passive, a bounded permission, a colon with a rest that commands, a past."""
    out = set()
    passive = any(a == "BE" and "VED" in shapes[i + 1 : i + 4] for i, a in enumerate(shapes))
    past = "PAST" in shapes or any(re.fullmatch(r"(?:19|20)\d\d", w) for w in words)
    amount = any(s in ("AMOUNT", "PERCENT", "NUM") for s in shapes)
    for name, holds in (
        ("passive", passive),
        ("past", past),
        ("amount", amount),
        ("passive+neg", passive and "NEG" in shapes),
        ("passive+often", passive and "OFTEN" in shapes),
        ("amount+limit", amount and ("LIMIT" in shapes or "up" in words)),
        ("amount+often", amount and "OFTEN" in shapes),
        ("amount alone", amount and not {"LIMIT", "NEG", "MODAL", "COND"} & set(shapes)),
        ("negated", "NEG" in shapes),
        ("limit", "LIMIT" in shapes),
        ("no finite verb", not {"BE", "PAST", "HAVE", "MODAL", "DO", "VBS", "VSNOUN"} & set(shapes)),
        ("not but", "NEG" in shapes and ("but" in words or "and" in words)),
        ("first person", shapes[:1] == ["PRON"] and words[0] in ("i", "we")),
    ):
        if holds:
            out.add(f"f:{name}")
    if ":" in words:
        at = words.index(":")
        out |= {f"after:{s}" for s in shapes[at + 1 : at + 2]}
        out.add("f:label" if at <= 3 else "f:colon")
    return out


def _surroundings(sentence: Sentence, text: str, n: int) -> set[str]:
    """What stands around the sentence: heading, lead-in, list, tag, table, quotation marks, capitals, length."""
    out = {f"n:{min(n // 4, 6)}"}
    stripped = _TAG.sub(" ", text).strip()
    for name, holds in (
        ("item", sentence.item),
        ("table", text.lstrip().startswith("|")),
        ("question", stripped.endswith("?")),
        ("stop", stripped.endswith((".", "!"))),
        ("quoted", stripped[:1] in "\"“'" and stripped[-1:] in "\"”'"),
        ("quotes", '"' in stripped or "“" in stripped),
        ("capitals", len(stripped) > 6 and stripped.upper() == stripped),
        ("lower", stripped[:1].islower()),
        ("code", "`" in stripped),
        ("lead", bool(sentence.lead)),
    ):
        if holds:
            out.add(f"c:{name}")
    for word in words_of(sentence.heading)[:6]:
        out.add(f"h:{stem(word)}")
    for word in words_of(sentence.lead)[:8]:
        out.add(f"l:{stem(word)}")
    for tag in re.findall(r"<([a-zA-Z]+)", text)[:2]:
        out.add(f"t:{tag.lower()}")
    return out
