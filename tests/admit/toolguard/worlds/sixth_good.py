"""A sixth set of good runs: browsers, pipelines, infrastructure, service desks, spreadsheets, mail, hand-offs.

Written whole before the guard was tried on any of it.  What makes them hard: one answer to ever other writings, fixes
that each change one line of a long report, a board of helpers that is asked again and again, refusals that are the data.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.third_good import NAMES, SERVICES, TABLES, WORDS, Call, Maker, at, each, run, token


def wizard(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for page in range(rng.randrange(4, 8)):
        for f in rng.sample(WORDS, rng.randrange(2, 6)):
            calls.append(("browser_fill", {"field": f, "value": rng.choice(NAMES)}, "Filled."))
        calls.append(("browser_click", {"element": "Next"}, f"Page {page + 2} of 8: {rng.choice(WORDS)} details"))
    return run("a form of many pages", "Fill in the grant application.", each(calls, rng), "It is filled in.")


def backfill(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("run_partition", {"dag": "load_orders", "day": f"2026-0{1 + d // 28}-{1 + d % 28:02d}"}, json.dumps({"state": "success", "rows": rng.choice([0, 0, 1200, 1200 + d])})) for d in range(rng.randrange(15, 60))]  # fmt: skip
    return run("a backfill by days", "Load all days since January.", each(calls, rng), "Loaded.")


def type_errors(rng: random.Random) -> AgentRun:
    left, calls = [f"src/{w}.ts:{rng.randrange(9, 300)} TS2322" for w in rng.sample(WORDS, rng.randrange(6, 16))], list[Call]()  # fmt: skip
    while left:
        calls.append(("tsc", {}, "\n".join(left) + f"\nFound {len(left)} errors."))
        calls.append(("edit", {"at": left.pop(0), "to": "as string"}, "ok"))
    calls.append(("tsc", {}, "Found 0 errors."))
    return run("type errors one by one", "Make tsc pass.", each(calls, rng), "It passes.")


def drift_checked(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for s in SERVICES:
        calls.append(("shell", {"command": f"cd {s} && terraform plan"}, "No changes. Your infrastructure matches the configuration."))  # fmt: skip
    return run("drift of ten services", f"Check these for drift: {', '.join(SERVICES)}.", each(calls, rng), "None has drifted.")  # fmt: skip


def orders_of_a_customer(rng: random.Random) -> AgentRun:
    ids = [f"#W{rng.randrange(10**6, 10**7)}" for _ in range(rng.randrange(4, 12))]
    calls: list[Call] = [("find_user", {"email": "a@b.example"}, json.dumps({"user_id": "u1", "orders": ids}))]
    calls += [("get_order", {"order_id": i}, json.dumps({"order_id": i, "status": rng.choice(["delivered", "pending", "cancelled"])})) for i in ids]  # fmt: skip
    calls.append(("return_item", {"order_id": ids[-1]}, "Return requested."))
    return run("orders of one customer", "I want to return the blue lamp.", each(calls, rng), "Done.")


def cells_written(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("set_cell", {"sheet": "Q3", "cell": f"{c}{r}", "value": rng.randrange(900)}, '{"updatedCells": 1}') for c in "BCD" for r in range(2, rng.randrange(8, 16))]  # fmt: skip
    return run("cells written", "Enter the figures of the list.", each(calls, rng), "Entered.")


def mail_labelled(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(12, 40)):
        mid = token(rng, 16)
        calls.append(("read_mail", {"id": mid}, f"From: {rng.choice(NAMES)}\n{rng.choice(WORDS)} {rng.choice(WORDS)} {rng.randrange(999)}"))  # fmt: skip
        calls.append(("label_mail", {"id": mid, "label": rng.choice(["bills", "friends", "spam"])}, "ok"))
    return run("mail labelled", "Sort my inbox.", each(calls, rng), "Sorted.")


def experts_asked(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for role in ("lawyer", "accountant", "engineer", "designer"):
        calls.append((f"transfer_to_{role}", {"task": f"Comment on the {rng.choice(WORDS)} clause."}, json.dumps({"assistant": role})))  # fmt: skip
        for _ in range(rng.randrange(1, 4)):
            calls.append(("read_section", {"number": rng.randrange(99)}, f"{rng.choice(NAMES)} {rng.choice(WORDS)} {rng.randrange(10**5)}"))  # fmt: skip
        calls.append(("transfer_to_lead", {"answer": f"{role}: {rng.choice(WORDS)} {rng.choice(WORDS)} is fine."}, json.dumps({"assistant": "lead"})))  # fmt: skip
    return run("experts asked in turn", "Review the contract with all experts.", each(calls, rng), "Reviewed.")


def red_to_green(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    names = rng.sample(WORDS, rng.randrange(5, 10))
    for i, w in enumerate(names):
        for _ in range(rng.randrange(1, 3)):
            calls.append(("write_file", {"path": f"src/{w}.rs", "content": token(rng, 40)}, "wrote 1 file"))
            calls.append(("cargo_test", {}, f"test {w} ... FAILED\nleft: {rng.randrange(99)}, right: 7\n{i} passed; {len(names) - i} failed"))  # fmt: skip
    calls.append(("cargo_test", {}, f"{len(names)} passed; 0 failed"))
    return run("tests made green", "Make all tests pass.", each(calls, rng), "All pass.")


def dead_links(rng: random.Random) -> AgentRun:
    urls = [f"https://{w}.example/{rng.choice(WORDS)}" for w in rng.sample(WORDS, rng.randrange(14, 24))]
    calls: list[Call] = [("fetch_url", {"url": u}, "HTTP 404 Not Found" if rng.random() < 0.8 else f"HTTP 200 OK\n<h1>{rng.choice(WORDS)}</h1>") for u in urls]  # fmt: skip
    return run(
        "dead links checked", "Which of these links are dead?\n" + "\n".join(urls), each(calls, rng), "Most are."
    )


def canary_watched(rng: random.Random) -> AgentRun:
    app, calls = rng.choice(SERVICES), list[Call]()
    for weight in (1, 5, 25, 50, 100):
        calls.append(("set_weight", {"service": app, "percent": weight}, "ok"))
        for _ in range(rng.randrange(2, 6)):
            calls.append(("error_rate", {"service": app, "window": "5m"}, json.dumps({"error_rate": round(rng.choice([0.0, 0.0, 0.001]), 3)})))  # fmt: skip
    return run("a canary watched", f"Roll out {app} step by step.", each(calls, rng), "It is out.")


def schema_diff(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("compare_table", {"left": "old", "right": "new", "table": t}, rng.choice(["identical", "identical", "identical", f"column {rng.choice(WORDS)} differs"])) for t in TABLES]  # fmt: skip
    return run("tables compared", "Compare old and new, table by table.", each(calls, rng), "Compared.")


def slots_offered(rng: random.Random) -> AgentRun:
    turns: list[Turn] = []
    for i in range(rng.randrange(5, 11)):
        person = f"{rng.choice(NAMES)} cannot then. What about the {rng.randrange(1, 29)}th?" if i else None
        turns.append(Turn(calls=(("free_slots", {"day": rng.randrange(1, 29)}, "No free slots."),), person=person))
        turns.append(Turn(says="There is nothing free on that day."))
    return run("a date sought with a person", "Find a slot for the review.", turns, "Then next month.")


def workers_joined(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    jobs = [token(rng, 6) for _ in range(rng.randrange(3, 8))]
    for j in jobs:
        calls.append(("spawn_agent", {"task": f"Summarise chapter {jobs.index(j) + 1}"}, json.dumps({"job": j})))
    for done in range(len(jobs) + 1):
        for t in range(rng.randrange(1, 4)):
            calls.append(("list_agents", {}, json.dumps({"at": at(done * 5 + t), "done": jobs[:done], "running": jobs[done:]})))  # fmt: skip
    return run("helpers waited for", "Summarise the book with helpers.", each(calls, rng), "Here is the summary.")


SIXTH_GOOD: tuple[Maker, ...] = (
    wizard, backfill, type_errors, drift_checked, orders_of_a_customer, cells_written, mail_labelled, experts_asked,
    red_to_green, dead_links, canary_watched, schema_diff, slots_offered, workers_joined,
)  # fmt: skip
