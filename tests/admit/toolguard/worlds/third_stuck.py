"""A third set of stuck runs, each in the tools and result formats of its own trade.

Written whole before the guard was tried on any of it.  What makes them hard: names that are new each time while the
failure is the same, redirects to one page, acknowledgements of one mail sent again, walks in a circle without period.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.third_good import COLUMNS, NAMES, SERVICES, TABLES, WORDS, Call, Maker, each, token

N = 36


def stuck(kind: str, task: str, turns: list[Turn], rng: random.Random, period: int = 1) -> AgentRun:
    """The stuck part after a few turns that get somewhere."""
    first = [
        Turn(calls=(("open_note", {"id": rng.randrange(10**6)}, f"{rng.choice(NAMES)}: the {rng.choice(WORDS)} {rng.choice(WORDS)} costs {rng.randrange(9000)} and is kept at {rng.choice(WORDS)} {rng.randrange(99)}."),))
        for _ in range(rng.randrange(0, 7))
    ]  # fmt: skip
    return AgentRun(kind=kind, task=task, turns=(*first, *turns), onset=len(first) + period, period=period)


def crash_loop(rng: random.Random) -> AgentRun:
    app, calls = rng.choice(SERVICES), []
    for _ in range(N // 2):
        pod = f"{app}-5d8b-{token(rng, 5)}"
        calls.append(("kubectl", {"args": f"get pods -l app={app}"}, f"NAME   READY   STATUS   RESTARTS   AGE\n{pod}   0/1   CrashLoopBackOff   {rng.randrange(1, 6)}   {rng.randrange(20, 300)}s"))  # fmt: skip
        calls.append(("kubectl", {"args": f"delete pod {pod}"}, f'pod "{pod}" deleted'))
    return stuck("pods deleted, crash again", f"Get {app} running again.", each(calls, rng), rng, 2)


def ci_rerun(rng: random.Random) -> AgentRun:
    test, calls = f"test_{rng.choice(WORDS)}_{rng.choice(WORDS)}", []
    for _ in range(N // 2):
        rid = rng.randrange(10**9, 10**10)
        calls.append(("rerun_workflow", {"run_id": rid}, f"Requested rerun of run {rid}"))
        calls.append(("get_run", {"run_id": rid}, json.dumps({"id": rid, "conclusion": "failure", "failed_step": "unit", "log": f"FAILED tests/{test} - AssertionError: expected 3 got 4"})))  # fmt: skip
    return stuck("CI run again and again", "Make CI green.", each(calls, rng), rng, 2)


def no_such_column(rng: random.Random) -> AgentRun:
    table, calls = rng.choice(TABLES), []
    for _ in range(N):
        extra = rng.choice(COLUMNS)
        q = f"SELECT {extra}, region_code FROM {table} WHERE {rng.choice(COLUMNS)} {rng.choice(['=', '>', '<>'])} {rng.randrange(99)} {rng.choice(['', 'LIMIT 10', 'ORDER BY 1'])}"  # fmt: skip
        calls.append(("run_sql", {"query": q}, f'ERROR:  column "region_code" does not exist\nLINE 1: SELECT {extra}, region_code FROM\n        {" " * len(extra)}^'))  # fmt: skip
    return stuck("a column that is not there", "Sum the sales by region.", each(calls, rng), rng)


def login_wall(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        page = f'Page Title: Sign in\n- heading "Sign in to continue"\n- textbox "E-mail" [ref=e{rng.randrange(99)}]\n- textbox "Password" [ref=e{rng.randrange(99)}]\n- hidden "csrf": "{token(rng, 24)}"\n- button "Sign in" [ref=e{rng.randrange(99)}]\n- link "Forgot your password?"'  # fmt: skip
        calls.append(("browser_navigate", {"url": f"https://portal.example/{rng.choice(WORDS)}/{rng.choice(['report', 'list', 'export', 'view'])}?y={rng.randrange(2019, 2027)}"}, page))  # fmt: skip
    return stuck("every page is the sign-in page", "Download last year's report from the portal.", each(calls, rng), rng)  # fmt: skip


def not_in_the_context(rng: random.Random) -> AgentRun:
    said = ("I don't have enough information in the provided context to answer that.", "The provided documents do not contain an answer to this question.", "Based on the context, I cannot determine this.")  # fmt: skip
    thing, calls = rng.choice(WORDS), []
    for _ in range(N):
        q = f"{rng.choice(['What is', 'Tell me', 'How high is', 'Give'])} the {rng.choice(['yearly', 'annual', 'total', '2025'])} {rng.choice(['budget', 'spend', 'cost', 'expense'])} of {thing} {rng.choice(['?', 'please', 'overall', 'in euros'])}"  # fmt: skip
        calls.append(("ask_documents", {"question": q}, rng.choice(said)))
    return stuck("documents that do not say", f"What did {thing} cost us last year?", each(calls, rng), rng, 4)


def bad_reference(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N // 2):
        f = rng.choice(["=SUM(Costs!B2:B{})", "=VLOOKUP(A{},Costs!A:C,2,0)", "=INDEX(Costs!B:B,{})", "=SUMIF(Costs!A:A,A{},Costs!B:B)", "=Costs!B{}*1"]).format(rng.randrange(2, 60))  # fmt: skip
        calls.append(("sheet_set", {"cell": "F4", "formula": f}, '{"updatedCells": 1}'))
        calls.append(("sheet_get", {"cell": "F4"}, '{"value": "#REF!", "type": "error"}'))
    return stuck("a formula that stays broken", "Fill in the total of the costs.", each(calls, rng), rng, 2)


def folders_again(rng: random.Random) -> AgentRun:
    names = rng.sample(WORDS, 6)
    inside = {n: "\n".join(f"{w}.py" for w in rng.sample(WORDS, 5)) for n in names}
    calls: list[Call] = [("list_dir", {"path": f"src/{n}"}, inside[n]) for n in (rng.choice(names) for _ in range(N))]
    return stuck("six folders, listed again", "Where is the retry policy set?", each(calls, rng), rng, 6)


def mail_again(rng: random.Random) -> AgentRun:
    who, calls = rng.choice(NAMES).lower(), []
    for _ in range(N):
        body = f"{rng.choice(['Dear', 'Hello', 'Hi'])} {who}, {rng.choice(['could you please', 'please', 'kindly', 'would you'])} {rng.choice(['send', 'forward', 'share'])} {rng.choice(['me', 'us'])} the signed contract {rng.choice(['today', 'soon', 'when you can', 'at your convenience'])}. {rng.choice(['Thanks', 'Best regards', 'Many thanks'])}"  # fmt: skip
        calls.append(("send_email", {"to": f"{who}@client.example", "subject": rng.choice(["Contract", "Signed contract", "Reminder: contract"]), "body": body}, f"Message sent (id <{token(rng, 14)}@mail>)"))  # fmt: skip
    return stuck("one mail sent again and again", "Get the signed contract.", each(calls, rng), rng, 2)


def case_toggled(rng: random.Random) -> AgentRun:
    n, calls = rng.randrange(200, 9000), []
    for i in range(N // 2):
        calls.append(("transform_column", {"column": "city", "op": ("upper", "title")[i % 2]}, f"{n} values changed"))
        calls.append(("validate_column", {"column": "city"}, f"{n} values have an unexpected case"))
    return stuck("upper case, title case", "Bring the city names into the agreed form.", each(calls, rng), rng, 4)


def refused_payment(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for k in range(N // 2):
        calls.append(("create_payment", {"iban": "DE02100100100006820101", "amount": round(120 + rng.random() * 5, 2), "reference": f"inv {token(rng, 4)}"}, json.dumps({"error": {"code": "account_closed", "message": "The beneficiary account is closed.", "request": token(rng, 12)}})))  # fmt: skip
        calls.append(("wait_seconds", {"seconds": round(1.5 ** min(k, 8) + rng.random(), 1)}, "ok"))
    return stuck("a payment refused for good", "Pay the invoice.", each(calls, rng), rng, 2)


def each_waits(rng: random.Random) -> AgentRun:
    lines = ("I will wait for your input before I go on.", "Standing by for your results.", "Waiting for you to begin.", "Ready when you are, let me know.", "I am standing by until you answer.")  # fmt: skip
    calls: list[Call] = [("send_message", {"to": ("planner", "coder")[i % 2], "text": rng.choice(lines)}, "delivered") for i in range(N)]  # fmt: skip
    return stuck("each waits for the other", "Build the form together.", each(calls, rng), rng, 6)


def disk_full(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        cmd = rng.choice(["pip install {0}", "git clone https://example.test/{0}", "npm install {0}", "tar xf {0}.tar.gz", "cp -r /src/{0} .", "docker pull {0}:latest", "make {0}"]).format(rng.choice(WORDS))  # fmt: skip
        calls.append(("bash", {"command": cmd}, f"{cmd.split()[0]}: error writing output: No space left on device"))
    return stuck("no space left for anything", "Set up the project on the box.", each(calls, rng), rng, 3)


def rooms_in_a_circle(rng: random.Random) -> AgentRun:
    rooms = [f"{w.title()} Hall\nA {rng.choice(WORDS)} hall with a {rng.choice(WORDS)} window. Exits: left, right." for w in rng.sample(WORDS, 4)]  # fmt: skip
    here, calls = 0, []
    for _ in range(N):
        step = rng.choice([1, -1])
        here = (here + step) % 4
        calls.append(("act", {"command": "go right" if step > 0 else "go left"}, rooms[here]))
    return stuck("four rooms, round and round", "Find the exit.", each(calls, rng), rng, 8)


def wall(rng: random.Random) -> AgentRun:
    said = ("You bump into a wall.", "A wall blocks your way.", "You cannot go that way.")
    calls: list[Call] = [("move", {"direction": rng.choice(["north", "west", "northwest"])}, rng.choice(said)) for _ in range(N)]  # fmt: skip
    return stuck("against the wall", "Walk to the lake.", each(calls, rng), rng, 3)


def taken_slots(rng: random.Random) -> AgentRun:
    slots = rng.sample(["Mon 09:00", "Mon 14:00", "Tue 10:30", "Wed 11:00", "Thu 16:00", "Fri 08:30"], 5)
    calls: list[Call] = [("book_slot", {"room": "Aula", "slot": s}, f"Conflict: {s} is already booked by {rng.choice(['another team', 'somebody else'])}.") for s in (rng.choice(slots) for _ in range(N))]  # fmt: skip
    return stuck("five slots, all taken", "Book the Aula this week.", each(calls, rng), rng, 5)


def not_defined(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(N):
        code = rng.choice(["df.head()", "df['{0}'].mean()", "df.groupby('{0}').size()", "print(df.shape)", "df.dropna().describe()", "df.sort_values('{0}')"]).format(rng.choice(COLUMNS))  # fmt: skip
        calls.append(("python", {"code": code}, f"Traceback (most recent call last):\n  File \"<stdin>\", line {i + 1}, in <module>\nNameError: name 'df' is not defined"))  # fmt: skip
    return stuck("a frame that was never loaded", "Which city sells most?", each(calls, rng), rng, 3)


def one_manual_page(rng: random.Random) -> AgentRun:
    page = "\n".join(f"{w.title()}: the {rng.choice(WORDS)} option sets the {rng.choice(WORDS)} of the {rng.choice(WORDS)} to {rng.randrange(99)}." for w in rng.sample(WORDS, 9))  # fmt: skip
    calls: list[Call] = [("read_docs", {"topic": f"{rng.choice(WORDS)}#{rng.choice(['usage', 'options', 'config', 'setup', 'api'])}"}, page) for _ in range(N)]  # fmt: skip
    return stuck("every topic opens one page", "How do I turn the cache off?", each(calls, rng), rng)


def never_confirms(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        calls.append(("delete_records", {"table": "staging", "reason": f"{rng.choice(['old', 'stale', 'outdated', 'obsolete', 'unused'])} {rng.choice(['rows', 'data', 'entries', 'records'])} {rng.choice(['must go', 'are in the way', 'not needed', 'to be removed'])}"}, "Confirmation required: this deletes 4,120 rows. Call again with confirm=true to proceed."))  # fmt: skip
    return stuck("a confirmation never given", "Empty the staging table.", each(calls, rng), rng, 2)


def click_beside(rng: random.Random) -> AgentRun:
    x, y, calls = rng.randrange(200, 900), rng.randrange(200, 600), []
    screen = f"screenshot 1280x800: dialog '{rng.choice(WORDS)} settings', checkbox 'Remember me' (unchecked), button 'Apply' (disabled), button 'Cancel'"  # fmt: skip
    for _ in range(N):
        calls.append(("computer", {"action": "left_click", "coordinate": [x + rng.randrange(-9, 9), y + rng.randrange(-9, 9)]}, screen))  # fmt: skip
    return stuck("clicks beside the button", "Apply the new settings.", each(calls, rng), rng, 2)


def there_and_back(rng: random.Random) -> AgentRun:
    a, b = (" ".join(rng.sample(WORDS, 8)) for _ in range(2))
    calls: list[Call] = []
    for _ in range(N // 2):
        calls.append(("translate", {"text": a, "to": "de"}, b + rng.choice(["", ".", " !"])))
        calls.append(("translate", {"text": b, "to": "en"}, a + rng.choice(["", ".", " !"])))
    return stuck("translated there and back", "Give me the German text.", each(calls, rng), rng, 2)


THIRD_STUCK: tuple[Maker, ...] = (
    crash_loop, ci_rerun, no_such_column, login_wall, not_in_the_context, bad_reference, folders_again, mail_again, case_toggled,
    refused_payment, each_waits, disk_full, rooms_in_a_circle, wall, taken_slots, not_defined, one_manual_page, never_confirms,
    click_beside, there_and_back,
)  # fmt: skip
