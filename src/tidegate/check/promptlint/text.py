"""Words: tokens with their offsets, a small lemmatiser, numerals, and quotations set aside.

No model and no word list beyond the linter's own lexicon: every rule here can be read.
"""

# ruff: noqa: E501

import re
from functools import lru_cache
from typing import NamedTuple

_ONES = {
    w: n for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])
}  # fmt: skip
_TENS = {
    w: 10 * n
    for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12}
_ORDINALS = {
    w: n for n, w in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], start=1)
}  # fmt: skip

TOKEN = re.compile(
    r"""\x01\d+\x02                                   # a quotation set aside
      | [A-Za-z_][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+(?:\(\))?   # snake_case
      | [A-Za-z]\d\b                                     # H1
      | [^\W\d_]+(?:['’][^\W\d_]+)?                  # a word, with its apostrophe
      | \d{1,3}(?:,\d{3})+(?!\d) | \d+(?:\.\d+)?
      | ≤ | ≥ | <= | >= | \.\.\. | \S""",
    re.VERBOSE,
)

IRREGULAR = {
    "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "am": "be", "has": "have",
    "had": "have", "having": "have", "does": "do", "did": "do", "done": "do", "doing": "do", "writes": "write",
    "wrote": "write", "written": "write", "writing": "write", "gives": "give", "gave": "give", "given": "give",
    "giving": "give", "made": "make", "making": "make", "makes": "make", "used": "use", "using": "use",
    "uses": "use", "began": "begin", "beginning": "begin", "begun": "begin", "said": "say", "told": "tell",
    "kept": "keep", "spoke": "speak", "spoken": "speak", "put": "put", "putting": "put", "ended": "end",
    "cited": "cite", "citing": "cite", "cites": "cite", "closes": "close", "closing": "closing",
    "closed": "close", "replies": "reply", "replying": "reply", "replied": "reply", "queries": "query",
    "cannot": "can", "can't": "can", "won't": "will", "emojis": "emoji", "emoticons": "emoticon", "fewer": "few",
    "less": "less", "men": "man", "people": "person", "children": "child", "its": "it", "this": "this",
    "always": "always", "as": "as", "us": "us", "plus": "plus", "was't": "be", "bullets": "bullet",
    "sources": "source", "sentences": "sentence", "languages": "language", "pages": "page",
    "responses": "response", "phrases": "phrase", "lines": "line", "titles": "title", "messages": "message",
    "tables": "table", "examples": "example", "articles": "article", "notes": "note", "clauses": "clause",
    "quotes": "quote", "emotes": "emoji", "surname": "surname", "exceeds": "exceed", "spaces": "space", "names": "name",
    "analyses": "analysis", "hypotheses": "hypothesis", "indices": "index", "addresses": "address",
    "left": "leave", "leaving": "leave", "met": "meet", "found": "find", "sent": "send", "came": "come",
    "coming": "come", "went": "go", "gone": "go", "going": "go", "shown": "show", "showing": "show",
    "showed": "show", "thought": "think", "ran": "run", "running": "run", "begins": "begin", "hears": "hear",
    "heard": "hear", "stays": "stay", "says": "say", "chatting": "chat", "omitting": "omit", "omitted": "omit",
    "banned": "ban", "skipped": "skip", "skipping": "skip", "capped": "cap", "wrapped": "wrap",
    "wrapping": "wrap", "stripped": "strip", "dropping": "drop", "dropped": "drop", "getting": "get",
    "got": "get", "setting": "set", "cutting": "cut", "swapping": "swap", "permitted": "permit",
    "referring": "refer", "emitting": "emit", "formatted": "format", "formatting": "formatting",
    "admitting": "admit", "stopped": "stop", "planned": "plan", "bulleted": "bulleted", "numbered": "numbered",
    "series": "series", "species": "species", "lens": "lens", "news": "news", "basis": "basis", "yes": "yes",
    "hers": "hers", "thus": "thus", "versus": "versus", "status": "status", "focus": "focus", "gas": "gas",
    "concise": "concise", "thanks": "thanks", "sms": "sms", "css": "css", "js": "js", "https": "https",
    "themselves": "themselves", "caps": "caps", "capitals": "capital", "pleasantries": "pleasantry",
    "niceties": "nicety", "dashes": "dash", "citing,": "cite", "lowercased": "lowercase",
    "capitalised": "capitalize", "capitalise": "capitalize", "capitalized": "capitalize",
    "summarise": "summarize", "summarised": "summarize", "italicise": "italicize", "lists": "list",
    "texting": "text", "unanswered": "unanswered", "tries": "try", "tried": "try", "lies": "lie",
    "dies": "die", "bodies": "body", "thing": "thing", "something": "something", "nothing": "nothing",
    "anything": "anything", "everything": "everything", "string": "string", "during": "during",
    "morning": "morning", "evening": "evening", "spelling": "spelling", "heading": "heading",
    "headings": "heading", "greeting": "greeting", "greetings": "greeting", "opening": "opening",
    "ending": "ending", "wording": "wording", "meaning": "meaning", "billing": "billing", "booking": "booking",
    "bring": "bring", "king": "king", "ring": "ring", "sing": "sing", "need": "need", "feed": "feed",
    "speed": "speed", "exceed": "exceed", "embed": "embed", "red": "red", "bed": "bed", "shed": "shed",
    "proceed": "proceed", "succeed": "succeed", "indeed": "indeed", "hundred": "hundred",
    "clarifying": "clarifying", "writing,": "write", "thinking": "thinking", "reasoning": "reasoning",
    "interesting": "interesting", "ping": "ping", "setting,": "setting",
}  # fmt: skip

_AT_STEMS = frozenset(
    [
        "treat",
        "repeat",
        "float",
        "format",
        "heat",
        "beat",
        "seat",
        "cheat",
        "defeat",
        "retreat",
        "combat",
        "boat",
        "coat",
        "bloat",
        "threat",
        "chat",
        "entreat",
    ]
)
_MORE_E = frozenset(
    [
        "jok",
        "divid",
        "decid",
        "provid",
        "guid",
        "compar",
        "shar",
        "declar",
        "prepar",
        "requir",
        "inspir",
        "desir",
        "rephras",
        "paraphras",
        "promis",
        "summariz",
        "excus",
        "revis",
        "disclos",
        "enclos",
        "compos",
        "propos",
        "suppos",
        "expos",
        "confus",
        "accus",
        "challeng",
        "chang",
        "exchang",
        "engag",
        "encourag",
        "manag",
        "arrang",
        "merg",
        "urg",
        "mak",
        "tak",
        "shak",
        "wak",
        "lik",
        "strik",
        "hop",
        "typ",
        "scop",
        "shap",
        "copi",
        "styl",
        "rul",
        "schedul",
        "handl",
        "titl",
        "bundl",
        "settl",
        "sampl",
        "compil",
        "fil",
        "smil",
        "smok",
        "invok",
        "evok",
        "provok",
        "revok",
        "escap",
        "tun",
        "fin",
        "defin",
        "combin",
        "examin",
        "imagin",
        "determin",
        "declin",
        "underlin",
        "outlin",
        "combin",
        "quot",
        "not",
        "vot",
        "promot",
        "denot",
        "delet",
        "complet",
        "execut",
        "contribut",
        "distribut",
        "substitut",
        "includ",
        "conclud",
        "exclud",
        "preclud",
        "concluds",
        "bas",
        "eras",
        "rais",
        "phras",
        "paus",
        "clos",
        "us",
        "refus",
        "diffus",
        "advis",
        "supervis",
        "improvis",
        "surpris",
        "exercis",
        "hous",
        "releas",
        "decreas",
        "increas",
        "purchas",
        "cas",
        "leas",
    ]
)
_E_STEMS = _MORE_E | frozenset(
    [
        "writ",
        "giv",
        "mak",
        "us",
        "cit",
        "clos",
        "includ",
        "prefac",
        "introduc",
        "produc",
        "compos",
        "translat",
        "generat",
        "provid",
        "clos",
        "conclud",
        "structur",
        "not",
        "stat",
        "quot",
        "decid",
        "declin",
        "refus",
        "disclos",
        "capitaliz",
        "summariz",
        "italiciz",
        "shar",
        "leav",
        "tak",
        "hav",
        "com",
        "invok",
        "guarante",
        "choos",
        "updat",
        "creat",
        "delet",
        "execut",
        "describ",
        "phras",
        "finaliz",
        "mov",
        "propos",
        "approv",
        "archiv",
        "escalat",
        "reveal",
        "invit",
        "merg",
        "rang",
        "exceed",
        "minimiz",
        "maximiz",
        "emphasiz",
        "appendiz",
        "personaliz",
        "apologiz",
        "acknowledg",
        "referenc",
        "nam",
        "liv",
        "ask_e",
        "requir",
        "cod",
        "outlin",
        "tim",
        "pric",
        "welcom",
        "separat",
        "terminat",
        "indicat",
        "underlin",
        "bas",
    ]
)


DOUBLE_L = re.compile(
    r"(cancel|travel|label|model|signal|control|compel|propel|tunnel|total|equal|level|channel)l(?:ing|ed)"
)
BRITISH = re.compile(r"(\w{3,}[^aeiou\W])is(?:e|es|ed|ing)")
NOT_BRITISH = frozenset(
    [
        "promis",
        "advis",
        "rais",
        "prais",
        "otherwis",
        "precis",
        "concis",
        "nois",
        "surpris",
        "advertis",
        "revis",
        "supervis",
        "compromis",
        "exercis",
        "disguis",
        "expertis",
        "likewis",
        "premis",
        "paradis",
        "improvis",
        "franchis",
        "merchandis",
        "enterpris",
        "televis",
        "devis",
        "compris",
        "despis",
        "clockwis",
        "circumcis",
        "excis",
    ]
)


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base form of a lower-case English word, by rule; unknown forms come back as they are."""
    w = word.replace("’", "'")
    if w in IRREGULAR:
        return IRREGULAR[w]
    if w.endswith("'s") or w.endswith("s'"):
        w = w[:-2] if w.endswith("'s") else w[:-1]
    if w in IRREGULAR:
        return IRREGULAR[w]
    if len(w) <= 3 or not w.isalpha():
        return w
    ise = BRITISH.fullmatch(w)
    if ise and f"{ise.group(1)}is" not in NOT_BRITISH:
        return f"{ise.group(1)}ize"
    if w.endswith("ies") and len(w) > 4:
        return w[:-3] + "y"
    if w.endswith(("sses", "shes", "ches", "xes", "zes")):
        return w[:-2]
    if w.endswith("s") and not w.endswith(("ss", "us", "is")):
        return w[:-1]
    double = DOUBLE_L.fullmatch(w)
    if double:
        return double.group(1)
    for suffix in ("ing", "ed"):
        if w.endswith(suffix) and len(w) > len(suffix) + 2:
            stem = w[: -len(suffix)]
            if stem in _E_STEMS or (stem.endswith("at") and stem not in _AT_STEMS and len(stem) > 3):
                return stem + "e"
            if suffix == "ed" and stem.endswith("i"):
                return stem[:-1] + "y"
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
                return stem[:-1]
            if stem[-1] in "cvu" or stem.endswith(("dg", "ns", "rg", "rs")):
                return stem + "e"
            if any(v in stem for v in "aeiouy"):
                return stem
    return w


class Token(NamedTuple):
    """A token: as written, in lower case, its lemma, and [start, end) in the sentence."""

    text: str
    low: str
    lemma: str
    start: int
    end: int

    @property
    def quote(self) -> bool:
        """Whether it stands for a quotation."""
        return self.text.startswith("\x01")


class Masked(NamedTuple):
    """A sentence with its quotations replaced by marks; `quotes[i]` is the text of mark i."""

    text: str
    quotes: tuple[str, ...]
    code: tuple[bool, ...]  # whether quotation i stood in backticks


QUOTED = re.compile(
    r'`{1,3}([^`\n]+)`{1,3}'
    r'|"([^"\n]{1,600})"'
    r"|“([^”\n]{1,600})”"
    r"|«\s*([^»\n]{1,600}?)\s*»"
    r"|‘([^’\n]{1,300})’"
    r"|(?<![\w'])'([^'\n]{1,300}(?:'[a-z]{1,2}\b[^'\n]*)*)'(?!\w)"
)  # fmt: skip


@lru_cache(maxsize=20_000)
def mask(text: str) -> Masked:
    """Set quotations aside, so that no word inside them is read as an instruction."""
    quotes: list[str] = []
    code: list[bool] = []

    def put(match: re.Match[str]) -> str:
        inner = next(g for g in match.groups() if g is not None)
        quotes.append(inner.strip())
        code.append(match.group(1) is not None)
        return f" \x01{len(quotes) - 1}\x02 "

    out = QUOTED.sub(put, text)
    out = re.sub(r"\*\*|__(?=\w)|(?<=\w)__", " ", out)
    out = re.sub(r"(?<![\w*])\*(?=\w)|(?<=\w)\*(?![\w*])", " ", out)
    return Masked(out, tuple(quotes), tuple(code))


@lru_cache(maxsize=20_000)
def tokens(masked: str) -> tuple[Token, ...]:
    """Tokens of a masked sentence; hyphens part words ("20-word", "plain-text")."""
    out = []
    for m in TOKEN.finditer(masked):
        t = m.group(0)
        if t in "-‐‑" and not (masked[m.start() - 1 : m.start()].isdigit() and masked[m.end() : m.end() + 1].isdigit()):
            continue
        low = t.lower().replace("’", "'")
        out.append(Token(t, low, lemma(low), m.start(), m.end()))
    return tuple(out)


def number_at(toks: tuple[Token, ...], i: int) -> tuple[int, int] | None:
    """The cardinal number that starts at token i: (value, index after it), or None.

    Reads digits (also 1,200), number words ("one hundred and twenty"), "a dozen", "half a dozen",
    "a couple of".
    """
    if i >= len(toks):
        return None
    low = toks[i].low
    if low[0].isdigit():
        if "." in low:
            return None
        value = int(low.replace(",", ""))
        if i + 1 < len(toks) and toks[i + 1].low in ("k",) and toks[i + 1].start == toks[i].end:
            return value * 1000, i + 2
        if i + 1 < len(toks) and toks[i + 1].low in ("thousand", "hundred", "dozen"):
            return value * _SCALES[toks[i + 1].low], i + 2
        return value, i + 1
    if low == "half" and i + 2 < len(toks) and toks[i + 1].low == "a" and toks[i + 2].low == "dozen":
        return 6, i + 3
    if low == "a" and i + 1 < len(toks):
        nxt = toks[i + 1].low
        if nxt in _SCALES:
            return _words_number(toks, i + 1, 1)
        if nxt == "couple":
            return 2, i + (3 if i + 2 < len(toks) and toks[i + 2].low == "of" else 2)
        if nxt == "single":
            return 1, i + 2
        return None
    if low == "single" or low == "lone":
        return 1, i + 1
    if low in _ONES or low in _TENS:
        return _words_number(toks, i, 0)
    return None


def _words_number(toks: tuple[Token, ...], i: int, start: int) -> tuple[int, int]:
    total, current, j = 0, start, i
    while j < len(toks):
        w = toks[j].low
        if w in _ONES:
            current += _ONES[w]
        elif w in _TENS:
            current += _TENS[w]
        elif w in ("hundred", "dozen"):
            current = max(current, 1) * _SCALES[w]
        elif w == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif (
            w in ("-", "and")
            and j + 1 < len(toks)
            and (toks[j + 1].low in _ONES or toks[j + 1].low in _TENS)
            and ((w == "-" and j > i and toks[j - 1].low in _TENS) or (w == "and" and current >= 100))
        ):
            j += 1
            continue
        else:
            break
        j += 1
        if (
            j < len(toks)
            and toks[j].low not in ("hundred", "thousand", "dozen", "-", "and")
            and (toks[j].low not in _ONES and toks[j].low not in _TENS)
        ):
            break
        if j < len(toks) and toks[j - 1].low in _ONES and toks[j].low in (*_ONES, *_TENS):
            break  # "two three" are two numbers
    return total + current, j


def ordinal(word: str) -> int | None:
    """`first` → 1, `last` → -1, `3rd` → 3; None for other words."""
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word in ("last", "final", "closing"):
        return -1
    m = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
    return int(m.group(1)) if m else None


def word_count(text: str) -> int:
    """Words of a literal text, as length limits count them."""
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))
