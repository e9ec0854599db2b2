# ruff: noqa: E501 (patterns and tables read better whole)
"""The arithmetic that tells a real number from digits that look like one.

Each check is a total function from the matched text to bool: right length, right structure,
right check digit.  Sources: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN, mod 97-10), SSA numbering,
and each country's published rule.
"""

import math
import re
from collections import Counter
from collections.abc import Callable


def digits(text: str) -> list[int]:
    """The decimal digits of a text, in order."""
    return [int(c) for c in text if c in "0123456789"]


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 Annex B check digit."""
    d = digits(text)
    total = sum(d[-1::-2]) + sum(sum(divmod(2 * x, 10)) for x in d[-2::-2])
    return len(d) > 1 and total % 10 == 0


_CARD = re.compile(r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
                   r"|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
                   r"|(?:5018|5020|5038|5893|6304|6759|6761|6762|6763)\d{8,15}")  # fmt: skip


def payment_card(text: str) -> bool:
    """A card number: a network's prefix and length, the Luhn digit, and not one digit all over."""
    d = "".join(c for c in text if c in "0123456789")
    return bool(_CARD.fullmatch(d)) and len(set(d)) > 1 and luhn(d)


_IBAN_LENGTH = dict(
    pair.split(":") for pair in ["AD:24", "AE:23", "AL:28", "AT:20", "AZ:28", "BA:20", "BE:16", "BG:22", "BH:22", "BI:27", "BR:29", "BY:28", "CH:21", "CR:22", "CY:28", "CZ:24", "DE:22", "DJ:27", "DK:18", "DO:28", "EE:20", "EG:29", "ES:24", "FI:18", "FK:18", "FO:18", "FR:27", "GB:22", "GE:22", "GI:23", "GL:18", "GR:27", "GT:28", "HN:28", "HR:21", "HU:28", "IE:22", "IL:23", "IQ:23", "IS:26", "IT:27", "JO:30", "KW:30", "KZ:20", "LB:28", "LC:32", "LI:21", "LT:20", "LU:20", "LV:21", "LY:25", "MC:27", "MD:24", "ME:22", "MK:19", "MN:20", "MR:27", "MT:31", "MU:30", "NI:28", "NL:18", "NO:15", "OM:23", "PK:24", "PL:28", "PS:29", "PT:25", "QA:29", "RO:24", "RS:22", "RU:33", "SA:24", "SC:31", "SD:18", "SE:24", "SI:19", "SK:24", "SM:27", "SO:23", "ST:25", "SV:28", "TL:23", "TN:24", "TR:26", "UA:29", "VA:22", "VG:24", "XK:20", "YE:30"]
)  # fmt: skip


def iban(text: str) -> bool:
    """ISO 13616: the country's length and mod 97 = 1."""
    s = re.sub(r"[\s-]", "", text).upper()
    if _IBAN_LENGTH.get(s[:2]) != str(len(s)) or not s.isalnum() or not s.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in s[4:] + s[:4])) % 97 == 1


def us_ssn(text: str) -> bool:
    """Numbers the Social Security Administration may have given out: area, group and serial in range."""
    d = "".join(c for c in text if c in "0123456789")
    if len(d) != 9:
        return False
    area, group, serial = int(d[:3]), int(d[3:5]), int(d[5:])
    return (
        0 < area < 900 and area != 666 and group > 0 and serial > 0 and d not in ("078051120", "219099999", "123456789")
    )


def weighted(text: str, weights: tuple[int, ...], modulus: int, wanted: Callable[[int], int], length: int) -> bool:
    """Check digit = wanted(sum of weighted digits mod modulus), for the many that work so."""
    d = digits(text)
    if len(d) != length or len(set(d)) == 1:
        return False
    return wanted(sum(w * x for w, x in zip(weights, d, strict=False)) % modulus) == d[-1]


def uk_nhs(text: str) -> bool:
    """NHS number, modulo 11."""
    return weighted(text, (10, 9, 8, 7, 6, 5, 4, 3, 2), 11, lambda r: (11 - r) % 11, 10)


def pl_pesel(text: str) -> bool:
    """PESEL, modulo 10, with a date in range."""
    d = digits(text)
    return weighted(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), 10, lambda r: (10 - r) % 10, 11) and 1 <= (d[2] * 10 + d[3]) % 20 <= 12 and 1 <= d[4] * 10 + d[5] <= 31  # fmt: skip


def es_dni(text: str) -> bool:
    """DNI or NIE letter, modulo 23."""
    s = re.sub(r"[\s-]", "", text).upper()
    found = re.fullmatch(r"([XYZ]?)(\d{7,8})([A-Z])", s)
    if found is None or len(s) != 9:
        return False
    number = ("XYZ".index(found.group(1)) if found.group(1) else 0) * 10**7 + int(found.group(2))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == found.group(3)


def fr_nir(text: str) -> bool:
    """NIR, 97 minus modulo 97."""
    s = re.sub(r"[\s-]", "", text).upper().replace("2A", "19").replace("2B", "18")
    return bool(re.fullmatch(r"[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)\d{10}", s)) and 97 - int(s[:13]) % 97 == int(s[13:])


def nl_bsn(text: str) -> bool:
    """BSN, the eleven test."""
    d = digits(text)
    return (
        len(d) == 9
        and len(set(d)) > 1
        and (sum(w * x for w, x in zip(range(9, 1, -1), d, strict=False)) - d[8]) % 11 == 0
    )


def br_cpf(text: str) -> bool:
    """CPF, two check digits modulo 11."""
    d = digits(text)
    if len(d) != 11 or len(set(d)) == 1:
        return False
    return all((sum((n + 1 - i) * d[i] for i in range(n)) * 10 % 11) % 10 == d[n] for n in (9, 10))


def it_codice_fiscale(text: str) -> bool:
    """Codice fiscale, its odd-even check letter."""
    s = text.upper()
    if not re.fullmatch(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", s):
        return False
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    total = 0
    for i, c in enumerate(s[:15]):
        v = int(c) if c.isdigit() else ord(c) - 65
        total += odd[v] if i % 2 == 0 else v
    return chr(65 + total % 26) == s[15]


_VERHOEFF_D = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432",
               "7659821043", "8765932104", "9876543210")  # fmt: skip
_VERHOEFF_P = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def in_aadhaar(text: str) -> bool:
    """Aadhaar, Verhoeff check; never begins with 0 or 1."""
    d = digits(text)
    c = 0
    for i, x in enumerate(reversed(d)):
        c = int(_VERHOEFF_D[c][int(_VERHOEFF_P[i % 8][x])])
    return len(d) == 12 and d[0] > 1 and c == 0


def cn_resident(text: str) -> bool:
    """Resident identity number, ISO 7064 mod 11-2, with a date in range."""
    s = text.upper()
    if not re.fullmatch(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", s):
        return False
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(s[:17]))
    return "10X98765432"[total % 11] == s[17]


def aba_routing(text: str) -> bool:
    """ABA routing number: 3-7-1 weights modulo 10, a Federal Reserve prefix."""
    d = digits(text)
    if len(d) != 9 or sum(d) == 0:
        return False
    prefix = d[0] * 10 + d[1]
    return (prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80) and sum(
        w * x for w, x in zip((3, 7, 1) * 3, d, strict=False)) % 10 == 0  # fmt: skip


def entropy(text: str) -> float:
    """Shannon entropy of the characters, in bits a character."""
    n = len(text)
    return -sum(k / n * math.log2(k / n) for k in Counter(text).values()) if n else 0.0


CHECKS: dict[str, Callable[[str], bool]] = {
    "luhn": luhn, "payment-card": payment_card, "iban": iban, "us-ssn": us_ssn, "uk-nhs": uk_nhs, "pl-pesel": pl_pesel,
    "es-dni": es_dni, "fr-nir": fr_nir, "nl-bsn": nl_bsn, "br-cpf": br_cpf, "it-codice-fiscale": it_codice_fiscale,
    "in-aadhaar": in_aadhaar, "cn-resident": cn_resident, "aba-routing": aba_routing,
}  # fmt: skip
