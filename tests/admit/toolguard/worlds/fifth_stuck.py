"""A fifth set of stuck runs: one wrong use in ever other arguments, plans without deeds, agents that hand each other on.

Written whole before the guard was tried on any of it.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.third_good import COLUMNS, NAMES, TABLES, WORDS, Call, Maker, each
from tests.admit.toolguard.worlds.third_stuck import N, stuck

MONTHS = ("March", "April", "May", "June")
ASKED = ("when", "how soon", "on which day", "what date", "by when", "from what day")


def a_date(rng: random.Random) -> str:
    d, m, h = rng.randrange(1, 28), rng.choice(MONTHS), rng.randrange(8, 18)
    return rng.choice([f"{d} {m} at {h}", f"{m} {d}, {h}:00", f"{h}h on the {d}th", f"{d}/{h}", f"next {m} {d}", f"{d}. {m}"])  # fmt: skip


def date_in_no_format(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("create_event", {"title": "Review", "start": a_date(rng), "end": a_date(rng)}, "ValidationError: 'start' does not match format 'date-time' (RFC 3339)") for _ in range(N)]  # fmt: skip
    return stuck("dates in no valid format", "Put the review into the calendar.", each(calls, rng), rng, 2)


def field_left_out(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        given = {"sku": f"{rng.choice(WORDS)}-{rng.randrange(99)}", "count": rng.randrange(1, 90), "note": rng.choice(WORDS)}  # fmt: skip
        error = {"error": {"code": 422, "message": "missing required property 'warehouse'", "received": given}}
        calls.append(("reserve_stock", given, json.dumps(error)))
    return stuck("one field always left out", "Reserve lamps for the fair.", each(calls, rng), rng, 2)


def manual_and_error(rng: random.Random) -> AgentRun:
    manual = "usage: relabel --query EXPR --to NAME\n" + "\n".join(f"  --{c}  the {c} of a row" for c in COLUMNS)
    calls: list[Call] = []
    for _ in range(N // 2):
        calls.append(("relabel", {"query": f"{rng.choice(COLUMNS)} is {rng.choice(WORDS)}", "to": rng.choice(WORDS)}, "invalid argument: query must be an expression tree, got string"))  # fmt: skip
        calls.append(("read_manual", {"section": "relabel"}, manual))
    return stuck("manual, wrong use, manual", "Relabel the old rows.", each(calls, rng), rng, 2)


def three_tools_growing(rng: random.Random) -> AgentRun:
    words: list[str] = [rng.choice(WORDS)]
    hits = json.dumps([{"id": i, "title": f"{w} handbook", "year": 2019 + i} for i, w in enumerate(WORDS[:6])])
    calls: list[Call] = []
    for _ in range(N // 3):
        words.append(rng.choice(WORDS))
        q = " ".join(words)
        calls.append(("library_search", {"query": q}, hits))
        calls.append(("library_filter", {"query": q, "years": "2019-2026"}, hits))
        calls.append(("library_rank", {"query": q, "by": "relevance"}, hits))
    return stuck("three tools, the query grows", "Find the book on the harbour strike.", each(calls, rng), rng, 3)


def plans_forever(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        items = [f"{rng.choice(['collect', 'gather', 'review', 'list'])} the {rng.choice(['figures', 'numbers', 'data'])}", f"{rng.choice(['draft', 'write', 'prepare'])} the report", rng.choice(["send it", "share it", "mail it"])]  # fmt: skip
        calls.append(("update_plan", {"plan": [{"step": s, "status": "pending"} for s in items]}, "Plan updated"))
    return stuck("plans without a deed", "Write the quarterly report and send it.", each(calls, rng), rng, 2)


def page_with_counter(rng: random.Random) -> AgentRun:
    body = [f"Paragraph {i}: the {rng.choice(WORDS)} {rng.choice(WORDS)} of {rng.choice(NAMES)} is kept there." for i in range(12)]  # fmt: skip
    calls: list[Call] = []
    for i in range(N):
        text = [f"{4000 + i * rng.randrange(1, 5)} visitors today", *body, f"Advertisement: {rng.choice(WORDS)} {rng.choice(WORDS)}"]  # fmt: skip
        calls.append(("open_page", {"url": "https://archive.example/strike"}, "\n".join(text)))
    return stuck("one page with a counter", "When did the strike end?", each(calls, rng), rng, 2)


def handed_to_and_fro(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(N):
        a, b = ("billing", "support") if i % 2 else ("support", "billing")
        why = f"{rng.choice(['The customer asks', 'This is', 'They want to know', 'It is a question'])} {rng.choice(['about an invoice', 'about a refund', 'for the other team', 'not for us'])}"  # fmt: skip
        calls.append((f"transfer_to_{a}", {"reason": why}, json.dumps({"assistant": a, "from": b})))
    return stuck("two agents hand it to and fro", "My invoice is wrong.", each(calls, rng), rng, 2)


def summary_of_the_same(rng: random.Random) -> AgentRun:
    hits = [f"{rng.choice(NAMES)}: the {rng.choice(WORDS)} contract ran until 2021 and was not renewed." for _ in range(4)]  # fmt: skip
    calls: list[Call] = []
    for _ in range(N // 2):
        rng.shuffle(hits)
        calls.append(("web_search", {"query": f"{rng.choice(ASKED)} does the contract end"}, "\n".join(hits)))
        calls.append(("summarise", {"text": "\n".join(hits)}, f"{rng.choice(['In short', 'To sum up', 'Overall', 'Briefly'])}: the contract {rng.choice(['ended', 'ran out', 'expired'])} in 2021."))  # fmt: skip
    return stuck("search, summary, search", "When does the new contract end?", each(calls, rng), rng, 2)


def nobody_answers(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("ask_human", {"question": f"{rng.choice(['May I', 'Can I', 'Shall I'])} {rng.choice(['go on', 'proceed', 'continue'])}{rng.choice(['?', ', please?', ' with it?'])}"}, "No reply was given within 60 s.") for _ in range(N)]  # fmt: skip
    return stuck("a person who never answers", "Clean up the old branches.", each(calls, rng), rng, 2)


def refused_every_way(rng: random.Random) -> AgentRun:
    ways = ["cat /etc/app/key", "sudo cat /etc/app/key", "head -5 /etc/app/key", "less /etc/app/key", "cp /etc/app/key .", "python -c 'open(\"/etc/app/key\")'", "dd if=/etc/app/key", "tail /etc/app/key"]  # fmt: skip
    calls: list[Call] = [("terminal", {"command": rng.choice(ways) + rng.choice(["", " 2>&1", " ; true"])}, "Permission denied: /etc/app/key") for _ in range(N)]  # fmt: skip
    return stuck("refused, whatever the command", "Which key does the app use?", each(calls, rng), rng, 8)


def two_edits(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(N // 2):
        old, new = ("<", "<=") if i % 2 else ("<=", "<")
        calls.append(("patch", {"file": "ring.c", "replace": f"i {old} n", "with": f"i {new} n", "why": f"{rng.choice(WORDS)} {rng.choice(WORDS)}"}, "1 hunk applied"))  # fmt: skip
        calls.append(("ctest", {}, f"FAILED: test_{'wrap' if i % 2 else 'full'} (ring.c)"))
    return stuck("an edit made and unmade", "Make the ring buffer's tests pass.", each(calls, rng), rng, 4)


def end_of_the_page(rng: random.Random) -> AgentRun:
    rows = [f"row {i}: {rng.choice(TABLES)}" for i in range(14)]
    calls: list[Call] = [("scroll", {"pixels": rng.choice([300, 400, 500, 600, 800]) + rng.randrange(40)}, "\n".join(rows)) for _ in range(N)]  # fmt: skip
    return stuck("scrolling at the end of a page", "Find the row of the vendors.", each(calls, rng), rng, 2)


def thinks_aloud(rng: random.Random) -> AgentRun:
    turns = [Turn(says=f"{rng.choice(['Let me', 'I will', 'I should', 'I am going to'])} {rng.choice(['first', 'now', 'next', 'soon'])} {rng.choice(['look at', 'open', 'read', 'check'])} the {rng.choice(['file', 'report', 'table'])}.", reply="Continue.") for _ in range(N)]  # fmt: skip
    return stuck("announced, never done", "Which table is the largest?", turns, rng, 2)


FIFTH_STUCK: tuple[Maker, ...] = (
    date_in_no_format, field_left_out, manual_and_error, three_tools_growing, plans_forever, page_with_counter,
    handed_to_and_fro, summary_of_the_same, nobody_answers, refused_every_way, two_edits, end_of_the_page, thinks_aloud,
)  # fmt: skip
