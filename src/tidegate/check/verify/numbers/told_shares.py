# ruff: noqa: E501  (patterns read best on one line)
"""Shares, prices and chances told over one sentence or two: `126 of 450 preferred tea. That's 32 %`, `$80 with 15 % off is $66`."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from tidegate.check.verify.numbers.spoken import N
from tidegate.check.verify.numbers.told_forms import (
    ABOUT,
    NOT_PRICE,
    PARTS,
    PCT,
    PLAIN,
    THINGS,
    WORDS,
    Read,
    Results,
    named,
    of_several,
)

MONEY = rf"[$€£]\s?{N}"
REST = re.compile(
    r"\b(?:not|n't|remain\w*|rest|other\w*|left|without|pass(?:ed)?|succeed\w*|surviv\w*|intact|kept|fail\w*|fine|unaffected|still)\b",
    re.I,
)
SPOILS = re.compile(
    r"\beach\b|\bper\b|\bevery\b|\bboth\b|\bthen\b|\banother\b|\bfirst\b|\bsecond\b|\bfurther\b|\bextra\b|\badditional|\bcoupon|\bmember|\binstead|\bnormally|\bonly if|\bcompound|\bannual|\bmonth|\byear|\bweek|\btwo\b|\bthree\b|\bfour\b|\bfive\b|\bsix\b|\bdeposit|\bdown payment|\bcommission|\bup to\b|\bat least\b|\bover\b|\bmargin\b|\bprofit\b|\bcost you\b|\bhalf\b|\btwice\b",
    re.I,
)


def _share_of(read: Read, found: re.Match[str]) -> Results | None:
    part, whole = read["a"], read["b"]
    if not 0 < part <= whole:
        return None
    share = part / whole * 100
    return (
        {f"{float(part):g} / {float(whole):g}": share, f"1 − {float(part):g} / {float(whole):g}": 100 - share}
        if REST.search(found.group(0)[found.end("a") - found.start() :])
        else {f"{float(part):g} / {float(whole):g}": share}
    )


def _part_of_many(read: Read, found: re.Match[str]) -> Results | None:
    part = read["a"] * read["p"] / 100
    shown = f"{float(read['p']):g} % of {float(read['a']):g}"
    if REST.search(found.string[found.start() : found.end() + 40].split("\n")[0]):
        return {shown: part, f"{float(read['a']):g} − {shown}": read["a"] - part}
    return {shown: part}


def _price(read: Read, found: re.Match[str]) -> Results | None:
    """A price, a percentage off or on it, and what is paid or saved."""
    if SPOILS.search(found.group(0)) or of_several(found):
        return None
    a, p = read["a"], read["p"]
    off = (
        re.search(r"\boff\b|discount|reduc|rebate|markdown|sale|save|cheaper|marked down", found.group(0), re.I)
        is not None
    )
    on = (
        re.search(
            r"\btax\b|\bvat\b|\btip\b|gratuity|surcharge|markup|marked up|increase|service charge|shipping",
            found.group(0),
            re.I,
        )
        is not None
    )
    if off == on:
        return None
    between = found.group(0)[found.end("p") - found.start() : found.start("out") - found.start()]
    if re.search(r"\b(?:original|list|regular|normal|former|old|initial|before|pre-)", between, re.I):
        factor = 1 - p / 100 if off else 1 + p / 100
        return {f"{float(a):g} / (1 {'−' if off else '+'} {float(p):g} %)": a / factor} if factor > 0 else None
    part = f"{float(p):g} % of {float(a):g}"
    out = {
        part: a * p / 100,
        f"{float(a):g} × (1 {'−' if off else '+'} {float(p):g} %)": a * (1 - p / 100 if off else 1 + p / 100),
    }
    paid = re.search(
        r"\b(?:pay|price|total|bill|costs?|comes to|down to|up to)\b[^.]{0,20}$",
        found.group(0)[: found.start("out") - found.start()],
        re.I,
    )
    if paid and not re.search(
        r"\bsav|\bdiscount (?:is|of|amount)|\btip (?:is|of)|\btax (?:is|of)|\boff\s*$", found.group(0)[-60:], re.I
    ):
        del out[part]
    return out


def _complement(read: Read, found: re.Match[str]) -> Results | None:
    if re.search(
        r"\b(?:two|three|both|each|every|either|twice|second|first|another|then|days|all|any|or|at least|none|times|rolls|draws|tosses)\b",
        found.group(0),
    ):
        return None
    p = read["a"] / read.get("b", Fraction(1))
    p = p / 100 if found.group("pa") else p
    if not 0 < p < 1:
        return None
    q = 1 - p
    shown = f"1 − {float(p):g}"
    scale = 100 if found.group("po") else 1
    if found.group("d"):
        scale = int(found.group("d"))
    return {shown: q * scale}


def _grown(read: Read, found: re.Match[str]) -> Results | None:
    a, p = read["a"], read["p"]
    if SPOILS.search(found.group(0)):
        return None
    down = re.match(r"f|d|sh|los|sank|w\w+ down|redu|cut|lower", found.group("way"), re.I) is not None
    sign = -1 if down else 1
    return {f"{float(a):g} × (1 {'−' if down else '+'} {float(p):g} %)": a * (1 + sign * p / 100)}


def _each(read: Read, found: re.Match[str]) -> Results | None:
    thing, total = found.group("thing").strip().lower(), found.group("total").strip().lower()
    if not thing or thing.split()[0] != total.split()[0]:
        return None
    return {f"{float(read['a']):g} × {float(read['b']):g}": read["a"] * read["b"]}


def _whole_of(read: Read, found: re.Match[str]) -> Results | None:
    if not 0 < read["p"] <= 100 or REST.search(found.group(0)):
        return None
    return {f"{float(read['a']):g} / {float(read['p']):g} %": read["a"] * 100 / read["p"]}


def _interest(read: Read, found: re.Match[str]) -> Results | None:
    a, rate, years = read["a"], read["p"] / 100, read["q"]
    if not 0 < rate < 1 or years.denominator != 1 or not 0 < years <= 60:
        return None
    n = int(years)
    if found.group("how").lower() == "simple":
        interest, shown = a * rate * n, f"{float(a):g} × {float(read['p']):g} % × {n}"
    else:
        interest, shown = a * (1 + rate) ** n - a, f"{float(a):g} × (1 + {float(read['p']):g} %)^{n} − {float(a):g}"
    return {shown: interest, f"{float(a):g} + {shown}": a + interest}


def _content(read: Read, found: re.Match[str]) -> Results | None:
    if found.group("u1").strip() != found.group("u2").strip():
        return None
    part = read["a"] * read["p"] / 100
    return {f"{float(read['p']):g} % of {float(read['a']):g}": part}


def _share_of_them(read: Read, found: re.Match[str]) -> Results | None:
    words = re.split(r"[ -]", found.group("share").lower())
    top = 1 if words[0] in ("a", "an", "half") else WORDS[words[0]]
    share = Fraction(top, PARTS[words[-1].rstrip("s") if words[-1] != "half" else "half"])
    thing, last = found.group("thing").strip().split()[-1], found.group("last").strip()
    if share >= 1 or thing != last:
        return None
    a = read["a"]
    return {f"{share} × {float(a):g}": share * a, f"{float(a):g} − {share} × {float(a):g}": (1 - share) * a}


def _relative(read: Read, found: re.Match[str]) -> Results | None:
    a, b = read["a"], read["p"]
    falls = re.match(r"dec|dro|red|fal|los|dec", found.group("way"), re.I) is not None
    if a <= 0 or a == b or falls != (b < a):
        return None
    return {f"({float(b):g} − {float(a):g}) / {float(a):g}": abs(b - a) / a * 100}


NOT_OF = r"(?!\s*(?:more|less|higher|lower|above|below|fewer|confiden|points?|of (?:the )?\d))"
THAT = r"(?:[Tt]hat(?:'s| is| was| makes| means| gives| represents| corresponds to| equals| works out to| comes to| amounts to)|[Tt]his (?:is|was|makes|represents|corresponds to|equals|gives|amounts to)|[Ww]hich (?:is|was|makes|means|represents|corresponds to|equals|gives|amounts to|works out to)|i\.e\.,?|or|meaning|so|equivalent to|corresponding to|representing|[Tt]he (?:share|proportion|percentage|fraction|rate|[a-z]+ rate) (?:is|was)(?: therefore| thus)?)"
Form = tuple[tuple[str, ...], str, Callable[[Read, re.Match[str]], Results | None], bool]
# forms that may run over the end of one sentence
SHARE_FORMS: tuple[Form, ...] = (
    (("%", "percent", "per cent"),
     rf"(?<![\w.,/–-])\b{named('a', words=True)}(?:\s(?!of\b)[a-z\-]+){{0,2}}? (?:out )?of (?:the |all |our |these |those |its |their )?{named('b')}{THINGS}(?:\s[a-z\-']+){{0,6}}?\s*(?:,|\(|—|–|;|\.)\s*{THAT}\s*{ABOUT}(?:an?\s)?(?P<out>{N}){PCT}{NOT_OF}",
     _share_of, True),
    (("%", "percent", "per cent"),
     rf"\b[Oo]f (?:the |all |our |these |those |its |their )?{named('b')}{THINGS}(?:\s[a-z\-']+){{0,3}}?,\s*(?:only |just )?{named('a', words=True)}(?:\s[a-z\-']+){{0,6}}?\s*(?:,|\(|—|–|;|\.)\s*{THAT}\s*{ABOUT}(?:an?\s)?(?P<out>{N}){PCT}{NOT_OF}",
     _share_of, True),
    (("%", "percent", "per cent"),
     rf"\b[Oo]f (?:the |all |our |these |those |its |their )?{named('a')}{THINGS}(?:\s[a-z\-']+){{0,3}}?,\s*(?:only |just |about )?{named('p')}{PCT}(?:\s[a-z\-']+){{1,6}}?\s*(?:,|\(|—|–|;|\.)\s*(?:so|which means|meaning|i\.e\.,?|that is,?|that's|thus|hence|or|which is|[Tt]his means|[Tt]hat means)\s+(?:that\s)?{ABOUT}(?P<out>{N}){PLAIN}(?=\s[a-z])",
     _part_of_many, False),
    (("%", "percent", "per cent"),
     rf"(?<![\w.]){named('p')}{PCT} of (?:the |all |our |these |those |its |their )?{named('a')}{THINGS}(?:\s[a-z\-']+){{0,6}}?\s*(?:,|\(|—|–|;|\.)\s*(?:so|which means|meaning|i\.e\.,?|that is,?|that's|thus|hence|or|which is|[Tt]his means|[Tt]hat means)\s+(?:that\s)?{ABOUT}(?P<out>{N}){PLAIN}(?=\s[a-z]|[.,;)])",
     _part_of_many, False),
    (("off", "discount", "tax", "vat", "tip", "gratuity", "surcharge", "markup", "reduc", "increase", "sale"),
     rf"(?P<a>{MONEY})(?![\d.,]*\d){PLAIN}(?![kMmbB]\b)[^\d$€£;:?!]{{0,80}}?{named('p')}{PCT}[^\d$€£;:?!]{{0,80}}?\b(?:(?:final|sale|new|discounted|reduced|net|gross|total|actual|marked-down|resulting|after-tax)\s(?:price|cost|total|bill|amount)|price|total|bill|you(?:'d| would|'ll| will| then| now| only)? (?:pay|save)|comes to|costs?|brings [a-z ]{{2,20}} to|for a total of|down to|up to)(?:\s(?:is|of|becomes|comes to|will be|would be|to|drops to|falls to|rises to|now))*\s*(?:only |just |therefore |thus |then )*{ABOUT}(?P<out>{MONEY})(?![\d.,]*\d){PLAIN}(?!\s(?:a|altogether|plus|including|{NOT_PRICE})\b)",
     _price, False),
    (("%", "percent", "per cent"),
     rf"(?<![\w.,/–-]){named('a')}{PLAIN}(?:\s[a-z\-]+){{0,4}}? (?P<way>grows|grew|rises|rose|increases|increased|falls|fell|drops|dropped|shrinks|shrank|declines|declined|decreases|decreased) by {named('p')}{PCT},? (?:[a-z]+ ){{0,3}}?(?:to|reaching|giving|becomes|is then|to reach|and reaches) {ABOUT}(?P<out>{N}){PLAIN}",
     _grown, False),
    (("probability", "chance", "odds", "likelihood"),
     rf"(?:probability|chance|likelihood)\b(?:[^\d.;?!]{{0,60}}?\b(?:is|of|=|at))?\s*(?P<a>{N})(?:/(?P<b>\d+))?(?P<pa>{PCT})?(?![\d/])[^\d;?!]{{0,90}}?\b(?:so|thus|hence|therefore|which means|meaning|leaving)\b[^\d.;?!]{{0,60}}?(?:probability|chance|likelihood)\b[^\d.;?!]{{0,20}}?\b(?:not\b|no\b|never\b|fail|avoid|miss|lose|losing|staying dry|otherwise|the opposite|the complement)[^\d.;?!]{{0,50}}?\b(?:is|of|=)\s*{ABOUT}(?P<out>{N})(?:/(?P<d>\d+))?(?P<po>{PCT})?(?![\d/])",
     _complement, True),
    (("probability", "chance", "likelihood"),
     rf"(?:probability|chance|likelihood)\b[^\d.;?!]{{0,40}}?\b(?:is|of|=)\s*(?P<a>{N})(?:/(?P<b>\d+))?(?P<pa>{PCT})?(?![\d/]) of rain\b[^\d;?!]{{0,60}}?(?:probability|chance|likelihood)\b[^\d.;?!]{{0,20}}?\b(?:staying dry|no rain|dry weather|it not raining)\b[^\d.;?!]{{0,30}}?\b(?:is|of|=)\s*{ABOUT}(?P<out>{N})(?:/(?P<d>\d+))?(?P<po>{PCT})?(?![\d/])",
     _complement, True),
    (("%", "percent", "per cent"),
     rf"(?<![\w.,/–-])\b{named('a')} (?:out )?of (?:the |all |our |these |those |its |their )?{named('b')}{THINGS}(?:\s[a-z\-']+){{0,3}}?,\s*(?:so )?(?:the|an?|our|its) [a-z]+(?:\s[a-z]+)? (?:is|was) (?:now |therefore |thus |then )?{ABOUT}(?P<out>{N}){PCT} (?:full|occupied|booked|complete|completed|done|sold|filled|finished)\b",
     _share_of, True),
    (("% means", "% implies", "percent means"),
     rf"\brate of {named('p')}{PCT} (?:means|implies)(?:\s[a-z]+){{0,3}}? of (?:the |every )?{named('a')}{THINGS}(?:,|\s(?:about|roughly|some|approximately))?\s{ABOUT}(?P<out>{N}){PLAIN}(?=\s[a-z]|[.,;)])",
     _part_of_many, False),
    (("% of", "percent of", "per cent of"),
     rf"(?:\b[Ii]f )?(?<![\w.,/–-]){named('a')}{THINGS} (?:make up|are|represent|account for|constitute|form|is|makes up|represents) {named('p')}{PCT} of (?:the|a|an|all|her|his|our|their) [a-z]+(?:\s[a-z]+)?,? (?:so |then |thus |therefore )?(?:the|there|it|she|he|her|his|they)(?:\s[a-z]+)? (?:has|have|had|are|is|contains|holds|counts|totals|consists of|comprises|were|was|must have|must be)\s{ABOUT}(?P<out>{N}){PLAIN}(?!\s(?:more|fewer|less|other))",
     _whole_of, False),
    (("relative", "proportional"),
     rf"\bfrom {named('a')}{PCT} to {named('p')}{PCT}[^\d;?!]{{0,80}}?\b(?:relative|proportional) (?P<way>increase|rise|growth|gain|change|decrease|drop|reduction|fall|decline) (?:of|by) {ABOUT}(?P<out>{N}){PCT}",
     _relative, True),
    (("interest",),
     rf"(?P<a>{MONEY})(?![\d.,]*\d)(?:\s[a-z]+){{0,4}}? at {named('p')}{PCT}(?:\s(?:per year|per annum|a year|annual|yearly))?,? (?P<how>simple|compound)(?:\sinterest)?(?:,? (?:compounded )?(?:annually|yearly|per year|a year))?(?:\s[a-z]+){{0,2}}? (?:for|over|after|in) {named('q', words=True)} years,? (?:[a-z]+ ){{0,3}}?(?:earns|earn|yields|gives|grows to|becomes|amounts to|is worth|returns|pays|accrues) {ABOUT}(?P<out>{MONEY})(?![\d.,]*\d){PLAIN}(?!\s(?:a|per|each|every)\b)",
     _interest, False),
    (("%", "percent", "per cent"),
     rf"\b(?:contains?|is|has|consists of) {named('p')}{PCT} (?P<stuff>[a-z]+)(?: by (?:mass|weight|volume))?,? (?:so|thus|hence|therefore|and so) (?:an?|the|every|each) {named('a')}(?P<u1>[\s-](?:k|m|µ)?(?:g|L|l|t|kg|lb|oz|ton|tons|grams?|litres?|liters?|kilograms?|pounds?|ounces?))(?:\s[a-z]+){{0,3}}? (?:contains|has|holds|includes|yields|carries) {ABOUT}(?P<out>{N})(?![\d.,]*\d)(?P<u2>[\s-](?:k|m|µ)?(?:g|L|l|t|kg|lb|oz|ton|tons|grams?|litres?|liters?|kilograms?|pounds?|ounces?))\s(?:of\s)?(?P=stuff)\b",
     _content, False),
    (("third", "quarter", "half", "fifth", "tenth", "eighth", "fourth", "sixth"),
     rf"\b(?:has|have|had|are|were|with|buys|bought|bakes|baked|picks|picked|owns|is|holds|contains) {named('a')}(?P<thing>\s[a-z]+(?:\s[a-z]+)?)[^\d;?!]{{0,60}}?\b(?P<share>(?i:one|two|three|four|a)[ -](?:half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)|(?i:half)) of (?:them|these|those|it)\b[^\d;?!.]{{0,50}}?\s{ABOUT}(?P<out>{N}){PLAIN}\s(?P<last>[a-z]+)\b",
     _share_of_them, False),
    (("in total", "altogether", "in all", "overall"),
     rf"(?<![\w.,/–-])\b{named('a', words=True)} [a-z\-]+ (?:of|with|at|holding|containing) {named('b')}{PLAIN}(?P<thing>(?:\s[a-z\-]+){{1,2}}?) (?:each|apiece)[^\d.;:%?!]{{0,60}}?\s{ABOUT}(?P<out>{N}){PLAIN}(?P<total>\s[a-z\-]+)\s+(?:in total|altogether|in all|overall)\b",
     _each, False),
)  # fmt: skip
