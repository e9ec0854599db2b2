# ruff: noqa: E501 (patterns and tables read better whole)
"""Where a text has what may not be kept: secrets and numbers that arithmetic proves, personal data by form and by the words beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import yaml

from tidegate.curate.harvest.scrubbing.person_names import find_names
from tidegate.spine.resources import resource_text
from tidegate.spine.sensitive.checksums import CHECKS, entropy

PLACEHOLDER = re.compile(r"\[(?:[A-Z]+(?:_[A-Z]+)*)_\d+\]")


class Span(NamedTuple):
    """Characters [start, end) of a text that may not be kept, and what they are."""

    start: int
    end: int
    kind: str


# --- secrets and numbers with arithmetic: the shared shapes ----------------------------------------


@cache
def shapes() -> tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...]:
    """The finders of the shared packs: kind of placeholder, spans of a text."""
    out = []
    for pack, kind in (("secrets", "SECRET"), ("payment-cards", "CARD"), ("pii", "ID_NUMBER")):
        data = yaml.load(resource_text("tidegate.spine.sensitive", f"{pack}.yaml"), Loader=yaml.CSafeLoader)
        for rule in data["hard"]:
            for p in rule["patterns"]:
                name = "IBAN" if p["id"] == "iban" else "SSN" if p["id"].startswith("us-ssn") else kind
                out.append((name, _finder(p)))
    return tuple(out)


def _finder(pattern: Mapping[str, Any]) -> Callable[[str], Iterator[tuple[int, int]]]:
    import re2  # linear time on whatever a tool may have answered

    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    compiled = re2.compile(pattern["regex"], options)
    allow = [re2.compile(a, options) for a in pattern.get("allow", ())]
    check = CHECKS[pattern["check"]] if pattern.get("check") else None
    floor = float(pattern.get("entropy_min", 0.0))

    def find(text: str) -> Iterator[tuple[int, int]]:
        for match in compiled.finditer(text):
            s, e = match.span(1) if compiled.groups and match.end(1) > match.start(1) >= 0 else match.span()
            value = text[s:e]
            if (
                value
                and (check is None or check(value))
                and entropy(value) >= floor
                and not any(a.search(value) for a in allow)
            ):
                yield s, e

    return find


# --- by form and by the words beside it --------------------------------------------------------------

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+%'-]{1,64}\s?@\s?(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}\b"
    r"|(?<![\w.])[\w.+-]{2,40}\s?(?:\(at\)|\[at\]|\{at\}|<at>|\sat\s)\s?[\w-]{2,40}\s?(?:\(dot\)|\[dot\]|\{dot\}|\sdot\s|\.)\s?(?:[\w-]{2,30}\s?(?:\(dot\)|\sdot\s|\.)\s?)?(?:com|org|net|edu|gov|io|co|de|fr|es|it|nl|uk|info|eu|ai|app|dev|me|biz|example|ch|at|pl|se|no|dk|br|in|jp|us|ca|au)\b",
    re.I,
)
_PHONE = re.compile(
    r"(?<![\w.@#/$€£:-])(?:\+|00)?\(?\d(?:[\d\s().·/–-]|\u00a0){5,22}\d(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w@%]|[.,:]\d|-\d)",
    re.I,
)
_PHONE_WORDS = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|whats ?app|sms|text|call|ring|dial|reach|fax|contact|handy|telefon|t[ée]l[ée]phone|tel[ée]fono|m[oó]vil|celular|numero|n[uú]mero|nummer|signal|telegram|callback|my (?:new |old |work |home )?(?:number|no|nr|#))\b[^.!?\n]{0,36}$",
    re.I,
)
_ID_WORDS = re.compile(
    r"\b(?:order|orders|ref|reference|tracking|track|invoice|ticket|case|booking|confirmation|parcel|shipment|item|sku|isbn|ean|upc|serial|model|version|build|part|article|product|flight|transaction|request|job|pr|issue|commit|id|bestell\w*|auftrag\w*|rechnung\w*|pedido|factura|commande|facture|ordine|quote|rma|case|docket|pnr|claim)\b[\s#:.]*(?:(?:number|no|nr|num|id|code|is|was|n°|#)[\s#:.]*){0,3}$",
    re.I,
)
_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])",
    re.I,
)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.I)
_VERSION = re.compile(r"\b(?:v|ver|version|release|build|firmware|update)\.?\s*$", re.I)
_COORDINATES = re.compile(r"(?<![\d.])-?\d{1,2}\.\d{4,8}\s?[,;/ ]\s?-?\d{1,3}\.\d{4,8}(?![\d.])")
_WORDS = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_STREET_END = r"(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl|square|sq|terrace|ter|close|crescent|cres|circle|cir|highway|hwy|parkway|pkwy|trail|trl|row|mews|walk|gardens|grove|hill|quay|alley|path|plaza|park|green|rise|view|loop)"
_UNIT = r"(?:\s*,?\s*(?:apt|apartment|flat|unit|suite|ste|floor|fl|room|rm|#|building|bldg|door|appt|wohnung|piso)\.?\s*#?\s*[\w-]{1,6})?"
_REGION = r"(?:\s*,\s*(?!(?:and|please|thanks|but|or|the|it|so|can|is|i)\b)[A-ZÀ-ÖØ-Þa-z][\w'’.-]+(?:[ -][A-ZÀ-ÖØ-Þ][\w'’.-]+){0,2})?(?:\s*,?\s*(?:[A-Z]{2}\s+)?(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}))?"
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?(?:[/-]\d{{1,4}})?,?\s+(?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?\s+)?(?:{_WORDS}\s+|\d{{1,3}}(?:st|nd|rd|th)\s+){{1,4}}{_STREET_END}\b\.?{_UNIT}{_REGION}"
    rf"|\b\d{{1,5}}[a-z]?\s+(?!(?:percent|days?|hours?|minutes?|weeks?|months?|years?|people|items?|of|in|on|at|to|the|a|an|and|times?|more|less|km|miles?)\b)(?:[a-z]{{3,}}\s+){{1,2}}(?:street|road|avenue|lane|drive|boulevard|blvd|court|crescent|terrace)\b{_UNIT}{_REGION}"
    rf"|\b(?:{_WORDS}\s){{0,3}}{_WORDS}?(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ufer|damm|ring|laan|straat|gracht|plein|gatan|vägen|vej|gade|gata|katu|tie)\s+\d{{1,4}}\s?[a-z]?\b(?:\s*,?\s*(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s+{_WORDS}(?:[ -]{_WORDS})?)?"
    rf"|\b\d{{1,4}}\s?(?:bis|ter)?,?\s+(?:rue|avenue|boulevard|chemin|place|impasse|allée|quai|cours|route)\s+(?:(?:de|du|des|la|le|les|d'|l')\s?)*{_WORDS}(?:[ -]{_WORDS})*(?:\s*,?\s*\d{{5}}\s+{_WORDS}(?:[ -]{_WORDS})*)?"
    rf"|\b(?:calle|avenida|avda\.?|paseo|plaza|carrera|via|viale|piazza|corso|largo|rua|avenida|travessa|ulica|ul\.|aleja|al\.)\s+(?:(?:de|del|della|dei|la|el|los|las|do|da|dos|das)\s+)*{_WORDS}(?:\s+(?:(?:de|del|della|la|do|da|dos|das|y|e)\s+)*{_WORDS}){{0,3}}\s*,?\s*(?:n[º°.o]?\s*)?\d{{1,4}}\s?[a-z]?\b(?:\s*,?\s*\d{{2}}-?\d{{3}}\s+{_WORDS})?"
    r"|\bP\.?\s?O\.?\s?Box\s+\d{1,7}\b",
    re.I | re.UNICODE,
)  # fmt: skip
_POSTCODE = re.compile(
    r"\b(?:zip(?: ?code)?|post ?code|postal code|plz|postleitzahl|code postal|c[oó]digo postal|cap)\b[^\w\n]{0,4}(?:(?:is|ist|est|es|:)\s*)?([A-Z0-9][A-Z0-9 -]{2,8}[A-Z0-9])\b",
    re.I,
)
_UK_POSTCODE = re.compile(r"\b(?:GIR 0AA|[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})\b")
_DATE = r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?[A-Za-zä]{3,10}\.?,?\s+\d{4}|[A-Za-z]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
_BIRTH = re.compile(
    rf"\b(?:dob|d\.o\.b\.?|date of birth|birth ?-?date|birthday|born(?: on)?|geboren(?: am)?|geburtsdatum|n[ée]e? le|date de naissance|fecha de nacimiento|nac[ií] el|nato il|data di nascita|data de nascimento)\b[^\d\n]{{0,20}}?({_DATE})",
    re.I,
)
_LABELLED = (
    ("SECRET", re.compile(r"\b(?:pin|passcode|otp|one[- ]time (?:code|password)|verification code|security code|access code|2fa code|auth(?:entication)? code|cvv2?|cvc2?|tan)\b(?: (?:number|code))?[\"']?\s{0,2}(?:=|:|is|was|ist|es|est)?\s{0,2}[\"']?(?:#\s?)?(\d{3,8})\b", re.I)),
    ("SECRET", re.compile(r"\b(?:password|passwd|passwort|kennwort|contrase[ñn]a|mot de passe|senha|wachtwoord|has[łl]o|pwd|passphrase|passcode)\b(?: (?:for|of|to) (?:the |my |this )?\w+(?: \w+)?)?[\"'`]?\s{0,2}(?:=|:|is|was|ist|es|est|é|lautet)\s{0,2}[:\"'`“]{0,2}((?=[^\s\"'`”,;]*[\d!@#$%^&*_+=~-])[^\s\"'`”,;]{4,80}?)(?=[.!?]?(?:[\s\"'`”,;]|$))", re.I)),
    ("SECRET", re.compile(r"(?:[?&;]|\b)(?:access_?token|auth_?token|api_?key|apikey|token|sig|signature|secret|client_?secret|session_?id|sessionid|sid|jwt)=([A-Za-z0-9._~%+/-]{8,400})", re.I)),
    ("SECRET", re.compile(r"\b(?:api[ _-]?key|secret[ _-]?key|access[ _-]?key|access[ _-]?token|auth[ _-]?token|bearer(?: token)?|client[ _-]?secret|private[ _-]?key|session[ _-]?(?:token|id|key)|license[ _-]?key|recovery[ _-]?(?:key|code)|webhook[ _-]?secret|token)\b[\"']?\s{0,2}(?:=|:|is|was|=>)?\s{0,2}[\"'`]?((?=[A-Za-z0-9_.+/~-]*\d)(?=[A-Za-z0-9_.+/~-]*[A-Za-z])[A-Za-z0-9_.+/~-]{10,200}={0,2})", re.I)),
    ("ID_NUMBER", re.compile(r"\b(?:passport|pass ?port|reisepass|passeport|pasaporte|driver'?s? licen[cs]e|driving licen[cs]e|licen[cs]e plate|number plate|national id|id card|personalausweis|tax id|tin|steuer-?id|medicare|medicaid|nhs|mrn|medical record|patient id|patient number|insurance (?:number|no|id)|member(?:ship)? (?:id|number|no)|social insurance|sin|nino|ni number|aadhaar|pan|cpf|curp|dni|nie|bsn|vin)\b(?: (?:number|no|nr|id|card))?\.?\s{0,2}(?:#|:|=|is|was|ist|es|est|n°)?\s{0,2}(?:#\s?)?((?=[A-Z0-9 -]*\d)[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z0-9]*\d)){4,20})\b", re.I)),
    ("ACCOUNT", re.compile(r"\b(?:(?:bank )?account|acct|konto|kontonummer|compte|cuenta|routing|sort ?code|bic|swift)(?: ?(?:number|no|nr|code|#))?\.?\s{0,2}(?:#|:|=|is|was|ist|es|est|ending in)?\s{0,2}((?=[A-Z0-9 -]*\d{2})\d[\d -]{4,22}\d)\b", re.I)),
    ("USERNAME", re.compile(r"\b(?:user ?name|login(?: name)?|user ?handle|handle|screen ?name|benutzername|(?:twitter|instagram|telegram|github|discord|skype|insta|tiktok)(?: handle| user(?:name)?| id)?)\b\s{0,2}(?:=|:|is|was|ist)\s{0,2}[\"'`]?(@?(?!(?:not|the|a|an|my|still|also|invalid|wrong|incorrect|already|required|taken|correct|case)\b)[A-Za-z0-9][\w.-]{2,40}\w)", re.I)),
    ("USERNAME", re.compile(r"(?<![\w@/.])(@(?=[\w.]*[a-z])[A-Za-z_][\w.]{2,30}\w)(?![\w@.]*[/(])")),
)  # fmt: skip


_AT_LINE = re.compile(r"@[\w.]+(?:[ \t][^\n]*[;{][ \t]*|[ \t]*)$", re.M)
_DECORATED = re.compile(
    r"\n\s*(?:@|def |class |async |public |private |protected |static |final |export |fun |function )"
)


def _of_code(text: str, found: re.Match[str]) -> bool:
    """Whether an `@word` is a rule of a style sheet or a decorator: alone on its line, and code goes on after it."""
    start = found.start(1)
    if text[start : start + 1] != "@" or text[text.rfind("\n", 0, start) + 1 : start].strip():
        return False
    line = _AT_LINE.match(text, start)
    return line is not None and (
        line.group(0).rstrip().endswith((";", "{")) or _DECORATED.match(text, line.end()) is not None
    )


@lru_cache(maxsize=1024)
def find(text: str) -> tuple[Span, ...]:
    """Everything in a text that may not be kept, without overlaps, in order."""
    spans: list[Span] = []
    if not text:
        return ()
    for kind, finder in shapes():
        spans += [Span(s, e, kind) for s, e in finder(text)]
    for kind, pattern in _LABELLED:
        spans += [Span(*m.span(1), kind) for m in pattern.finditer(text) if not _of_code(text, m)]
    spans += [Span(*m.span(), "EMAIL") for m in _EMAIL.finditer(text)]
    spans += [Span(*m.span(), "ADDRESS") for m in _ADDRESS.finditer(text)]
    spans += [Span(*m.span(1), "POSTCODE") for m in _POSTCODE.finditer(text) if any(c.isdigit() for c in m.group(1))]
    spans += [Span(*m.span(), "POSTCODE") for m in _UK_POSTCODE.finditer(text)]
    spans += [Span(*m.span(1), "BIRTH_DATE") for m in _BIRTH.finditer(text)]
    spans += [Span(*m.span(), "LOCATION") for m in _COORDINATES.finditer(text)]
    spans += [Span(*m.span(), "MAC") for m in _MAC.finditer(text)]
    spans += [
        Span(*m.span(), "IP")
        for m in _IPV4.finditer(text)
        if not _VERSION.search(text[max(0, m.start() - 12) : m.start()])
    ]
    spans += [Span(*m.span(), "IP") for m in _IPV6.finditer(text) if m.group(0).count(":") >= 3]
    spans += [Span(m.start(), m.end(), "PHONE") for m in _PHONE.finditer(text) if is_phone(text, m.start(), m.end())]
    spans += [Span(s, e, "NAME") for s, e in find_names(text)]
    held = [m.span() for m in PLACEHOLDER.finditer(text)]
    spans = [s for s in spans if not any(a < s.end and s.start < b for a, b in held)]
    return tuple(_without_overlaps(spans))


_ORDER = ("SECRET", "CARD", "IBAN", "SSN", "ID_NUMBER", "EMAIL", "ADDRESS", "ACCOUNT", "BIRTH_DATE", "MAC", "IP", "PHONE",
          "LOCATION", "POSTCODE", "USERNAME", "NAME")  # fmt: skip


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans become one, under the name of the weightiest kind: nothing of either is kept."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            last = out.pop()
            kind = min(last.kind, span.kind, key=_ORDER.index)
            span = Span(last.start, max(last.end, span.end), kind)
        out.append(span)
    return out


_DATE_LIKE = re.compile(
    r"\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:\s+\d{1,2}(?:[-:.]\d{2})?)?\s*"
)


def is_phone(text: str, start: int, end: int) -> bool:
    """Whether digits are a telephone number: by an international or bracketed form, or by the words before them."""
    value = text[start:end]
    core = re.split(r"(?:x|ext)", value, flags=re.I)[0]
    digits = re.sub(r"\D", "", core)
    if (
        not 7 <= len(digits) <= 15
        or _DATE_LIKE.fullmatch(value)
        or (re.search(r"\d{4}\s?[–-]\s?\d{4}$", value) and len(digits) == 8 and value.startswith(("19", "20")))
    ):
        return False
    before = text[max(0, start - 60) : start]
    if _ID_WORDS.search(before) and not re.search(r"\b(?:phone|tel|mobile|cell|call)\b[^.!?\n]{0,20}$", before, re.I):
        return False
    told = _PHONE_WORDS.search(before) is not None
    groups = [g for g in re.split(r"\D+", core.strip()) if g]
    if value.startswith("+") or (value.startswith("00") and len(digits) >= 10 and len(groups) > 1):
        return len(digits) >= 8
    if re.match(r"\(?\d{2,5}\)\s?\d", value):
        return True
    if re.fullmatch(r"1?[ .-]?\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}", core.strip()):
        return True
    if told:
        return True
    return (digits.startswith("0") and 9 <= len(digits) <= 12 and (len(groups) > 1 or len(digits) >= 10)
            and all(len(g) <= 8 for g in groups[1:]))  # fmt: skip
