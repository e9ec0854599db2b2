"""Every RFC of the table may be told by its own names; bound to another's name it is refuted; editions before the first."""

import random

from tidegate.check.verify.engine import verify_answer
from tidegate.check.verify.published.standards import first_years, numbers_of, plain, rfcs, too_early
from tidegate.spine.claim import Support

SEED = 20


def refuted(text: str) -> list[str]:
    return [d.message for d in verify_answer(text).decisions if d.support is Support.REFUTED]


def test_an_rfc_may_be_told_by_its_names() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    for number, rfc in rfcs().items():
        name = rng.choice(sorted(rfc.names))
        form = rng.choice(
            ["{x} is defined in RFC {n}.", "We use {x} (RFC {n}).", "RFC {n} specifies {x}.", "- RFC {n}: {x}"]
        )
        assert refuted(form.format(x=name, n=number)) == []


def test_an_rfc_bound_to_anothers_name_is_refuted() -> None:
    print("seed", SEED)
    rng = random.Random(SEED)
    found = []
    for rfc in list(rfcs().values())[::3]:
        name = min(rfc.names)
        other = rng.choice([n for n in rfcs() if n not in numbers_of()[name]])
        found.append(bool(refuted(f"{name.upper()} is specified in RFC {other}.")))
    assert sum(found) >= 0.95 * len(found)  # HTTP may be said of much


def test_what_only_sounds_like_a_name_binds_nothing() -> None:
    for text in (
        "Use a private IP (RFC 1918).",
        "TLS 1.3 is specified in RFC 8446, which obsoletes RFC 5246.",
        "RFC 2818 defines HTTP over TLS.",
        "IPsec (RFC 4303) encrypts.",
        "JSON Web Tokens (RFC 7519) are signed as JWS (RFC 7515) over HTTPS.",
        "HTTP/1.1 was RFC 2616; it is RFC 9110 now.",
    ):
        assert refuted(text) == [], text


def test_no_edition_is_older_than_the_first() -> None:
    assert len(first_years()) > 50
    assert too_early("ISO/IEC 27001", 1999) == "ISO 27001 first appeared in 2005"
    assert too_early("ISO 8601-1", 2019) == ""
    assert too_early("ISO 12345", 1950) == ""
    assert plain("The JSON Web Tokens") == "json web token"


def test_references_in_bibtex_blocks_are_read() -> None:
    text = "```bibtex\n@book{a,\n  isbn = {978-0-262-03384-7},\n  year = {2009}\n}\n```\n"
    assert [m for m in refuted(text) if "check digit" in m]
    assert refuted(text.replace("84-7", "84-8")) == []
