"""Generated pairs to train the learned layer on: opposed, compatible and unrelated, all wordings our own.

No text of any data set is in here, so the weights are ours to ship.
"""

# ruff: noqa: E501

from typing import Any

from tidegate.check.promptlint.learned.pairs import ANTONYMS

ACTIONS = """archive the thread|rotate the access keys|merge duplicate tickets|approve late returns|publish draft notes|invite external guests
share the roadmap|round the totals|include shipping costs|retain old recordings|pin the summary|reorder the agenda|translate product names
forward voice mails|sample the traffic|tag every photo|lock the document|show the price history|quote the exchange rate|open a claim
send the invoice|restart the sensor|collect the badge|print the label|escort the visitor|weigh the parcel|calibrate the scale|seal the sample""".replace("\n", "|").split("|")  # fmt: skip
PLACES = [
    "",
    " in the morning report",
    " for each parcel",
    " during onboarding",
    " at the front desk",
    " in the weekly digest",
]


def say(form: str, action: str) -> str:
    """A sentence of a form and an action."""
    words = form.format(action)
    return words[0].upper() + words[1:] + "."


def pairs(rng: Any, n: int) -> list[tuple[str, str, int]]:
    """n pairs (sentence, sentence, conflict) by an explicit numpy Generator; a third conflicts."""
    out: list[tuple[str, str, int]] = []
    antonyms = [sorted(p) for p in sorted(ANTONYMS, key=sorted)]

    def pick(items: list[Any]) -> Any:
        return items[int(rng.integers(0, len(items)))]

    for _ in range(n):
        a, place = pick(ACTIONS), pick(PLACES)
        kind = int(rng.integers(0, 9))
        yes, no = (
            pick(["Always {}", "{}", "You must {}", "Make sure to {}"]),
            pick(["Never {}", "Do not {}", "Avoid: {}", "You must not {}"]),
        )
        if kind in (0, 1):
            out.append((say(yes, a + place), say(no, a + place), 1))
        elif kind == 2:
            x, y = pick(antonyms)
            noun = a.split(" ", 1)[1]
            out.append((say("Always {}", f"{x} {noun}{place}"), say(yes, f"{y} {noun}{place}"), 1))
        elif kind == 3:
            out.append((say(yes, a + place), say(yes, a + place + " on time"), 0))
        elif kind == 4:
            b = pick(ACTIONS)
            out.append((say(yes, a), say(no, b), int(a == b)))
        elif kind == 5:
            noun = a.split(" ", 1)[1]
            out.append((say(yes, a), say(no, f"{pick(['repaint', 'photograph', 'auction'])} {noun}"), 0))
        elif kind == 6:
            p, q = pick(PLACES[1:]), pick(PLACES[1:])
            out.append((say(yes, a + p), say(no, a + q), int(p == q)))
        elif kind == 7:
            out.append((say(no, a), f"When the owner asks, {a}.", 0))
        else:
            out.append((say(yes, a), say(yes, pick(ACTIONS)), 0))
    return out
