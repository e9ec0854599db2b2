"""A fifth set of good runs: migrations, sweeps, bisections, and runs whose errors are their work.

Written whole before the guard was tried on any of it.  What makes them hard: records of a file that nearly all fail
one check, tests that must see an input refused, an interface whose use is learnt from its errors.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun
from tests.admit.toolguard.worlds.third_good import NAMES, TABLES, WORDS, Call, Maker, each, run, token


def migration(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for t in TABLES:
        for part in range(rng.randrange(2, 9)):
            calls.append(("copy_chunk", {"table": t, "chunk": part}, rng.choice(["ok", "ok", "ok", "ok, 3 rows skipped"])))  # fmt: skip
    return run("a long migration", "Copy all tables to the new cluster.", each(calls, rng), "All tables are copied.")


def build_polled(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("get_build", {"id": 771}, json.dumps({"id": 771, "state": "running", "step": s})) for s in ("fetch", "compile", "test") for _ in range(rng.randrange(2, 9))]  # fmt: skip
    calls.append(("get_build", {"id": 771}, '{"id": 771, "state": "passed"}'))
    return run("a build polled", "Wait for build 771 and tell me.", each(calls, rng), "It passed.")


def export_pages(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    cursor = "start"
    for i in range(rng.randrange(10, 40)):
        after = token(rng, 12)
        calls.append(("export_rows", {"cursor": cursor}, json.dumps({"file": f"part-{i:03d}.csv", "rows": 500, "next": after})))  # fmt: skip
        cursor = after
    return run("an export in pages", "Export all orders.", each(calls, rng), "Exported.")


def flaky_retried(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for name in rng.sample(WORDS, 5):
        for _ in range(rng.randrange(0, 3)):
            calls.append(("run_test", {"name": f"test_{name}"}, f"FAILED test_{name}: TimeoutError after {rng.randrange(9, 31)} s"))  # fmt: skip
        calls.append(("run_test", {"name": f"test_{name}"}, f"PASSED test_{name} in {rng.randrange(1, 9)}.{rng.randrange(9)} s"))  # fmt: skip
    return run("flaky tests retried", "Find out which tests are flaky.", each(calls, rng), "Two of five are.")


def bisection(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    left = rng.randrange(300, 2000)
    while left > 0:
        commit = token(rng, 7)
        calls.append(("sh", {"cmd": "make check"}, rng.choice(["FAIL: parser", "ok"])))
        left //= 2
        word = rng.choice(["good", "bad"])
        calls.append(("sh", {"cmd": f"git bisect {word}"}, f"Bisecting: {left} revisions left to test after this\n[{commit}] {rng.choice(WORDS)} {rng.choice(WORDS)}"))  # fmt: skip
    return run("a bisection", "Which commit broke the parser?", each(calls, rng), "The last one.")


def sweep(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("train", {"rate": r, "depth": d}, json.dumps({"accuracy": round(rng.choice([0.81, 0.81, 0.82]), 2)})) for r in (0.1, 0.03, 0.01, 0.003) for d in range(2, rng.randrange(6, 12))]  # fmt: skip
    return run("a parameter sweep", "Which rate and depth are best?", each(calls, rng), "0.03 and 4.")


def number_game(rng: random.Random) -> AgentRun:
    low, high, secret = 1, 1_000_000, rng.randrange(1, 1_000_000)
    calls: list[Call] = []
    while True:
        guess = (low + high) // 2
        calls.append(("guess", {"number": guess}, "right" if guess == secret else "too low" if guess < secret else "too high"))  # fmt: skip
        if guess == secret:
            break
        low, high = (guess + 1, high) if guess < secret else (low, guess - 1)
    return run("a number guessed", "Win the game.", each(calls, rng), "Won.")


def customers(rng: random.Random, count: int) -> list[str]:
    return [f"C-{rng.randrange(10_000, 99_999)}" for _ in range(count)]


def import_with_gaps(rng: random.Random, share: float, kind: str) -> AgentRun:
    ids = customers(rng, rng.randrange(18, 40))
    calls: list[Call] = [("read_csv", {"file": "customers.csv"}, "\n".join(f"{c},{rng.choice(NAMES)}" for c in ids))]
    for c in ids:
        bad = rng.random() < share
        calls.append(("import_customer", {"id": c}, "ValidationError: missing required field 'vat_id'" if bad else json.dumps({"created": c})))  # fmt: skip
    return run(kind, "Import the customers and list those that are refused.", each(calls, rng), "Here is the list.")


def some_refused(rng: random.Random) -> AgentRun:
    return import_with_gaps(rng, 0.3, "an import, some records refused")


def most_refused(rng: random.Random) -> AgentRun:
    return import_with_gaps(rng, 0.93, "an import, most records refused")


def ids_searched(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("get_order", {"id": i}, json.dumps({"error": {"code": 404, "message": f"order {i} not found"}})) for i in range(7000, 7000 + rng.randrange(15, 38))]  # fmt: skip
    calls.append(("get_order", {"id": 7100}, json.dumps({"id": 7100, "customer": rng.choice(NAMES)})))
    return run("ids tried one by one", "Find the first order after 7000.", each(calls, rng), "It is 7100.")


def limited(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(6, 14)):
        for _ in range(rng.choice([0, 0, 1, 2, 5])):
            calls.append(("post_label", {"parcel": i}, rng.choice(["429 Too Many Requests", "HTTP 503 Service Unavailable", "502 Bad Gateway"])))  # fmt: skip
        calls.append(("post_label", {"parcel": i}, json.dumps({"label": token(rng, 9)})))
    return run("labels under a rate limit", "Print the labels.", each(calls, rng), "All printed.")


def use_learnt(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for name in rng.sample(WORDS, 4):
        for _ in range(rng.randrange(1, 6)):
            calls.append(("make_chart", {"of": name, "spec": f"{rng.choice(WORDS)}:{rng.choice(WORDS)}"}, "ValidationError: 'spec' does not match the schema"))  # fmt: skip
        calls.append(("make_chart", {"of": name, "spec": f"bar:{token(rng, 5)}"}, f"chart {token(rng, 6)} made"))
    return run("an interface learnt from its errors", "Make four charts.", each(calls, rng), "Made.")


def refusals_tested(rng: random.Random) -> AgentRun:
    odd = ["''", "null", "-1", "1e99", "'; drop table", "🙂", "0x1F", "NaN", "true", "[]", "{}", "tomorrow", "31.02.2026", "2026-13-01", "99:99", "a" * 30]  # fmt: skip
    picked = rng.sample(odd, rng.randrange(12, 17))
    calls: list[Call] = [("post_booking", {"date": o, "room": 4}, "422 ValidationError: 'date' is not a valid date") for o in picked]  # fmt: skip
    return run("wrong inputs that must be refused", "Test that the booking endpoint refuses every malformed date.", each(calls, rng), "All were refused.")  # fmt: skip


def mail_sorted(rng: random.Random) -> AgentRun:
    ids = [f"m{rng.randrange(10**6)}" for _ in range(rng.randrange(15, 40))]
    calls: list[Call] = [("list_inbox", {}, "\n".join(ids))]
    for m in ids:
        calls.append(("move_mail", {"id": m, "to": rng.choice(["archive", "later"])}, "moved"))
    return run("mail moved", "Empty the inbox.", each(calls, rng), "Empty.")


def addresses_checked(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("check_address", {"street": f"{rng.choice(WORDS).title()} Street {rng.randrange(1, 90)}", "city": rng.choice(["Graz", "Lyon", "Oslo"])}, rng.choice(["valid", "valid", "invalid argument: house number out of range"])) for _ in range(rng.randrange(15, 40))]  # fmt: skip
    return run("addresses checked", "Check the addresses of the attached list.", each(calls, rng), "Nine are wrong.")


FIFTH_GOOD: tuple[Maker, ...] = (
    migration, build_polled, export_pages, flaky_retried, bisection, sweep, number_game, some_refused, most_refused,
    ids_searched, limited, use_learnt, refusals_tested, mail_sorted, addresses_checked,
)  # fmt: skip
