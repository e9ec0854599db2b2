"""More shapes of good runs that look alike from step to step: pollers, paginators, batch workers, editors, players, pairs."""

import json
import random
from collections.abc import Callable

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.second_stuck import Call, clock, code, one, opening
from tests.admit.toolguard.worlds.topics import Topic, fact, facts, passage


def good(kind: str, t: Topic, rng: random.Random, turns: list[Turn], task: str = "") -> AgentRun:
    return AgentRun(
        kind=kind, task=task or t.task, turns=(*opening(t, rng), *turns, Turn(says=f"Done. {passage(t, rng, 2)}"))
    )


def backfill(t: Topic, rng: random.Random) -> AgentRun:
    n = rng.randrange(6, 30)
    total = rng.randrange(10_000, 900_000)
    calls: list[Call] = [
        (
            "job_status",
            {"job": "backfill-7"},
            json.dumps({"state": "RUNNING", "rows": total * i // n, "of": total, "at": clock(rng)}),
        )
        for i in range(n)
    ]
    return good(
        "job, rows counting up", t, rng, one([*calls, ("job_status", {"job": "backfill-7"}, '{"state": "DONE"}')])
    )


def cursor_pages(t: Topic, rng: random.Random) -> AgentRun:
    n = rng.randrange(8, 45)
    calls: list[Call] = []
    cursor = ""
    for _ in range(n):
        after = code(rng, 12)
        items = [
            {
                "id": code(rng, 6),
                "thing": rng.choice(t.things),
                "state": rng.choice(t.traits),
                "count": rng.randrange(1, 999),
            }
            for _ in range(4)
        ]
        calls.append(("list_items", {"cursor": cursor, "limit": 4}, json.dumps({"items": items, "next_cursor": after})))
        cursor = after
    return good("pages by cursor", t, rng, one(calls))


def translate(t: Topic, rng: random.Random) -> AgentRun:
    keys = [f"{rng.choice(['menu', 'form', 'error', 'mail'])}.{code(rng, 4)}" for _ in range(rng.randrange(12, 50))]
    calls: list[Call] = [
        ("set_translation", {"key": k, "locale": "de", "text": fact(t, rng)}, '{"ok": true}') for k in keys
    ]
    return good("translations, one answer", t, rng, one(calls))


def many_edits(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    n = rng.randrange(60, 200)
    for _ in range(rng.randrange(10, 35)):
        a, b = fact(t, rng), fact(t, rng)
        n += rng.randrange(0, 3)
        calls.append(
            (
                "str_replace",
                {"path": "report.md", "old": a, "new": b},
                rng.choice([f"The file report.md has been edited ({n} lines).", "OK"]),
            )
        )
    return good("many edits of one file", t, rng, one(calls))


def research_overlap(t: Topic, rng: random.Random) -> AgentRun:
    known = facts(t, rng, 4)
    calls: list[Call] = []
    for _i in range(rng.randrange(8, 25)):
        new = facts(t, rng, rng.randrange(2, 4))
        hits = [*new, *rng.sample(known, 2)]
        rng.shuffle(hits)
        known += new
        calls.append(
            (
                "web_search",
                {
                    "query": f"{rng.choice(t.things)} {rng.choice(t.traits)} {rng.choice(['2025', 'report', 'cost', 'why', ''])}"
                },
                "\n".join(hits),
            )
        )
        if rng.random() < 0.5:
            calls.append(("open_page", {"url": f"https://example.test/{code(rng)}"}, passage(t, rng, 6)))
    return good("research with known results", t, rng, one(calls))


def negotiation(t: Topic, rng: random.Random) -> AgentRun:
    low, high = rng.randrange(100, 300), rng.randrange(600, 900)
    turns = []
    for _i in range(rng.randrange(6, 16)):
        high -= rng.randrange(5, 20)
        low += rng.randrange(5, 20)
        turns.append(Turn(says=f"I can offer {t.things[0]} for {high}. That is my best price today.", speaker="seller"))
        turns.append(Turn(says=f"That is too much for {t.things[0]}. I would pay {low}.", speaker="buyer"))
    turns.append(Turn(says=f"Agreed at {(low + high) // 2}.", speaker="seller"))
    return good("negotiation, prices move", t, rng, turns)


def game(t: Topic, rng: random.Random) -> AgentRun:
    board = [["."] * 8 for _ in range(8)]
    calls: list[Call] = []
    for i in range(rng.randrange(12, 40)):
        x, y = rng.randrange(8), rng.randrange(8)
        board[y][x] = "XO"[i % 2]
        calls.append(("play", {"x": x, "y": y}, "\n".join("".join(r) for r in board) + "\nYour move."))
    return good("moves on a board", t, rng, one(calls))


def form_filling(t: Topic, rng: random.Random) -> AgentRun:
    labels = [
        f"{rng.choice(['Name', 'Street', 'Phone', 'Date', 'Amount', 'Reason', 'Signature', 'Policy'])} {i}"
        for i in range(rng.randrange(10, 28))
    ]
    values = dict.fromkeys(labels, "")
    calls: list[Call] = []
    for k, label in enumerate(labels):
        values[label] = rng.choice([code(rng, 5), str(rng.randrange(10, 9999)), rng.choice(t.things)])
        page = "\n".join(f"[{i}] textbox {a}: {b}" for i, (a, b) in enumerate(values.items()))
        calls.append(("browser_type", {"ref": f"e{k}", "text": values[label]}, page))
    return good("a form, field by field", t, rng, one(calls))


def labelling(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _i in range(rng.randrange(10, 35)):
        calls.append(("next_item", {}, json.dumps({"item": code(rng, 6), "text": fact(t, rng)})))
        calls.append(("save_label", {"label": rng.choice(["yes", "no", "unsure"])}, "saved"))
    return good("labelling, item by item", t, rng, one(calls))


def bisect(t: Topic, rng: random.Random) -> AgentRun:
    n = rng.randrange(500, 4000)
    calls: list[Call] = []
    while n > 1:
        n //= 2
        commit = code(rng, 7)
        calls.append(("bash", {"command": "make check"}, rng.choice(["1 failed, 311 passed", "312 passed"])))
        calls.append(
            (
                "bash",
                {"command": rng.choice(["git bisect good", "git bisect bad"])},
                f"Bisecting: {n} revisions left to test after this\n[{commit}] {fact(t, rng)}",
            )
        )
    return good("bisecting", t, rng, one(calls))


def tuning(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    loss = 0.9
    for _ in range(rng.randrange(10, 40)):
        loss = max(0.05, loss - rng.random() * 0.04 + rng.random() * 0.02)
        calls.append(
            (
                "train",
                {"lr": round(10 ** -rng.uniform(1, 5), 6), "depth": rng.randrange(2, 12), "seed": 0},
                f"validation loss {loss:.5f}, best epoch {rng.randrange(2, 40)}",
            )
        )
    return good("trying settings", t, rng, one(calls))


def fewer_failures(t: Topic, rng: random.Random) -> AgentRun:
    failing = [f"test_{code(rng, 5)}" for _ in range(rng.randrange(6, 14))]
    calls: list[Call] = []
    while failing:
        for _ in range(rng.randrange(1, 3)):
            calls.append(
                ("edit_file", {"path": f"src/{code(rng, 3)}.py", "old": fact(t, rng), "new": fact(t, rng)}, "edited")
            )
            calls.append(
                (
                    "bash",
                    {"command": "pytest -q"},
                    "\n".join(f"FAILED tests/{f}" for f in failing)
                    + f"\n{len(failing)} failed, {120 - len(failing)} passed in {rng.random() * 9:.2f}s",
                )
            )
        failing.pop(rng.randrange(len(failing)))
    return good(
        "fewer failures each time", t, rng, one([*calls, ("bash", {"command": "pytest -q"}, "120 passed in 4.20s")])
    )


def inbox(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(8, 30)):
        calls.append(
            (
                "read_mail",
                {"id": 400 + i},
                f"From: {rng.choice(t.people)}\nSubject: {rng.choice(t.things)}\n\nDear team, {fact(t, rng)}\n\nKind regards\n--\nThis message is confidential and meant for the addressee only.",
            )
        )
        calls.append(("archive_mail", {"id": 400 + i}, "archived"))
    return good("inbox, mail by mail", t, rng, one(calls))


def unavailable(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(1, 4)):
        call = {"about": rng.choice(t.things)}
        calls += [
            ("lookup", call, f"HTTP 503 Service Unavailable, retry after {2**k} s (request {code(rng)})")
            for k in range(rng.randrange(2, 8))
        ]
        calls.append(("lookup", call, passage(t, rng)))
    return good("503, then an answer", t, rng, one(calls))


def waiting_for_mail(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(4, 14)):
        calls.append(
            (
                "check_inbox",
                {"from": rng.choice(t.people) if not calls else calls[0][1]["from"]},
                rng.choice(["0 new messages", "No reply yet."]) if not calls else calls[0][2],
            )
        )
        calls.append(("sleep", {"minutes": 10}, "slept"))
    calls.append(("check_inbox", {"from": "all"}, passage(t, rng)))
    return good(
        "waiting for a reply",
        t,
        rng,
        one(calls),
        task=f"{t.task} Wait for the reply before you go on; check every ten minutes.",
    )


def price_watch(t: Topic, rng: random.Random) -> AgentRun:
    p = rng.randrange(100, 900)
    calls: list[Call] = []
    for _i in range(rng.randrange(8, 25)):
        if rng.random() < 0.4:
            p += rng.randrange(-9, 10)
        calls.append(("get_price", {"symbol": "ACME"}, json.dumps({"symbol": "ACME", "price": p, "at": clock(rng)})))
    return good(
        "watching a price",
        t,
        rng,
        one(calls),
        task="Watch the price of ACME every minute and tell me when it falls under 90.",
    )


def quiz(t: Topic, rng: random.Random) -> AgentRun:
    turns = []
    for i in range(rng.randrange(8, 24)):
        turns.append(
            Turn(
                says=f"Question {i + 1}: true or false? {fact(t, rng)}",
                reply=rng.choice(["true", "false", "True.", "I think it is false", "no idea"]),
            )
        )
    return good("a quiz with a person", t, rng, turns)


def review_files(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _i in range(rng.randrange(8, 25)):
        p = f"src/{code(rng, 5)}.py"
        calls.append(
            (
                "read_file",
                {"path": p},
                f"def {code(rng, 4)}(rows):\n    '''{fact(t, rng)}'''\n    return [r for r in rows if r.{rng.choice(['a', 'b', 'c'])} > {rng.randrange(99)}]\n",
            )
        )
        calls.append(("comment", {"path": p, "text": "Looks good."}, "comment added"))
    return good("review, file by file", t, rng, one(calls))


def cells(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        ("set_cell", {"cell": f"{'ABCD'[i % 4]}{i // 4 + 1}", "value": rng.randrange(0, 3)}, "ok")
        for i in range(rng.randrange(20, 80))
    ]
    return good("cells of a sheet", t, rng, one(calls))


def migrate(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for x in rng.sample(
        ["orders", "items", "users", "prices", "stock", "refunds", "carts", "logs", "tags", "notes", "roles", "teams"],
        rng.randrange(6, 12),
    ):
        n = rng.randrange(10, 90_000)
        calls += [
            ("dump_table", {"table": x}, f"{n} rows written"),
            ("load_table", {"table": x}, f"{n} rows read"),
            ("count_rows", {"table": x}, f"{n}"),
        ]
    return good("tables moved one by one", t, rng, one(calls))


def robot(t: Topic, rng: random.Random) -> AgentRun:
    x, y, calls = 0, 0, []
    for _ in range(rng.randrange(12, 45)):
        x, y = x + rng.choice([0, 1]), y + rng.choice([0, 1, 1])
        calls.append(
            (
                "move",
                {"direction": "forward", "metres": 1},
                f"position ({x}.{rng.randrange(10)}, {y}.{rng.randrange(10)}), battery {90 - len(calls)} %, no obstacle",
            )
        )
    return good("a robot on its way", t, rng, one(calls))  # type: ignore[arg-type]


def hosts(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        ("ping", {"host": f"node-{i:02d}.example.test"}, "alive") for i in range(rng.randrange(15, 60))
    ]
    return good("hosts, all alive", t, rng, one(calls))


def free_slot(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        ("find_slots", {"date": f"2026-04-{d:02d}", "minutes": 90}, "No free slots.")
        for d in range(1, rng.randrange(5, 16))
    ]
    calls.append(("find_slots", {"date": "2026-04-28", "minutes": 90}, "14:00 to 15:30 is free"))
    return good(
        "days until one is free",
        t,
        rng,
        one(calls),
        task="Find the first day in April 2026 with ninety free minutes for all of us.",
    )


def planner_worker(t: Topic, rng: random.Random) -> AgentRun:
    turns = []
    for i in range(rng.randrange(6, 16)):
        turns.append(
            Turn(
                says=f"Step {i + 1}: please look at {rng.choice(t.things)} and say whether it {rng.choice(t.traits)}.",
                speaker="planner",
            )
        )
        turns.append(Turn(says=f"Step {i + 1} is done. {fact(t, rng)}", speaker="worker"))
    return good("planner and worker", t, rng, turns)


def pictures(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        (
            "generate_image",
            {
                "prompt": f"{rng.choice(t.things)}, {rng.choice(t.traits)}, {rng.choice(['oil', 'photo', 'sketch', 'pastel'])}",
                "seed": i,
            },
            f"https://img.example.test/{code(rng, 20)}.png",
        )
        for i in range(rng.randrange(6, 20))
    ]
    return good("pictures, new each time", t, rng, one(calls))


def screening(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _i in range(rng.randrange(10, 35)):
        calls.append(("get_abstract", {"pmid": str(rng.randrange(10**6, 10**7))}, passage(t, rng, 5)))
        calls.append(("record_decision", {"include": False, "reason": "wrong population"}, "recorded"))
    return good("abstracts screened", t, rng, one(calls))


def green_after_each(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _i in range(rng.randrange(6, 20)):
        calls.append(
            (
                "apply_patch",
                {"path": f"pkg/{code(rng, 4)}.py", "patch": f"-{fact(t, rng)}\n+{fact(t, rng)}"},
                "patch applied",
            )
        )
        calls.append(("bash", {"command": "make test"}, f"142 passed in {rng.random() * 5:.1f}s"))
    return good("green after each change", t, rng, one(calls))


def simulation(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        ("simulate", {"model": "queue", "seed": i}, f"mean wait {rng.random() * 30:.3f} min over 1000 customers")
        for i in range(rng.randrange(10, 50))
    ]
    return good("a simulation, seed by seed", t, rng, one(calls))


def windows(t: Topic, rng: random.Random) -> AgentRun:
    lines = [f"{i:4d}  {fact(t, rng)}" for i in range(rng.randrange(200, 500))]
    calls: list[Call] = [
        ("view", {"path": "big.txt", "start": a, "end": a + 30}, "\n".join(lines[a : a + 30]))
        for a in range(0, len(lines) - 30, 25)
    ]
    return good("a long file in windows", t, rng, one(calls))


def dice(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [
        ("draw_card", {}, f"{rng.choice(['spade', 'heart', 'club', 'diamond'])} {rng.randrange(2, 15)}, {51 - i} left")
        for i in range(rng.randrange(10, 45))
    ]
    return good("cards drawn", t, rng, one(calls))


def parallel_batches(t: Topic, rng: random.Random) -> AgentRun:
    turns = [
        Turn(
            calls=tuple(
                ("send_notice", {"to": f"user{rng.randrange(10**5)}@example.test", "template": "notice"}, "queued")
                for _ in range(5)
            )
        )
        for _ in range(rng.randrange(6, 20))
    ]
    return good("notices, five at a time", t, rng, turns)


def person_wants_more(t: Topic, rng: random.Random) -> AgentRun:
    call = ("daily_report", {"team": "north"})
    turns = [
        Turn(
            calls=((*call, f"Report: nothing to do. {clock(rng)}"),),
            person=rng.choice(["And now?", "Please check again.", "Anything new?", "Look again please"]),
        )
        for _ in range(rng.randrange(4, 12))
    ]
    return good("a person asks again and again", t, rng, turns)  # type: ignore[list-item]


SECOND_LEGIT: tuple[Callable[[Topic, random.Random], AgentRun], ...] = (
    backfill, cursor_pages, translate, many_edits, research_overlap, negotiation, game, form_filling, labelling, bisect, tuning, fewer_failures, inbox,
    unavailable, waiting_for_mail, price_watch, quiz, review_files, cells, migrate, robot, hosts, free_slot, planner_worker, pictures, screening,
    green_after_each, simulation, windows, dice, parallel_batches, person_wants_more,
)  # fmt: skip
