# ruff: noqa: E501  (patterns read best on one line)
"""The forms of sentences that draw a result from their own numbers, each with every result that it can mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from tidegate.check.verify.numbers.spoken import N, Stated

SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
WORDS = {w: n for n, w in enumerate(SMALL, 1)}
PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
ABOUT = r"(?P<about>about|approximately|roughly|around|nearly|almost|some|over|under|more than|less than|at least|at most|up to|just)?\s*"
PCT = r"\s?(?:%|percent\b|per\s?cent\b)"
PLAIN = rf"(?![.,]?\d)(?!{PCT})(?![-–—/×*^:]\s?\d)(?!\s?(?:points?|pp|percentage))"  # what must not follow a number read whole that is no percentage
THUS = r"\s*(?:,|\(|—|–|;)?\s*(?:and\s+)?(?:or|i\.e\.,?|which (?:is|was|makes|represents|means|corresponds to|gives)|that is,?|that's|meaning|making|representing|corresponding to|so|hence|thus|giving)?\s*(?:an?\s+|the\s+)?"
GROWS = r"increase|rise|raise|hike|boost|gain|growth|jump|climb|improvement|surge|uptick|more|higher|up"
SHRINKS = r"decrease|drop|decline|reduction|fall|loss|cut|degradation|shrinkage|savings?|dip|slump|contraction|less|lower|fewer|down"
HOW = r"(?:relative|overall|total|net|nominal|sharp|steep|slight|modest|remarkable|year-on-year)\s+"
GIVES = r"(?:gives|brings? (?:it|this|that|the (?:total|price|bill|cost|sum|amount)) (?:up |down )?to|makes?|yields|results in|leaves|comes (?:up |down )?to|means|becomes|amounts to|totals)"
COSTS = r"(?:costs|sells (?:for|at)|is sold (?:for|at)|goes for|is priced at|comes to|totals)"
NOT_PRICE = "less|more|off|each|per|for|in|after|before|cheaper|with|without|extra"
LOSSES = "used|spent|sold|lost|spilled|spilt|ate|gave away|removed|withdrew|consumed|discarded|donated|paid|burned|burnt|shipped"
GAINS = "added|bought|received|gained|found|earned|deposited|picked up|took in|collected|won"
THINGS = r"(?:\s(?!of\b|and\b|or\b|at\b|in\b|to\b|from\b|per\b|each\b)[a-zA-Z][a-z\-]*){1,3}?"
NO_NUMBER = r"[^\d%.;:?!]"

Read = Mapping[str, Fraction]
Results = dict[str, Fraction]


def named(name: str, *, words: bool = False) -> str:
    """A number as a named group of a pattern; with `words` a spelled one too."""
    return rf"(?P<{name}>{N}|\b(?i:{'|'.join(SMALL)})\b)" if words else rf"(?P<{name}>{N})"


def read_stated(raw: str) -> Stated | None:
    """A printed or spelled number; None where it is none."""
    if raw.strip().lower() in WORDS:
        raw = str(WORDS[raw.strip().lower()])
    try:
        return Stated(raw)
    except (ValueError, OverflowError):
        return None


def _change(read: Read, found: re.Match[str]) -> Results | None:
    a, b = read["a"], read["b"]
    if a <= 0 or b < 0:
        return None
    percents = bool(found.group("points"))
    said = (found.group("way") or found.group("way2") or found.group("verb") or "").lower()
    if not said or bool(re.match(rf"{SHRINKS}|f|dropp|declin|sh|went d|decreas|sank", said)) != (b < a) or a == b:
        return None
    out = {f"({float(b):g} − {float(a):g}) / {float(a):g}": abs(b - a) / a * 100}
    if percents and "relative" not in found.group(0).lower():
        out[f"{float(b):g} − {float(a):g}"] = abs(b - a)
    return out


def _points(read: Read, found: re.Match[str]) -> Results | None:
    """A change of a percentage told in percentage points: the difference alone."""
    a, b = read["a"], read["b"]
    if a == b or bool(re.match(SHRINKS, found.group("way").lower())) != (b < a):
        return None
    return {f"{float(max(a, b)):g} − {float(min(a, b)):g}": abs(b - a)}


def _discounted(read: Read, found: re.Match[str]) -> Results | None:
    if of_several(found):
        return None
    return {f"{float(read['a']):g} × (1 − {float(read['p']):g} %)": read["a"] * (1 - read["p"] / 100)}


def _portion(read: Read, found: re.Match[str]) -> Results | None:
    part, whole = read["a"], read["b"]
    if not 0 < part <= whole:
        return None
    share = part / whole * 100
    out = {f"{float(part):g} / {float(whole):g}": share}
    return {**out, f"1 − {float(part):g} / {float(whole):g}": 100 - share} if "rest" in found.groupdict() else out


def _taken_off(read: Read, found: re.Match[str]) -> Results | None:
    a, p = read["a"], read["p"]
    sign = -1 if found.groupdict().get("off") else 1
    return {
        f"{float(a):g} × (1 {'−' if sign < 0 else '+'} {float(p):g} %)": a * (1 + sign * p / 100),
        f"{float(p):g} % of {float(a):g}": a * p / 100,
    }


def of_several(found: re.Match[str]) -> bool:
    """Whether several things, or a further reduction, are told before: the price may be of one, the sum of all."""
    before = found.string[max(0, found.start() - 120) : found.start()].rpartition(". ")[2]
    words = "|".join(SMALL[1:])
    told = rf"\d|\b(?:{words}|both|each|every|per|several|dozen|another|further|coupon|member)\b"
    return re.search(told, before, re.I) is not None


def _priced(read: Read, found: re.Match[str]) -> Results | None:
    """One thing's price with a share taken off or put on."""
    return None if of_several(found) else _taken_off(read, found)


def _part_of(read: Read, _: re.Match[str]) -> Results | None:
    return {f"{float(read['p']):g} % of {float(read['a']):g}": read["p"] * read["a"] / 100}


def _fraction_of(read: Read, found: re.Match[str]) -> Results | None:
    words = re.split(r"[ -]", found.group("share").lower())
    top = 1 if words[0] in ("a", "an", "half") else WORDS[words[0]]
    share = Fraction(top, PARTS[words[-1].rstrip("s") if words[-1] != "half" else "half"])
    return {f"{share} × {float(read['a']):g}": share * read["a"]} if share < 1 else None


def _quotient(read: Read, _: re.Match[str]) -> Results | None:
    return {f"{float(read['a']):g} / {float(read['b']):g}": read["a"] / read["b"]}


def _sum(read: Read, found: re.Match[str]) -> Results | None:
    before = found.string[max(0, found.start() - 100) : found.end()]
    if re.search(r"\b(?:each|every|per|both|times|twice|double|dozens?|apiece)\b", before, re.I):
        return None  # 5 teams of 11 players and 3 reserves each, 70 in total
    return {f"{float(read['a']):g} + {float(read['b']):g}": read["a"] + read["b"]}


def _part_or_rest(read: Read, _: re.Match[str]) -> Results | None:
    part = read["a"] * read["p"] / 100
    shown = f"{float(read['p']):g} % of {float(read['a']):g}"
    return {
        shown: part,
        f"{float(read['a']):g} − {shown}": read["a"] - part,
        f"{float(read['a']):g} + {shown}": read["a"] + part,
    }


def _with_part(read: Read, found: re.Match[str]) -> Results | None:
    """Base and part told together: the total, or what is left."""
    base, told, part = read["a"], read["q"], read["a"] * read["p"] / 100
    shown = f"{float(base):g}"
    more = {f"{shown} + {float(told):g}": base + told, f"{shown} + {float(read['p']):g} %": base + part}
    less = {f"{shown} − {float(told):g}": base - told, f"{shown} − {float(read['p']):g} %": base - part}
    if found.group("sum"):
        told_text = found.string[max(0, found.start() - 120) : found.end()]
        if re.search(r"discount|\boff\b|reduc|rebate|deduct|saving", told_text):
            return {**more, **less}
        out = read_stated(found.group("out"))
        return more if out is not None and out.value > base else None  # a total below its base is another's
    if re.search(
        r"\bso (?:you|we|they|he|she|the (?:customer|buyer|client|guest)) (?:pay|keep)|\bso the final", found.group()
    ):
        return {**more, **less}  # with a tip more is paid, with a discount less
    return less


def _twice(read: Read, found: re.Match[str]) -> Results | None:
    first, second = (-1 if re.match(r"lo|f|dr|de|sh", found.group(w)) else 1 for w in ("w1", "w2"))
    left = (1 + first * read["p"] / 100) * (1 + second * read["q"] / 100)
    return {f"(1 {'+-'[first < 0]} {float(read['p']):g} %) × (1 {'+-'[second < 0]} {float(read['q']):g} %)": left * 100}


def _ratio(read: Read, found: re.Match[str]) -> Results | None:
    cost, price = read["a"], read["b"]
    if not 0 < cost < price:
        return None
    base = cost if found.group("which").lower() == "markup" else price
    return {f"({float(price):g} − {float(cost):g}) / {float(base):g}": (price - cost) / base * 100}


def _product(read: Read, found: re.Match[str]) -> Results | None:
    thing, total = found.group("thing").strip().lower(), found.group("total").strip().lower()
    money = found.group("b").strip()[:1] in "$€£" and found.group("out").strip()[:1] == found.group("b").strip()[:1]
    if not money and total.split()[-1:] != thing.split()[-1:]:
        return None
    return {f"{float(read['a']):g} × {float(read['b']):g}": read["a"] * read["b"]}


def _added(read: Read, found: re.Match[str]) -> Results | None:
    a, b = read["a"], read["b"]
    marks = {found.group(g).strip()[:1] for g in ("a", "b", "out")}
    if len(marks & set("$€£")) != 1 or marks - set("$€£"):
        return None
    return {f"{float(a):g} + {float(b):g}": a + b}


FORMS: tuple[tuple[tuple[str, ...], str, Callable[[Read, re.Match[str]], Results | None], bool], ...] = (
    (("%", "percent", "per cent"),
     rf"(?:\b(?P<verb>rose|climbed|grew|jumped|went up|increased|gained|fell|dropped|declined|shrank|went down|decreased|sank)\s+)?\bfrom {named('a')}(?P<points>{PCT})?(?:\s[a-z]{{1,12}})? to {named('b')}(?(points){PCT}|{PLAIN})(?:\s(?!and\b|or\b|then\b|but\b|at\b|with\b|while\b|by\b)[a-z°/]{{1,12}}){{0,4}}{THUS}(?:by\s+)?(?:{HOW})?(?:(?P<way>{GROWS}|{SHRINKS})\s+(?:of\s+|by\s+)?)?{ABOUT}(?P<out>{N}){PCT}(?:\s+(?:{HOW})?(?P<way2>{GROWS}|{SHRINKS})\b)?",
     _change, True),
    (("percentage point",),
     rf"\bfrom {named('a')}{PCT}(?:\s[a-z]{{1,12}})? to {named('b')}{PCT}{THUS}(?:{HOW})?(?P<way>{GROWS}|{SHRINKS})\s+(?:of|by)\s+{ABOUT}(?P<out>{N})\s?percentage points?\b(?!\s+(?:a|per|each|every)\b)",
     _points, True),
    (("discounted", "marked down", "reduced"),
     rf"\b(?:at|for|was|is|an?|the|of) (?P<a>[$€£]\s?{N})(?![\d.,]*\d){PLAIN},?(?: and| that (?:is|was)| which (?:is|was))? (?:then |now |later )?(?:discounted|marked down|reduced) by {named('p')}{PCT},? (?:now |then )?(?:costs?|sells for|is sold for|comes to|goes for) {ABOUT}(?P<out>[$€£]\s?{N})(?![\d.,]*\d){PLAIN}(?!\s(?:less|more|off|per|each|a|extra|with|plus|including|after|before|and|in|for)\b)",
     _discounted, False),
    (("%", "percent", "per cent"),
     rf"\b[Oo]f (?:the |all |our |these |those )?{named('b')}{THINGS},\s*(?:only |just )?{named('a', words=True)}(?:\s[a-z\-]+){{0,6}}?\s*(?:,|\(|—|–)\s*(?:or|i\.e\.,?|that is,?|which is)?\s*{ABOUT}(?P<out>{N}){PCT}(?!\s*(?:of|more|less|higher|lower|confiden|point))",
     _portion, True),
    (("%", "percent", "per cent"),
     rf"(?<![\w.,/–-]){named('a', words=True)} (?:out )?of (?:the |all |our |these |those ){named('b')}{THINGS}(?:\s[a-z\-]+){{0,4}}?\s*(?:,|\(|—|–)\s*(?:or|i\.e\.,?|that is,?|which is)\s*{ABOUT}(?P<out>{N}){PCT}(?!\s*(?:of|more|less|higher|lower|confiden|point))",
     _portion, True),
    (("rate",),
     rf"(?<![\w.,/–-]){named('a', words=True)} (?:out )?of (?:the |all |our |these |those )?{named('b')}{THINGS}(?:\s[a-z\-]+){{0,4}}?,\s*(?:so|which makes|giving|for)\s+(?:the|an?)\s+(?P<rest>[a-z]+(?:\s[a-z]+)?\s)rate\s+(?:is|was|of|comes to)\s+{ABOUT}(?P<out>{N}){PCT}",
     _portion, True),
    (("discount", "reduction", "off", "rebate", "markdown"),
     rf"{named('p')}{PCT} (?P<off>discount|reduction|rebate|markdown|off) (?:on |to )?(?:the |an? |your |our )?{named('a')}{PLAIN}(?:\s[a-z]+){{0,3}}? {GIVES} (?:the price to )?{ABOUT}(?P<out>{N}){PLAIN}",
     _taken_off, False),
    (("reduction", "discount", "off", "increase", "markup", "rise"),
     rf"(?P<out>{N}){PLAIN}(?: (?:a|per|each) [a-z]+)?,? after (?:a|an|the) {named('p')}{PCT} (?:(?P<off>discount|reduction|rebate|markdown|price cut|cut)|increase|rise|markup|surcharge) (?:from|on|off) (?:the |its |an? )?(?:original |list |old |regular |former )?(?:price )?(?:of )?{named('a')}{PLAIN}",
     _taken_off, False),
    (("%", "percent", "per cent"),
     rf"\b[Aa]n? (?:[a-z]+ ){{1,3}}(?:of|at) {named('p')}{PCT} (?:of|on) (?:the |an? |your )?{named('a')}{PLAIN}(?:\s[a-z]+){{0,2}}? (?:is|comes to|equals|gives|makes|amounts to) {ABOUT}(?P<out>{N}){PLAIN}(?!\s[a-z]+ (?:more|less))",
     _part_of, False),
    (
        ("%", "percent", "per cent"),
        rf"\b[Aa]n? {named('p')}{PCT} (?:[a-z]+ ){{1,2}}on (?:the |an? |your ){named('a')}{PLAIN}(?:\s[a-z]+){{0,2}}? (?:is|comes to|equals|gives|makes|amounts to) {ABOUT}(?P<out>{N}){PLAIN}(?!\s[a-z]+ (?:more|less))",
        _part_or_rest,
        False,
    ),
    (("quarter", "third", "half", "fifth", "tenth", "eighth"),
     rf"\b(?P<share>(?i:one|two|three|four|five|seven|nine|an?)[ -](?:half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)|(?i:half)) of (?:the |all |our |these |those )?{named('a')}{THINGS}(?:,|\s\(|\s—)\s*(?:or|i\.e\.,?|that is,?|which is)\s*{ABOUT}(?P<out>{N}){PLAIN}",
     _fraction_of, False),
    (("dividing", "splitting", "cutting", "sharing"),
     rf"\b(?:[Dd]ividing|[Ss]plitting|[Cc]utting|[Ss]haring) (?:the |an? |this |these )?{named('a')}{PLAIN}(?:\s[a-z\-]+){{0,3}}? (?:into|among|between|by|over) {named('b', words=True)}{PLAIN}(?:\s[a-z\-]+){{0,3}}? (?:gives|makes|is|yields|leaves)(?: (?:each|everyone|every one)(?: \w+)?)? {ABOUT}(?P<out>{N}){PLAIN}",
     _quotient, False),
    (("in all", "in total", "altogether", "all told"),
     rf"(?<![\w.,/–-]){named('a')}{PLAIN}(?:\s[a-z\-]+){{0,3}}? and {named('b')}{PLAIN}(?:\s[a-z\-]+){{0,4}}?,\s*(?:which (?:is|makes)\s|so\s|or\s)?{ABOUT}(?P<out>{N}){PLAIN}(?:\s[a-z\-]+)?\s(?:in all|in total|altogether|all told)\b",
     _sum, False),
    (("adding", "add"),
     rf"\b[Aa]dd(?:ing)? (?:the |an? )?{named('p')}{PCT}(?:\s(?:sales|service|value-added|local|state|for))?(?:\s(?:tax|VAT|GST|tip|gratuity|charge|surcharge|interest|markup|fee|duty|shipping))? (?:to|on) (?:the |an? )?{named('a')}{PLAIN}(?:\s[a-z]+){{0,2}}? {GIVES} {ABOUT}(?P<out>{N}){PLAIN}",
     _taken_off, False),
    (("%",),
     rf"\b(?P<w1>lost|fell|dropped|declined|shed|gained|rose|grew|added|climbed) (?:by )?{named('p')}{PCT}(?:\s[a-z]+){{0,3}},? (?:and |then |but )+(?:it )?(?:then |later |next )?(?P<w2>lost|fell|dropped|declined|shed|gained|rose|grew|climbed|recovered) (?:by )?{named('q')}{PCT}[^.%\d]{{0,40}}?\b(?:at|to|leaving|with|worth) {ABOUT}(?P<out>{N}){PCT} of (?:its|the|their) (?:starting|original|initial|first|old|former)",
     _twice, True),
    (("markup", "margin"),
     rf"\bcosts? (?:price )?(?:of |is |are )?{named('a')} and (?:an? |the )?(?:selling |sales? |retail )?price (?:of |is )?{named('b')},?\s(?:so )?(?:the |your |our )?(?:gross |profit |net )*(?P<which>markup|margin) (?:is|comes to|equals) {ABOUT}(?P<out>{N}){PCT}",
     _ratio, True),
    (("each", "apiece", "every"),
     rf"\b(?:[Ee]ach|[Ee]very one) of (?:the |our |these |those |its |his |her |their )?{named('a')}{THINGS} (?:holds|has|contains|carries|weighs|seats|takes|gets|receives|makes|produces|serves|stores|needs|uses|costs|brings|delivers) {named('b')}{PLAIN}(?P<thing>(?:\s[a-z\-]+){{1,2}}?)(?:,|\s\(|\s—|\sfor|\sso)\s*(?:for |so |making |giving |which makes |i\.e\. |that is )?(?:there are |we have |you need )?(?:an? )?(?:(?:grand )?total (?:of |is )?)?{ABOUT}(?P<out>{N}){PLAIN}(?P<total>(?:\s[a-z\-]+){{1,2}}?)(?=[,.;)]|\s(?:in|altogether|overall|total)\b)",
     _product, False),
    (("each", "apiece"),
     rf"(?<![\w.,/–-]){named('a', words=True)}{THINGS} (?:of|with|at|holding|containing) {named('b')}{PLAIN}(?P<thing>(?:\s[a-z\-]+){{0,2}}?) (?:each|apiece)[^\d.;:%?!]{{0,40}}?(?:comes? to|makes?|gives?|total(?:s|ling)?|needs?|is|for|hold|holds|cost|costs|weigh|weighs|room for)\s+{ABOUT}(?P<out>{N}){PLAIN}(?P<total>(?:\s[a-z\-]+){{0,2}}?)(?=[,.;)]|\s(?:in|altogether|overall|total)\b)",
     _product, False),
    (("%", "percent", "per cent"),
     rf"{named('p')}{PCT} (?:[a-z\-]+ ){{0,3}}?(?:of|on|off) (?:the |an? |its )?(?:[a-z]+ ){{0,2}}?(?:of )?{named('a')}{PLAIN}(?:\s[a-z\-]+){{0,2}}? (?:is|=|comes to|equals|makes|gives|adds|saves) {named('q')}{PLAIN}(?:,|;|\sand)? (?:(?P<sum>(?:for|so|giving|making|bringing|to give|with|which (?:gives|makes|brings))\s(?:it |the |an? )?(?:grand |new |overall )?(?:total|sum|bill|gross (?:price|amount))(?: price| bill| amount| cost)?(?: (?:of|to|is|comes to|becomes))?)|(?:leaving|so (?:you|we|they|he|she|the (?:customer|buyer|client|guest)) (?:pay|keep)s?|so the (?:sale|final|discounted|reduced|net) (?:price|amount|pay|salary) (?:is|becomes|comes to))) {ABOUT}(?P<out>{N}){PLAIN}(?!\s(?:each|per|for|in|after|with)\b)",
     _with_part, False),
    (("lowered", "marked up"),
     rf"(?=[$€£]){named('a')}{PLAIN}(?:\s[a-z]+){{0,2}}?,? (?:(?P<off>lowered)|marked up) by {named('p')}{PCT},? (?:now |and |which |then )?{COSTS} {ABOUT}(?=[$€£])(?P<out>{N}){PLAIN}(?!\s(?:{NOT_PRICE})\b)",
     _priced, False),
    (("off", "discount", "tip", "gratuity", "tax", "vat", "markup", "surcharge"),
     rf"(?=[$€£]){named('a')}{PLAIN}(?:\s[a-z]+){{0,4}}? (?:at|with|plus|and) (?:an? )?{named('p')}{PCT} (?:(?P<off>off|discount)|tip|gratuity|(?:sales )?tax|VAT|markup|surcharge),? (?:now |and |which |then )?{COSTS} {ABOUT}(?=[$€£])(?P<out>{N}){PLAIN}(?!\s(?:{NOT_PRICE})\b)",
     _priced, False),
    (("adding", "plus"),
     rf"{named('a')}{PLAIN}(?:,|;|\sand|\s—)\s*(?:adding|plus) (?:the |an? |another )?(?:[a-z]+ ){{0,4}}?(?:of )?{named('b')}{PLAIN}(?:\s(?:of|for|in)(?:\s[a-z]+){{1,3}}?)? (?:gives|makes|yields|brings it to|comes to|totals) {ABOUT}(?P<out>{N}){PLAIN}",
     _added, False),
)  # fmt: skip
