"""More shapes of stuck runs, with worded texts: browsers, shells, queries, teams, forms, installs."""

import json
import random
import string
from collections.abc import Callable

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.topics import Topic, fact, facts, passage

Call = tuple[str, dict[str, object], str]


def opening(t: Topic, rng: random.Random) -> list[Turn]:
    """A few turns that get somewhere."""
    tools = ("lookup", "open_document", "ask_database")
    return [
        Turn(calls=((rng.choice(tools), {"about": rng.choice(t.things), "n": i}, passage(t, rng)),))
        for i in range(rng.randrange(0, 7))
    ]


def stuck(kind: str, t: Topic, rng: random.Random, turns: list[Turn], period: int = 1, task: str = "") -> AgentRun:
    first = opening(t, rng)
    return AgentRun(kind=kind, task=task or t.task, turns=(*first, *turns), onset=len(first) + period, period=period)


def one(calls: list[Call]) -> list[Turn]:
    return [Turn(calls=(c,)) for c in calls]


def clock(rng: random.Random) -> str:
    return (
        f"2026-03-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z"
    )


def code(rng: random.Random, n: int = 8) -> str:
    return "".join(rng.choices(string.hexdigits.lower()[:16], k=n))


N = 34


def button_without_effect(t: Topic, rng: random.Random) -> AgentRun:
    lines = facts(t, rng, 6)

    def page() -> str:
        e = rng.randrange(10, 900)
        return "\n".join(
            [f"[{e + i}] text: {s}" for i, s in enumerate(lines)]
            + [f"[{e + 7}] button: Continue", f"[{e + 8}] link: Back"]
        )

    return stuck(
        "click without effect",
        t,
        rng,
        one(
            [("browser_click", {"ref": f"e{rng.randrange(10, 900)}", "element": "Continue"}, page()) for _ in range(N)]
        ),
    )


def shell_wandering(t: Topic, rng: random.Random) -> AgentRun:
    files = "\n".join(f"{code(rng, 4)}.csv" for _ in range(5))
    commands = ["ls", "ls -la", "pwd", "cd /data && ls", "ls -l /data", "find . -maxdepth 1", "ls -1", "cd . && pwd"]
    outs = {"pwd": "/data", "cd . && pwd": "/data"}
    calls: list[Call] = []
    for _ in range(N):
        c = rng.choice(commands)
        calls.append(("bash", {"command": c}, outs.get(c, files)))
    return stuck("shell wandering", t, rng, one(calls), 8)


def plan_rewritten(t: Topic, rng: random.Random) -> AgentRun:
    items = [f"{v} {rng.choice(t.things)}" for v in ("Check", "Call about", "Compare", "Write up", "Confirm")]
    calls: list[Call] = []
    for _ in range(N):
        order = rng.sample(items, len(items))
        calls.append(
            (
                "todo_write",
                {"todos": [{"content": i, "status": "pending", "id": str(k)} for k, i in enumerate(order)]},
                "Todos have been updated.",
            )
        )
    return stuck("plan rewritten, nothing done", t, rng, one(calls))


def announcing(t: Topic, rng: random.Random) -> AgentRun:
    thing = rng.choice(t.things)
    ways = [f"I'll now look into {thing} and get back to you with the results.", f"Let me look into {thing} now.", f"Next, I will check {thing} for you.",
            f"Sure, I'm going to look at {thing} right away.", f"Looking into {thing} now, one moment.", f"I will proceed to check {thing}."]  # fmt: skip
    reply = rng.choice(["Please continue.", "Continue", "Go on.", "continue with the task, do not ask"])
    return stuck("announces, never acts", t, rng, [Turn(says=rng.choice(ways), reply=reply) for _ in range(N)])


def tool_that_is_not(t: Topic, rng: random.Random) -> AgentRun:
    names = rng.choice(
        [
            ("send_mail", "sendMail", "mail_send", "send_email", "email"),
            ("run_sql", "sql", "query_db", "execute_sql", "db_query"),
        ]
    )
    calls: list[Call] = []
    for _ in range(N):
        n = rng.choice(names)
        calls.append(
            (
                n,
                {"input": fact(t, rng)},
                f"Error: {n} is not a valid tool, try one of [lookup, open_document, ask_database].",
            )
        )
    return stuck("tool that does not exist", t, rng, one(calls))


def refused_arguments(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        day = f"{rng.randrange(1, 29)}.{rng.randrange(1, 13)}.2026"
        calls.append(
            (
                "book_slot",
                {"when": day, "what": rng.choice(t.things)},
                f"ValidationError: 'when' = '{day}' does not match format ISO 8601 (YYYY-MM-DD). request {code(rng)}",
            )
        )
    return stuck("arguments refused for one reason", t, rng, one(calls))


def same_query_other_sql(t: Topic, rng: random.Random) -> AgentRun:
    rows = json.dumps([{"id": i, "note": s} for i, s in enumerate(facts(t, rng, 3))])
    cols = ["id", "note", "state", "owner"]
    calls: list[Call] = []
    for _i in range(N):
        c = ", ".join(rng.sample(cols, rng.randrange(2, 5)))
        alias = rng.choice(["t", "x", "n", "items", "a"])
        q = f"SELECT {c} FROM notes {alias} WHERE {alias}.state = 'open' " + rng.choice(
            ["", "ORDER BY id", f"LIMIT {rng.randrange(10, 99)}", "ORDER BY note DESC"]
        )
        calls.append(("ask_database", {"sql": q.strip()}, rows))
    return stuck("one query in other SQL", t, rng, one(calls), 3)


def empty_query_other_sql(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _i in range(N):
        thing = rng.choice(t.things).upper()
        q = f"SELECT * FROM {rng.choice(['notes', 'items', 'records'])} WHERE {rng.choice(['name', 'title', 'label'])} {rng.choice(['=', 'LIKE', 'ILIKE'])} '%{thing}%'"
        calls.append(("ask_database", {"sql": q}, "(0 rows)"))
    return stuck("queries without rows", t, rng, one(calls), 6)


def helper_says_it_again(t: Topic, rng: random.Random) -> AgentRun:
    s = facts(t, rng, 4)
    leads = ["Summary:", "In short:", "What I found:", "Result of the research:", "Here is what I have."]
    asks = ["Research", "Look up", "Investigate", "Find out about", "Dig deeper into"]
    thing = rng.choice(t.things)
    calls: list[Call] = [
        (
            "delegate",
            {"agent": "researcher", "task": f"{rng.choice(asks)} {thing}"},
            f"{rng.choice(leads)} {' '.join(rng.sample(s, 4))}",
        )
        for _ in range(N)
    ]
    return stuck("helper says it again", t, rng, one(calls), 2)


def memory_in_and_out(t: Topic, rng: random.Random) -> AgentRun:
    note = passage(t, rng, 2)
    calls: list[Call] = []
    for _i in range(N // 2):
        calls.append(("memory_save", {"key": "progress", "text": note}, f"saved at {clock(rng)}"))
        calls.append(("memory_recall", {"key": "progress"}, note))
    return stuck("memory in and out", t, rng, one(calls), 2)


def locked_out(t: Topic, rng: random.Random) -> AgentRun:
    paths = ["orders", "customers", "items", "users/me", "reports", "search", "export"]
    calls: list[Call] = [
        ("http_get", {"url": f"https://api.example.test/v2/{rng.choice(paths)}?limit={rng.randrange(5, 50)}"},
         json.dumps({"status": 401, "error": "token expired", "request_id": code(rng, 16), "time": clock(rng)}))
        for _ in range(N)
    ]  # fmt: skip
    return stuck("locked out everywhere", t, rng, one(calls), 3)


def three_states(t: Topic, rng: random.Random) -> AgentRun:
    thing = rng.choice(t.things)
    errors = [f"FAILED: {thing} {x}" for x in rng.sample(t.traits, 3)]
    edits = [f"set {k} = {rng.randrange(2, 99)}" for k in ("alpha", "beta", "gamma")]
    calls: list[Call] = []
    for i in range(N // 2):
        calls.append(("apply_patch", {"patch": edits[i % 3]}, "patch applied"))
        calls.append(("run_checks", {}, f"{errors[i % 3]} ({rng.random() * 4:.2f} s)"))
    return stuck("three wrong states in turn", t, rng, one(calls), 6)


def same_documents_other_scores(t: Topic, rng: random.Random) -> AgentRun:
    docs = facts(t, rng, 5)
    words = rng.choice(t.things)
    calls: list[Call] = []
    for _ in range(N):
        rng.shuffle(docs)
        hits = [{"score": round(rng.random(), 4), "id": code(rng, 6), "text": x} for x in docs]
        calls.append(
            (
                "vector_search",
                {
                    "query": f"{rng.choice(['details on', 'more about', 'facts', 'status of', 'history of'])} {words} {rng.choice(['', 'now', 'exactly', 'please', '2026'])}",
                    "k": 5,
                },
                json.dumps(hits),
            )
        )
    return stuck("same documents, other scores", t, rng, one(calls), 2)


AGREE = ("I completely agree, that is a great point.", "Great point, I fully agree with you.", "Absolutely, I agree. Well said!", "You are right, I agree with everything you said.",
         "Yes, exactly. Great point.", "I agree completely. Thank you for the great point!", "Well said, and I fully agree.")  # fmt: skip


def mutual_praise(t: Topic, rng: random.Random) -> AgentRun:
    turns = [Turn(says=rng.choice(AGREE), speaker=("optimist", "critic")[i % 2]) for i in range(N)]
    return stuck("mutual praise", t, rng, turns, 4)


def asks_again(t: Topic, rng: random.Random) -> AgentRun:
    thing = rng.choice(t.things)
    ways = [f"Could you please tell me which date you mean for {thing}?", f"Which date do you mean for {thing}?", f"To go on I need the date for {thing}. Which one is it?",
            f"What date should I use for {thing}?", f"Please confirm the date for {thing}."]  # fmt: skip
    reply = f"The {rng.randrange(1, 29)}th of March, as I said."
    return stuck("asks what was answered", t, rng, [Turn(says=rng.choice(ways), reply=reply) for _ in range(N)])


def error_wanders(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    line = rng.randrange(20, 60)
    for _ in range(N // 2):
        line += rng.randrange(1, 3)
        calls.append(
            (
                "insert_line",
                {
                    "path": "load.py",
                    "line": line - 3,
                    "text": f"# {rng.choice(['try', 'fix', 'note', 'attempt', 'maybe'])} {rng.randrange(1, 99)}",
                },
                "1 line inserted",
            )
        )
        calls.append(
            (
                "bash",
                {"command": "python load.py"},
                f"  File \"load.py\", line {line}\n    total = sum(rows\n              ^\nSyntaxError: '(' was never closed",
            )
        )
    return stuck("one error, its line moves", t, rng, one(calls), 2)


def pages_that_wrap(t: Topic, rng: random.Random) -> AgentRun:
    n = rng.randrange(3, 6)
    pages = [json.dumps({"items": facts(t, rng, 3), "next": f"c{(i + 1) % n}"}) for i in range(n)]
    calls: list[Call] = [("list_items", {"cursor": f"c{i % n}"}, pages[i % n]) for i in range(n * 7)]
    return stuck("pages that wrap round", t, rng, one(calls), n)


def bottom_of_page(t: Topic, rng: random.Random) -> AgentRun:
    view = "\n".join(facts(t, rng, 5))
    calls: list[Call] = [
        (
            "scroll",
            {"direction": "down", "amount": rng.choice([300, 500, 800, 1000])},
            f"{view}\n-- viewport at 4,812 px --",
        )
        for _ in range(N)
    ]
    return stuck("scrolling at the bottom", t, rng, one(calls))


def element_never_comes(t: Topic, rng: random.Random) -> AgentRun:
    selectors = [
        "#submit",
        "button[type=submit]",
        "text=Submit",
        "form >> button",
        ".btn-primary",
        "//button[1]",
        "[data-test=send]",
        "button:has-text('Send')",
    ]
    calls: list[Call] = []
    for _ in range(N):
        s = rng.choice(selectors)
        calls.append(
            (
                "wait_for_selector",
                {"selector": s, "timeout": rng.choice([3000, 5000, 10000])},
                f"Error: element matching {s} not found on the page",
            )
        )
    return stuck("element that never comes", t, rng, one(calls), 6)


def polish(t: Topic, rng: random.Random) -> AgentRun:
    s = facts(t, rng, 5)
    calls: list[Call] = []
    for _ in range(N):
        draft = " ".join(rng.sample(s, 5))
        calls.append(("save_draft", {"text": draft}, f"Draft saved ({len(draft)} characters)."))
    return stuck("polishing one draft", t, rng, one(calls), 3)


def address_spelt_anew(t: Topic, rng: random.Random) -> AgentRun:
    parts = ["Lindenweg 14", "14 Lindenweg", "Linden Weg 14", "Lindenweg 14a", "Lindenwg. 14", "Linden-Weg 14"]
    tails = ["", ", Berlin", ", 10115 Berlin", ", Berlin, Germany", ", DE"]
    calls: list[Call] = [
        ("geocode", {"address": rng.choice(parts) + rng.choice(tails)}, '{"results": [], "status": "ZERO_RESULTS"}')
        for _ in range(N)
    ]
    return stuck("address spelt anew", t, rng, one(calls), 5)


def install_again(t: Topic, rng: random.Random) -> AgentRun:
    p = rng.choice(["geolib", "fastcsv", "pyroute"])
    calls: list[Call] = []
    for _ in range(N // 2):
        v = f"{rng.randrange(0, 4)}.{rng.randrange(0, 12)}.{rng.randrange(0, 9)}"
        calls.append(("bash", {"command": f"pip install {p}=={v}"}, f"Successfully installed {p}-{v}"))
        calls.append(("bash", {"command": f"python -c 'import {p}'"}, f"ModuleNotFoundError: No module named '{p}'"))
    return stuck("installed, still missing", t, rng, one(calls), 4)


def sum_again(t: Topic, rng: random.Random) -> AgentRun:
    ns = [rng.randrange(10, 900) for _ in range(4)]
    calls: list[Call] = []
    for _ in range(N):
        x = rng.sample(ns, 4)
        calls.append(("calculator", {"expression": rng.choice([" + ", "+"]).join(map(str, x))}, str(sum(ns))))
    return stuck("one sum again", t, rng, one(calls), 2)


def basket(t: Topic, rng: random.Random) -> AgentRun:
    item = f"sku-{code(rng, 5)}"
    calls: list[Call] = []
    for _ in range(N // 2):
        q = rng.randrange(1, 5)
        calls.append(
            (
                "add_to_basket",
                {"sku": item, "quantity": q},
                json.dumps({"error": "out_of_stock", "sku": item, "asked": q}),
            )
        )
        calls.append(("show_basket", {}, json.dumps({"items": [], "updated": clock(rng)})))
    return stuck("basket stays empty", t, rng, one(calls), 2)


def parallel_again(t: Topic, rng: random.Random) -> AgentRun:
    calls: list[Call] = [("lookup", {"about": x}, passage(t, rng, 2)) for x in rng.sample(t.things, 4)]
    return stuck(
        "parallel calls in another order", t, rng, [Turn(calls=tuple(rng.sample(calls, 4))) for _ in range(N // 2)]
    )


def folders_imagined(t: Topic, rng: random.Random) -> AgentRun:
    words = [
        "src",
        "lib",
        "data",
        "app",
        "core",
        "main",
        "pkg",
        "test",
        "docs",
        "etc",
        "tools",
        "bin",
        "old",
        "new",
        "export",
        "import",
    ]
    calls: list[Call] = []
    for _ in range(N):
        p = "/".join(rng.sample(words, rng.randrange(1, 4)))
        calls.append(("list_directory", {"path": f"/{p}"}, f"Error: ENOENT: no such file or directory, scandir '/{p}'"))
    return stuck("folders imagined", t, rng, one(calls), 8)


def team_without_end(t: Topic, rng: random.Random) -> AgentRun:
    s = fact(t, rng)
    turns = []
    for i in range(N):
        if i % 3 == 0:
            turns.append(Turn(says=f"Writer: here is the text again. {s}", speaker="writer"))
        elif i % 3 == 1:
            turns.append(
                Turn(
                    says=rng.choice(
                        [
                            "Not good enough yet. Please revise.",
                            "This needs work. Revise it.",
                            "I am not satisfied. Try again.",
                        ]
                    ),
                    speaker="editor",
                )
            )
        else:
            turns.append(
                Turn(
                    says=rng.choice(
                        ["Writer, please take the next turn.", "Back to the writer.", "Over to the writer again."]
                    ),
                    speaker="manager",
                )
            )
    return stuck("team of three without end", t, rng, turns, 3)


def rewrites_file(t: Topic, rng: random.Random) -> AgentRun:
    lines = [f"row_{i} = '{s}'" for i, s in enumerate(facts(t, rng, 8))]
    calls: list[Call] = []
    for _ in range(N // 2):
        body = "\n".join([*lines, rng.choice(["# end", "# done", "# final", "", "# v2"])])
        calls.append(("write_file", {"path": "out.py", "content": body}, "wrote out.py"))
        calls.append(("read_file", {"path": "out.py"}, body))
    return stuck("writes and reads one file", t, rng, one(calls), 2)


SECOND_STUCK: tuple[Callable[[Topic, random.Random], AgentRun], ...] = (
    button_without_effect, shell_wandering, plan_rewritten, announcing, tool_that_is_not, refused_arguments, same_query_other_sql, empty_query_other_sql,
    helper_says_it_again, memory_in_and_out, locked_out, three_states, same_documents_other_scores, mutual_praise, asks_again, error_wanders, pages_that_wrap,
    bottom_of_page, element_never_comes, polish, address_spelt_anew, install_again, sum_again, basket, parallel_again, folders_imagined, team_without_end,
    rewrites_file,
)  # fmt: skip
