# ruff: noqa: E501 (patterns and tables read better whole)
"""Where a text names a person: in the places where people say names, and by given names of many countries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.curate.harvest.scrubbing.given_names import ALSO_WORDS, GIVEN

_CAP = r"[A-ZÀ-ÖØ-ÞŁŚŻŹĆŞİÇĞŠŽČ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = r"(?:de|de la|del|van|van der|van den|von|von der|da|dos|di|bin|al|el|la|le|ter|ten|O'|Mc)"
_FULL = rf"{_CAP}(?:\s+(?:[A-Z]\.|{_CAP}|{_PARTICLE}(?=\s+{_CAP}))){{0,3}}"
_ANY = r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*(?:[ \t]+[^\W\d_]{2,}(?:['’-][^\W\d_]+)*){0,2}"

# A name in either case may follow: the words before it say that a name comes.
_SAYS_NAME = re.compile(
    rf"\b(?:my (?:full |first |last |legal |middle |given |maiden |married |real )?name(?:'s|’s| is| was|s)|name\s?(?:'s|’s|:|=)|(?:the )?names? (?:is|are)|i go by|(?:please )?call me|you can call me|ich hei(?:ß|ss)e|mein name ist|je m'appelle|je m’appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome (?:è|e)|meu nome é|eu me chamo|ik heet|mijn naam is|nazywam się|mam na imię|jag heter|mitt namn är|jeg heter|booked under|under the name(?: of)?|in the name of|on behalf of|registered (?:to|under)|signed(?: by)?|account holder(?: is|:)?|card ?holder(?: is|:)?|cardholder name(?: is|:)?|beneficiary(?: is|:)?|payee(?: is|:)?|recipient(?: is|:)?|passenger(?:s)?(?: name)?(?: is|:)|patient(?: name)?(?: is|:)|customer(?: name)?(?: is|:)|contact(?: person)?(?: is|:)|attn\.?:?|c/o)\s*[:\"“'-]?\s*({_ANY})",
    re.I,
)
_STOP_AFTER = frozenset(" ".join((
    "and or but is are was my the a an i you he she it we they at on in from for with to of not here there by",
    "this that please so because calling email phone number address living speaking writing born dob who which",
    "whose your our their just also as if when where can could would should will do does did have has had need",
    "want like am it's order account und y et e og en i ja aber mi meine je mon the number tel mail password date",
    "payment card billing shipping same correct wrong spelled misspelled missing required registered listed",
    "unknown blank empty taken change changed incorrect different displayed shown ready fine good great sorry",
    "late sure new happy trying looking having unable interested writing contacting reaching about asking worried",
    "curious confused frustrated currently still now very really only already maybe later tomorrow back asap",
    "crazy today tonight again first directly before after anytime whenever once",
)).split())  # fmt: skip
_TITLE = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Sir|Madam|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Doña|Don|Signora?|Professor|Doctor|Nurse|Judge|Captain|Officer)\.?\s+({_FULL})"
)
_GREETING = re.compile(
    rf"(?:^|[\n.!?>\"“]\s*)(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|welcome(?: back)?|greetings|hallo|guten tag|bonjour|salut|hola|ciao|olá|liebe[r]?|sehr geehrte[r]? (?:herr|frau)|cher|chère|estimad[oa]|caro|cara|prezad[oa]|beste|cześć|hej|thanks|thank you|thanks so much|thank you so much|sorry|perfect|great|sure|of course|got it|certainly|congratulations|bye|goodbye|good luck|understood|absolutely|okay|ok|apologies|noted|done|no problem|you're welcome)[, ]+({_FULL})(?=\s*[,.!?:;\n–-]|\s*$)",
    re.I,
)
_SIGNED = re.compile(
    rf"(?:\b(?:best|best regards|kind regards|warm regards|regards|sincerely|yours(?: truly| sincerely| faithfully)?|cheers|thanks(?: a lot| again| in advance)?|thank you|many thanks|all the best|love|respectfully|cordially|mit freundlichen grüßen|viele grüße|liebe grüße|cordialement|saludos|un saludo|atentamente|cordiali saluti|atenciosamente|groeten|pozdrawiam|mvh|vriendelijke groet)\s*[,!.]?\s*\n+\s*|\n\s*(?:-{{1,2}}|–|—|~)\s*|(?:regards|sincerely|cheers|grüße|saludos|cordialement|thanks|best)\s*,\s+(?:-\s*)?)({_FULL})\s*(?=\n|$|[.,!]?\s*$|\n)",
    re.I,
)
_TRAILING = re.compile(rf"(?:[.!?]\s+|\n)(?:-{{1,2}}|–|—)\s?({_FULL})\s*$")
_SPEAKING = re.compile(
    rf"\b(?:this is|it's|it’s|you(?:'re| are) (?:speaking|chatting|talking) (?:with|to)|i'm|i’m|i am|im|ich bin|je suis|soy|sono|sou|my (?:husband|wife|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|manager|friend|colleague|coworker|doctor|neighbou?r|landlord|tenant|partner|fianc[ée]e?|girlfriend|boyfriend|ex|uncle|aunt|cousin|nephew|niece|grandmother|grandfather|assistant|lawyer|therapist|teacher|roommate|flatmate|client|ex-husband|ex-wife)(?:'s name is|,| is called| named| called)?|(?:named|called)|spoke (?:to|with)|talk(?:ed|ing)? (?:to|with)|met with|meeting with|call with|reach out to|email|message|contact|remind|ask|tell|pay|invite|send (?:it |this |that |money |\S+ )?to|transfer (?:\S+ )?to|ship (?:it|them|this|that) to|deliver(?:ed)? (?:it )?to|addressed to|from|for|by|with|and|cc|attention(?: of)?|patient|passenger|guest|tenant|employee|customer|user|client|agent|nurse|landlord|buyer|seller)\s+({_FULL})",
    re.I,
)
_NAME_HERE = re.compile(
    rf"(?:^|[\n.!?]\s*)({_CAP}(?:\s+{_CAP})?) here\b|\b({_CAP}(?:\s+{_CAP})?),? (?:speaking|calling)\b"
)
_CAPITALS = re.compile(rf"(?<![\w\[])({_CAP}(?:(?:\s+|-)(?:[A-Z]\.\s+)?(?:{_PARTICLE}\s+)?{_CAP}){{0,3}})(?![\w\]])")
_NOT_NAMES = frozenset(" ".join((
    "i the a an my your our we you he she it they this that these those there here hi hello dear thanks thank",
    "please sorry yes no ok okay what when where which who why how and or but if so not can could would monday",
    "tuesday wednesday thursday friday saturday sunday january february march april may june july august",
    "september october november december today tomorrow yesterday morning afternoon evening english german french",
    "spanish italian portuguese dutch polish chinese japanese european american british canadian indian street",
    "road avenue city bank airport hotel hospital university school company inc ltd gmbh llc corp team support",
    "service customer order account card app store shop gold silver platinum premium basic pro plus standard plan",
    "python java javascript windows mac linux android iphone google amazon microsoft apple facebook london paris",
    "berlin madrid rome vienna munich hamburg lisbon oslo kyoto tokyo york angeles francisco chicago boston",
    "houston dallas seattle miami toronto sydney melbourne dublin leeds manchester geneva milan zurich north",
    "south east west new great united states kingdom europe america africa asia germany france spain italy",
    "portugal canada australia mexico brazil china japan poland sweden norway denmark netherlands everyone",
    "everybody all sir madam there folks guys team man dude buddy friend mate again back help ai bot assistant",
    "agent human god jesus christ just let still also sure done great perfect world none nothing something",
    "anything note each every any some only both either neither most many few several these those",
)).split())  # fmt: skip


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of persons' names."""
    for m in _SAYS_NAME.finditer(text):
        span = _leading_name(text, *m.span(1))
        if span:
            yield span
    for pattern in (_TITLE, _GREETING, _SIGNED, _TRAILING):
        for m in pattern.finditer(text):
            span = _capital_run(text, *m.span(1), trust=True)
            if span:
                yield span
    for m in _SPEAKING.finditer(text):
        span = _capital_run(text, *m.span(1), trust=False)
        if span:
            yield span
    for m in _NAME_HERE.finditer(text):
        group = 1 if m.group(1) else 2
        span = _capital_run(text, *m.span(group), trust=True)
        if span:
            yield span
    for m in _CAPITALS.finditer(text):
        span = _by_given_name(text, *m.span(1))
        if span:
            yield span
    yield from _small_letters(text)
    for m in _HANDLE.finditer(text):
        if m.group(2) in GIVEN:
            yield m.span(1)


_HANDLE = re.compile(r"(?<![\w@.])(([a-z]{3,})[._]([a-z]{2,}))(?=[._-]?\d{1,6}(?![\w]))")  # ethan_martin_2396


_I_AM = re.compile(
    r"\b(?:i am|i'm|i’m|im|this is|it's|hi|hey|hello|dear)[ ,]+([a-z]{3,})(?:[ \t]+([a-z]{3,}))?\b(?=\s*[,.!?\n]|\s+(?:and|from|here|speaking|calling|again)\b|\s*$)"
)


def _small_letters(text: str) -> Iterator[tuple[int, int]]:
    """ "im priya", "hi, this is john smith": small letters where a name is said, only if the given name is one."""
    for m in _I_AM.finditer(text):
        first, second = m.group(1), m.group(2)
        if first in GIVEN and first not in ALSO_WORDS:
            whole = second is not None and second not in _STOP_AFTER
            yield m.start(1), m.end(2) if whole else m.end(1)


def _leading_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """After "my name is": up to three words, until one that is no name."""
    last = start
    words = list(re.finditer(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text[start:end]))
    capital = bool(words) and words[0].group(0)[0].isupper()
    for i, w in enumerate(words):
        word = w.group(0)
        if word.lower() in _STOP_AFTER or (
            capital
            and not word[0].isupper()
            and word.lower() not in ("de", "van", "von", "der", "da", "di", "la", "del", "bin", "al", "el")
        ):
            break
        if i == 0 and word.lower() in _NOT_NAMES:
            break
        last = start + w.end()
    tail = re.match(rf"(?:\s+(?:{_PARTICLE}\s+)?{_CAP})+", text[last:]) if capital and last == end else None
    last += tail.end() if tail else 0
    return (start, last) if last > start else None


_TITLES = frozenset(" ".join((
    "mr mrs ms mx miss dr prof sir madam herr frau monsieur madame mme señor señora sr sra don doña signor",
    "signora professor doctor",
)).split())  # fmt: skip
_PLACES_AND_MONTHS = frozenset(" ".join((
    "may will june april august hope faith joy london paris china india kenya jordan florence virginia georgia",
    "victoria sydney madison brooklyn israel chad autumn summer sunny rich dawn",
)).split())  # fmt: skip
_INTRODUCES = re.compile(
    r"\b(?:i'm|i’m|i am|im|this is|ich bin|je suis|soy|sono|named|called|spoke (?:to|with)|(?:speaking|chatting|talking) (?:to|with)|my (?:husband|wife|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|manager|friend|colleague|doctor|neighbou?r|landlord|partner|girlfriend|boyfriend|client|lawyer)(?:'s name is|,)?|patient|passenger|guest|tenant|attention(?: of)?)\s*$",
    re.I,
)


def _capital_run(text: str, start: int, end: int, *, trust: bool) -> tuple[int, int] | None:
    """The capital words at the head of a place where a name stands; without trust one must be a known given name, or there are two."""
    words = [(m.start(), m.end(), m.group(0)) for m in re.finditer(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?", text[start:end])]
    kept: list[tuple[int, int, str]] = []
    for s, e, w in words:
        bare = w.rstrip(".")
        if not kept and bare.lower() in _TITLES:
            continue
        if not bare[0].isupper() and bare.lower() not in (
            "de",
            "van",
            "von",
            "der",
            "den",
            "da",
            "di",
            "la",
            "del",
            "dos",
            "bin",
            "al",
            "el",
        ):
            break
        if bare.lower() in _NOT_NAMES or (bare.isupper() and len(bare) > 3 and not trust):
            break
        kept.append((s, e - (len(w) - len(bare)), bare))
    while kept and not kept[-1][2][0].isupper():
        kept.pop()
    if not kept:
        return None
    first = kept[0][2].lower()
    known = first in GIVEN or first.split("-")[0] in GIVEN
    if not trust and not known:
        two = len(kept) >= 2 and kept[1][2].lower() not in _NOT_NAMES and not kept[0][2].isupper()
        introduced = _INTRODUCES.search(text[max(0, start - 40) : start]) is not None
        ends = re.match(r"\s*(?:[,.!\n]|and\b|from\b|calling\b|with\b|$)", text[start + kept[-1][1] :]) is not None
        if not introduced or not (
            two or (ends and not re.search(r"(?:ed|ing|ful|ian|ese|ish|an|ive|ous|less|ent|ary|ist|y|ch)$", first))
        ):
            return None
    if not trust and first in ALSO_WORDS and len(kept) < 2 and first in _PLACES_AND_MONTHS:
        return None
    if trust and len(kept) == 1 and first in ALSO_WORDS and first in _PLACES_AND_MONTHS:
        return None
    return start + kept[0][0], start + kept[-1][1]


def _by_given_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A run of capital words that holds a given name: from that name to the run's end, at most four words."""
    words = [
        (m.start() + start, m.end() + start, m.group(0))
        for m in re.finditer(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text[start:end])
    ]
    for i, (s, e, w) in enumerate(words):
        low = w.lower().removesuffix("'s").removesuffix("’s")
        if low not in GIVEN:
            continue
        rest = []
        for x in words[i + 1 : i + 4]:
            if x[2].lower() in _NOT_NAMES or (x[2].isupper() and len(x[2]) > 3):
                break
            rest.append(x)
        if low in ALSO_WORDS:
            # An everyday word: a second capital word must make it a name, and the sentence may not begin with it.
            if not rest or (rest[0][2].lower() in ALSO_WORDS and rest[0][2].lower() not in GIVEN):
                continue
            before = text[:s].rstrip()
            if not before or before[-1] in '.!?:\n"“':
                continue
        stop = rest[-1][1] if rest else e
        value = text[s:stop]
        trimmed = re.sub(r"['’]s$", "", value)
        return s, s + len(trimmed)
    return None
