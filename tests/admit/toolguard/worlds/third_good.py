"""A third set of good runs, each in the tools and result formats of its own trade: clusters, CI, tables, mail, games.

Written whole before the guard was tried on any of it.  What makes them hard: waits that show an unchanged table,
acknowledgements that are all alike, checks that all find nothing wrong, pages that differ in their middle only,
rooms that are walked through twice because the way leads there.
"""

import json
import random
import string
from collections.abc import Callable

from tests.admit.toolguard.worlds.forms import AgentRun, Turn

Call = tuple[str, dict[str, object], str]
Maker = Callable[[random.Random], AgentRun]

NAMES = ("Okafor", "Lindqvist", "Marchetti", "Nakamura", "Dubois", "Haddad", "Pereira", "Kowal", "Singh", "Brandt", "Osei", "Moreau", "Jansen", "Rossi")  # fmt: skip
SERVICES = ("ledger", "checkout", "search", "profile", "notify", "pricing", "catalog", "gateway", "invoice", "fraud")
TABLES = ("customers", "orders", "order_lines", "refunds", "shipments", "carriers", "coupons", "addresses", "sessions", "payouts", "vendors", "stock", "returns", "invoices")  # fmt: skip
COLUMNS = ("customer_id", "currency", "created_at", "amount", "status", "country", "sku", "email", "vat_id", "parent_id")  # fmt: skip
WORDS = ["amber", "basin", "cobalt", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp", "lagoon", "marble", "nectar", "onyx", "prairie", "quartz", "ridge", "saffron", "tundra", "umber", "violet", "willow", "yarrow", "zephyr"]  # fmt: skip


def token(rng: random.Random, n: int) -> str:
    return "".join(rng.choices(string.ascii_lowercase + string.digits, k=n))


def at(minute: float) -> str:
    return f"2026-05-14T{9 + int(minute) // 60:02d}:{int(minute) % 60:02d}:{int(minute * 60) % 60:02d}Z"


def run(kind: str, task: str, turns: list[Turn], end: str) -> AgentRun:
    return AgentRun(kind=kind, task=task, turns=(*turns, Turn(says=end)))


def each(calls: list[Call], rng: random.Random, says: tuple[str, ...] = ("",)) -> list[Turn]:
    return [Turn(calls=(c,), says=rng.choice(says)) for c in calls]


def rollout(rng: random.Random) -> AgentRun:
    app, n = rng.choice(SERVICES), rng.randrange(3, 7)
    pods = [f"{app}-7c9f-{token(rng, 5)}" for _ in range(n)]
    ready, calls, age = 0, [], 20
    while ready < n:
        for _ in range(rng.randrange(1, 6)):
            age += rng.randrange(10, 40)
            rows = [f"{p}   {'1/1' if i < ready else '0/1'}   {'Running' if i < ready else 'ContainerCreating'}   0   {age}s" for i, p in enumerate(pods)]  # fmt: skip
            calls.append(("kubectl", {"args": f"get pods -l app={app} -n prod"}, "NAME   READY   STATUS   RESTARTS   AGE\n" + "\n".join(rows)))  # fmt: skip
        ready += 1
    calls.append(("kubectl", {"args": f"rollout status deploy/{app} -n prod"}, f'deployment "{app}" successfully rolled out'))  # fmt: skip
    return run("cluster roll-out", f"Roll out the new {app} image and tell me when it is up.", each(calls, rng), f"{app} is up on {n} pods.")  # fmt: skip


def ci_watch(rng: random.Random) -> AgentRun:
    jobs = rng.sample(["lint", "unit", "typecheck", "e2e", "docs", "wheel", "sbom", "image"], rng.randrange(4, 8))
    done, calls, rid = 0, [], rng.randrange(10**9, 10**10)
    while done <= len(jobs):
        for _ in range(rng.randrange(1, 7)):
            rows = [("✓ " if i < done else "* ") + j + (f" in {rng.randrange(1, 4)}m{rng.randrange(60)}s" if i < done else "") for i, j in enumerate(jobs)]  # fmt: skip
            head = f"main Build · {rid}\nTriggered via push about {rng.randrange(1, 20)} minutes ago\n\nJOBS\n"
            calls.append(("shell", {"cmd": f"sleep {rng.choice([20, 30, 45, 60])}; gh run view {rid}"}, head + "\n".join(rows)))  # fmt: skip
        done += 1
    return run("CI run watched", "Push the branch and merge when CI is green.", each(calls, rng), "All jobs passed; merged.")  # fmt: skip


def clean_checks(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    pairs = [(a, c) for a in TABLES for c in COLUMNS]
    for table, column in rng.sample(pairs, rng.randrange(15, 60)):
        shape = rng.choice([f"SELECT count(*) FROM {table} WHERE {column} IS NULL", f"SELECT count(*) FROM {table} GROUP BY {column} HAVING count(*) > 1"])  # fmt: skip
        calls.append(("run_sql", {"query": shape}, rng.choice([" count \n-------\n     0\n(1 row)"] * 5 + [f" count \n-------\n     {rng.randrange(1, 900)}\n(1 row)"])))  # fmt: skip
    return run("quality checks that find nothing", "Check every table of the new warehouse for empty and doubled keys.", each(calls, rng), "Two tables need a look, the others are clean.")  # fmt: skip


def shop_pages(rng: random.Random) -> AgentRun:
    nav = "\n".join(f'- link "{x}" [ref=e{i}]' for i, x in enumerate(["Home", "Kitchen", "Garden", "Office", "Sale", "Help", "Account", "Basket (0)"]))  # fmt: skip
    foot = "\n".join(f'- text: "{x}"' for x in ["Free returns for 30 days", "Newsletter", "Imprint", "Terms of sale", "Cookies", "Careers"])  # fmt: skip
    calls: list[Call] = []
    for _ in range(rng.randrange(10, 40)):
        slug = "-".join(rng.sample(WORDS, 2)) + f"-{rng.randrange(100, 999)}"
        body = f'- heading "{slug.replace("-", " ").title()}"\n- text: "EUR {rng.randrange(8, 300)}.{rng.randrange(10, 99)}"\n- text: "{rng.choice(["In stock", "Two left", "Ships in a week"])}"\n- text: "{rng.randrange(1, 5)}.{rng.randrange(0, 9)} of 5 ({rng.randrange(3, 800)} reviews)"'  # fmt: skip
        calls.append(("browser_navigate", {"url": f"https://shop.example/p/{slug}"}, f"Page Title: Shop\n{nav}\n{body}\n{foot}"))  # fmt: skip
    return run("product pages in one frame", "Compare the prices of the desk lamps in the list.", each(calls, rng, ("", "Next one.")), "The cheapest lamp is the third.")  # fmt: skip


def rag_questions(rng: random.Random) -> AgentRun:
    def chunk(i: int) -> str:
        r = random.Random(i * 7919 + 13)
        return f"§{i % 40 + 1} The {r.choice(WORDS)} {r.choice(['clause', 'unit', 'plan', 'lease', 'fund'])} of {r.choice(NAMES)} is {r.choice(['void', 'binding', 'extended', 'waived', 'capped'])} after {r.randrange(2, 900)} days unless {r.choice(WORDS)} {r.choice(['notice', 'cause', 'consent'])} is given in {r.choice(['Lyon', 'Oslo', 'Graz', 'Porto'])}."  # fmt: skip

    base, calls = rng.randrange(1000), []
    common = [base + 1, base + 2, base + 3]
    for i in range(rng.randrange(7, 26)):
        hits = [*common, base + 10 + i]
        rng.shuffle(hits)
        q = f"{rng.choice(['When does', 'Who may end', 'What limits', 'Where is'])} the {rng.choice(WORDS)} {rng.choice(['clause', 'lease', 'plan'])} {rng.choice(['end', 'apply', 'filed'])}"  # fmt: skip
        calls.append(("retrieve", {"question": q, "k": 4}, "\n---\n".join(f"[{j + 1}] {chunk(h)}" for j, h in enumerate(hits))))  # fmt: skip
    return run("questions to one contract", "Answer the 20 questions of the due-diligence sheet from the contract.", each(calls, rng), "The sheet is filled in.")  # fmt: skip


def spreadsheet(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for row in range(2, rng.randrange(14, 60)):
        if rng.random() < 0.8:
            calls.append(("sheet_update", {"sheet": "Budget", "range": f"C{row}:E{row}", "values": [[rng.randrange(99), rng.randrange(99), rng.choice(NAMES)]]}, '{"updatedRange": "Budget", "updatedRows": 1, "updatedColumns": 3, "updatedCells": 3}'))  # fmt: skip
        if rng.random() < 0.3:
            calls.append(("sheet_recalculate", {"sheet": "Budget"}, '{"status": "OK", "errors": []}'))
    return run("rows of a budget", "Move the figures of the department notes into the budget sheet.", each(calls, rng), "All rows are in.")  # fmt: skip


def tree_walk(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(12, 45)):
        path = "/".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 4))) + f"/{token(rng, 3)}"
        answer = rng.choice(["(empty directory)"] * 4 + ["__init__.py"] * 3 + [f"{rng.choice(WORDS)}.py\n{rng.choice(WORDS)}_test.py\nREADME.md"])  # fmt: skip
        calls.append(("list_dir", {"path": path}, answer))
    return run("folders, mostly empty", "List which folders of the monorepo hold no code, so that we can drop them.", each(calls, rng), "Here is the list of empty folders.")  # fmt: skip


def triage(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(8, 30)):
        template = rng.choice([f"Your weekly digest is here. {rng.randrange(3, 20)} new posts in {rng.choice(WORDS)}. Unsubscribe at any time. You get this because you signed up.", f"Invoice {rng.randrange(1000, 9999)} over EUR {rng.randrange(20, 900)} is due. Please find the document attached. Kind regards, accounts", f"{rng.choice(NAMES)} invites you to a meeting about {rng.choice(WORDS)} on the {rng.randrange(1, 28)}th."])  # fmt: skip
        calls.append(("next_unread", {}, f"uid: {4000 + i}\nFrom: {rng.choice(NAMES).lower()}@{rng.choice(WORDS)}.example\n\n{template}"))  # fmt: skip
        calls.append((rng.choice(["archive", "add_label", "add_label"]), {"uid": 4000 + i, "label": rng.choice(["bills", "news", "calendar"])}, rng.choice(["Done.", "Done.", "Label added."])))  # fmt: skip
    return run("mail after mail", "Sort my unread mail into bills, news and calendar.", each(calls, rng), "The inbox is empty.")  # fmt: skip


def cleaning(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    n = rng.randrange(15, 70)
    for i in range(n):
        bad = 0 if rng.random() < 0.85 else rng.randrange(1, 9)
        calls.append(("clean_chunk", {"chunk": i, "rules": ["trim", "dedupe", "iso_dates"]}, f"chunk done: 500 rows in, 500 rows out, {bad} rejected"))  # fmt: skip
    return run("chunks of rows", f"Clean the {n} chunks of the survey export.", each(calls, rng), "All chunks are clean.")  # fmt: skip


def jittered_retries(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for name in rng.sample(SERVICES, rng.randrange(4, 9)):
        for k in range(rng.randrange(0, 6)):
            calls.append(("fetch_url", {"url": f"https://{name}.internal/v1/export"}, rng.choice(["upstream connect error or disconnect/reset before headers. reset reason: connection timeout", "HTTP 429: slow down, Retry-After: 7", "curl: (56) Recv failure: Connection reset by peer", "HTTP 503 Service Unavailable"])))  # fmt: skip
            calls.append(("wait_seconds", {"seconds": round(2**k + rng.random(), 2)}, "ok"))
        calls.append(("fetch_url", {"url": f"https://{name}.internal/v1/export"}, json.dumps({"service": name, "rows": rng.randrange(10**6), "sha": token(rng, 20)})))  # fmt: skip
    return run("shaky services, waits between", "Collect the exports of all services.", each(calls, rng), "All exports are in.")  # fmt: skip


def fit_and_validate(rng: random.Random) -> AgentRun:
    loss, calls = rng.uniform(2, 5), []
    for epoch in range(rng.randrange(8, 35)):
        loss *= rng.uniform(0.93, 0.995)
        calls.append(("train_epoch", {}, f"epoch {epoch}: train_loss={loss:.4f} lr=3.0e-04"))
        calls.append(("validate", {}, f"val_loss={loss * 1.1:.4f} top1={100 / (1 + loss):.2f}"))
    return run("training and validating in turn", "Train until the validation loss is flat.", each(calls, rng), "The loss is flat.")  # fmt: skip


def long_build(rng: random.Random) -> AgentRun:
    log = [f"[  0%] Configuring {rng.choice(WORDS)}"]
    calls: list[Call] = []
    done = 0
    while done < 100:
        for _ in range(rng.randrange(0, 4)):
            done = min(100, done + rng.randrange(1, 4))
            log.append(f"[{done:3d}%] Building CXX object src/{rng.choice(WORDS)}/{rng.choice(WORDS)}.cc.o")
        calls.append(("tail", {"file": "build.log", "lines": 25}, "\n".join(log[-25:])))
        if rng.random() < 0.5:
            calls.append(("sleep", {"seconds": 60}, ""))
    return run("a build and its log", "Build the engine from source and install it.", each(calls, rng), "Built and installed.")  # fmt: skip


def maze(rng: random.Random) -> AgentRun:
    """Depth first through a tree of rooms: every corridor is walked back, so that rooms are seen again."""
    calls: list[Call] = []

    def room(seed: int) -> str:
        r = random.Random(seed)
        return f"{r.choice(WORDS).title()} {r.choice(['Hall', 'Cellar', 'Gallery', 'Vault', 'Attic'])}\nYou see a {r.choice(WORDS)} {r.choice(['lamp', 'chest', 'mirror', 'rope', 'door'])} and a {r.choice(WORDS)} wall."  # fmt: skip

    def visit(seed: int, depth: int) -> None:
        if depth == 0:
            return
        for way, back in rng.sample([("north", "south"), ("east", "west"), ("up", "down")], rng.randrange(1, 4)):
            child = seed * 31 + len(way)
            calls.append(("act", {"command": f"go {way}"}, room(child)))
            if rng.random() < 0.6:
                calls.append(("act", {"command": "look"}, room(child) + f" There is {rng.choice(['a coin', 'a note', 'nothing', 'a draught'])} here."))  # fmt: skip
            visit(child, depth - 1)
            calls.append(("act", {"command": f"go {back}"}, room(seed)))

    visit(rng.randrange(10**6), 3)
    return run("a maze walked through", "Find the way to the treasure.", each(calls[:60], rng), "The treasure is in the vault.")  # fmt: skip


def tiles(rng: random.Random) -> AgentRun:
    score, calls = 0, []
    cells = [0] * 16
    for _ in range(rng.randrange(20, 70)):
        cells[rng.randrange(16)] = rng.choice([2, 4, 8, 16, 32, 64])
        score += rng.randrange(0, 5) * 4
        board = "\n".join(" ".join(f"{c:4d}" if c else "   ." for c in cells[i : i + 4]) for i in range(0, 16, 4))
        calls.append(("slide", {"direction": rng.choice(["left", "down", "left", "down", "right"])}, f"score {score}\n{board}"))  # fmt: skip
    return run("sliding tiles", "Play until you reach 512.", each(calls, rng), "512 reached.")


def approvals(rng: random.Random) -> AgentRun:
    turns = [Turn(calls=(("ask_human", {"question": f"Pay {rng.choice(NAMES)} EUR {rng.randrange(20, 4000)} for {rng.choice(WORDS)} supplies?"}, rng.choice(["yes", "yes", "yes", "yes, go on", "no"])),)) for _ in range(rng.randrange(8, 30))]  # fmt: skip
    return run("approvals, one by one", "Go through the open expense claims with me.", turns, "All claims are decided.")


def inventory(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(10, 45)):
        iid = f"i-{token(rng, 10)}"
        doc = {"InstanceId": iid, "InstanceType": "m6i.large", "State": {"Name": "running"}, "Monitoring": "disabled", "Placement": {"Zone": rng.choice(["eu-1a", "eu-1b"]), "Tenancy": "default"}, "PrivateIp": f"10.0.{rng.randrange(9)}.{rng.randrange(250)}", "SecurityGroups": [{"GroupName": "default", "GroupId": "sg-1"}], "EbsOptimized": True, "Tags": [{"Key": "team", "Value": "core"}]}  # fmt: skip
        calls.append(("describe_instance", {"id": iid}, json.dumps(doc, indent=1)))
    return run("machines that are all alike", "Which of our instances are not optimised?", each(calls, rng), "All of them are.")  # fmt: skip


def bump_packages(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    passed = rng.randrange(40, 900)
    for name in rng.sample(WORDS, rng.randrange(4, 16)):
        calls.append(("bash", {"command": f"uv lock --upgrade-package {name}"}, f"Resolved {rng.randrange(80, 90)} packages in {rng.randrange(90, 900)}ms\nUpdated {name} v{rng.randrange(9)}.{rng.randrange(20)}"))  # fmt: skip
        calls.append(("bash", {"command": "pytest -q"}, f"{'.' * 40}\n{passed} passed in {rng.uniform(5, 9):.2f}s"))
        calls.append(("bash", {"command": f"git commit -am 'Raise {name}'"}, f"[main {token(rng, 7)}] Raise {name}\n 1 file changed, 2 insertions(+), 2 deletions(-)"))  # fmt: skip
    return run("packages raised one by one", "Raise every outdated package, one commit each, tests green.", each(calls, rng), "All raised.")  # fmt: skip


def reply_awaited(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    minute = 0.0
    for _ in range(rng.randrange(6, 25)):
        calls.append(("wait_seconds", {"seconds": 300}, "waited 300 s"))
        minute += 5
        calls.append(("slack_history", {"channel": "C04", "oldest": at(minute)}, '{"ok": true, "messages": [], "has_more": false}'))  # fmt: skip
    calls.append(("slack_history", {"channel": "C04", "oldest": at(minute)}, json.dumps({"ok": True, "messages": [{"user": rng.choice(NAMES), "text": "Go ahead."}]})))  # fmt: skip
    return run("a reply awaited", "Ask the channel for the go-ahead and deploy once somebody agrees.", each(calls, rng), "Deployed.")  # fmt: skip


def furnace(rng: random.Random) -> AgentRun:
    calls: list[tuple[Call, ...]] = []
    level = 840.0
    for _ in range(rng.randrange(10, 40)):
        level += rng.uniform(-3, 3)
        calls.append(tuple(("read_sensor", {"sensor": s}, f"{s}: {level + o:.0f} °C") for s, o in (("top", 0.0), ("mid", 12.4), ("bottom", -9.1))))  # fmt: skip
    return run("sensors in parallel", "Watch the kiln until six and note every reading over 860.", [Turn(calls=c) for c in calls], "No reading was over 860.")  # fmt: skip


def to_do(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(5, 18)):
        calls.append(("todo_next", {}, f"#{i + 11}: {rng.choice(['rename', 'file', 'scan', 'tag'])} the {rng.choice(WORDS)} folder"))  # fmt: skip
        calls.append(("run_macro", {"name": "process_folder"}, "macro finished without errors"))
        calls.append(("todo_done", {"item": i + 11}, "ok"))
    return run("to-do list by macro", "Work through the to-do list with the macro.", each(calls, rng), "The list is done.")  # fmt: skip


def log_windows(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    minute = 0.0
    for _ in range(rng.randrange(8, 28)):
        step = rng.choice([1, 2, 5, 10])
        hits = "0 matches" if rng.random() < 0.8 else f"1 match\n{at(minute)} WARN {rng.choice(SERVICES)}: {rng.choice(WORDS)} pool low"  # fmt: skip
        calls.append(("log_search", {"filter": "level>=WARN", "start": at(minute), "end": at(minute + step)}, hits))
        minute += step
    return run("log, window by window", "When did the warnings begin this morning?", each(calls, rng), "They began at ten.")  # fmt: skip


def uptime_pages(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    minute = 0.0
    for page in range(1, rng.randrange(6, 25)):
        rows = []
        for _ in range(10):
            minute += 1
            rows.append(f"{at(minute)} GET /health 200 OK {rng.randrange(3, 40)} ms")
        calls.append(("get_checks", {"monitor": "eu", "page": page}, "\n".join(rows)))
    return run("pages that are all in order", "Was the monitor ever red this morning? Read every page.", each(calls, rng), "It was never red.")  # fmt: skip


def pictures_by_seed(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("render", {"scene": "harbour.blend", "seed": i, "samples": 64}, f"Saved: renders/{i:03d}.png (1024x1024)") for i in range(rng.randrange(8, 40))]  # fmt: skip
    return run(
        "renders by seed", "Render the harbour with many seeds for the poster.", each(calls, rng), "All rendered."
    )


def duplicates(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("compare_records", {"a": rng.randrange(10**5), "b": rng.randrange(10**5)}, rng.choice(["different persons", "different persons", "different persons", "same person"])) for _ in range(rng.randrange(12, 60))]  # fmt: skip
    return run("pairs of records", "Find the doubled customers among the candidate pairs.", each(calls, rng), "Nine pairs are doubles.")  # fmt: skip


THIRD_GOOD: tuple[Maker, ...] = (
    rollout, ci_watch, clean_checks, shop_pages, rag_questions, spreadsheet, tree_walk, triage, cleaning, jittered_retries,
    fit_and_validate, long_build, maze, tiles, approvals, inventory, bump_packages, reply_awaited, furnace, to_do, log_windows,
    uptime_pages, pictures_by_seed, duplicates,
)  # fmt: skip
