"""A sixth set of stuck runs: browsers, pipelines, infrastructure, service desks, spreadsheets, mail, hand-offs.

Written whole before the guard was tried on any of it.  What makes them hard: the tool says that it worked, and the
state that is read afterwards never changes; answers that carry a fresh request id, clock or duration around one text.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.third_good import NAMES, SERVICES, TABLES, WORDS, Call, Maker, at, each, token
from tests.admit.toolguard.worlds.third_stuck import N, stuck


def overlay(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("browser_click", {"ref": f"e{rng.randrange(10, 400)}", "element": f"{rng.choice(['Continue', 'Next', 'Go on', 'Submit', 'Order'])} button"}, "TimeoutError: locator.click: <div class=\"cookie-wall\"> intercepts pointer events") for _ in range(N)]  # fmt: skip
    return stuck("clicks that a banner swallows", "Order two boxes of paper.", each(calls, rng), rng, 2)


def form_sent_again(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N // 2):
        calls.append(("browser_fill", {"field": "iban", "value": f"DE{rng.randrange(10**9)}"}, "Filled."))
        calls.append(("browser_submit", {"form": "payout"}, "Page /payout\n* Please correct the errors below.\n* IBAN: check digits do not match."))  # fmt: skip
    return stuck("a form filled by guesses", "Set up the payout account.", each(calls, rng), rng, 4)


def pipeline_rerun(rng: random.Random) -> AgentRun:
    dag, calls = f"load_{rng.choice(TABLES)}", []
    for i in range(N // 2):
        rid = f"manual__{at(7 * i)}"
        calls.append(("trigger_dag", {"dag_id": dag}, json.dumps({"dag_run_id": rid, "state": "queued"})))
        calls.append(("task_log", {"dag_id": dag, "run_id": rid}, f"[{at(7 * i + 2)}] {{taskinstance.py:1824}} ERROR - Task failed with exception\nSchemaMismatch: column 'amount' expected DECIMAL, found STRING"))  # fmt: skip
    return stuck("a pipeline triggered again", f"Make {dag} succeed.", each(calls, rng), rng, 2)


def lock_held(rng: random.Random) -> AgentRun:
    lock = f"{rng.getrandbits(32):08x}-4f1a"
    flags = ["", " -auto-approve", " -refresh=false", " -target=module.net", " -parallelism=1", " -no-color", " -input=false"]  # fmt: skip
    calls: list[Call] = [("shell", {"command": f"terraform apply{rng.choice(flags)}{rng.choice(flags)}"}, f"Error: Error acquiring the state lock\n\nLock Info:\n  ID:        {lock}\n  Operation: OperationTypeApply\n  Who:       ci@runner-3") for _ in range(N)]  # fmt: skip
    return stuck("a state lock that is held", "Apply the network change.", each(calls, rng), rng, 4)


def order_not_found(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("get_order", {"order_id": f"#W{rng.randrange(10**6, 10**7)}"}, "Error: order not found") for _ in range(N)]  # fmt: skip
    return stuck("order numbers made up", "Where is the blue lamp that I bought in May?", each(calls, rng), rng, 2)


def cell_formula(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N // 2):
        f = f"=SUM{rng.choice(['IF', 'IFS', 'PRODUCT'])}({rng.choice('ABCD')}{rng.randrange(2, 9)}:{rng.choice('EFGH')}{rng.randrange(90, 99)})"  # fmt: skip
        calls.append(("set_cell", {"sheet": "Q3", "cell": "H2", "formula": f}, '{"updatedCells": 1}'))
        calls.append(("get_cell", {"sheet": "Q3", "cell": "H2"}, '{"value": "#REF!"}'))
    return stuck("formulas that never compute", "Sum the open items into H2.", each(calls, rng), rng, 4)


def mail_back_and_forth(rng: random.Random) -> AgentRun:
    mid, calls = token(rng, 16), []
    for i in range(N // 2):
        a, b = ("Later", "Inbox") if i % 2 else ("Inbox", "Later")
        calls.append(("move_mail", {"id": mid, "to": b}, json.dumps({"id": mid, "moved": True, "request": token(rng, 10)})))  # fmt: skip
        calls.append(("list_mail", {"folder": a}, json.dumps({"folder": a, "mails": [], "checked_at": at(i)})))
    return stuck("one mail moved to and fro", "Tidy my inbox.", each(calls, rng), rng, 4)


def editor_and_critic(rng: random.Random) -> AgentRun:
    turns: list[Turn] = []
    for i in range(N):
        if i % 2:
            turns.append(Turn(says=f"{rng.choice(['Thanks', 'Thank you', 'Much appreciated'])}! {rng.choice(['It is ready', 'Ready', 'All done'])} from my side. {rng.choice(['Over to you', 'Your turn', 'Please go ahead'])}.", speaker="critic"))  # fmt: skip
        else:
            turns.append(Turn(says=f"{rng.choice(['Great', 'Perfect', 'Wonderful'])}. {rng.choice(['Let me know', 'Tell me', 'Just say'])} if {rng.choice(['anything', 'something'])} else is {rng.choice(['needed', 'wanted', 'missing'])}.", speaker="editor"))  # fmt: skip
    return stuck("two agents thank each other", "Write a press release.", turns, rng, 4)


def test_fix_flip(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N // 2):
        calls.append(("write_file", {"path": "src/round.ts", "content": f"export const r = (x) => Math.{rng.choice(['round', 'floor', 'ceil', 'trunc'])}(x * {rng.choice([10, 100, 1000])}) / {rng.choice([10, 100, 1000])}; // {rng.choice(WORDS)}"}, "wrote 1 file"))  # fmt: skip
        calls.append(("npm", {"args": "test"}, f"FAIL src/round.test.ts\n  x rounds half to even ({rng.randrange(1, 9)} ms)\n    Expected: 0.12\n    Received: NaN\nTests: 1 failed, 8 passed\nTime: {rng.randrange(1, 4)}.{rng.randrange(100, 999)} s"))  # fmt: skip
    return stuck("fixes that change no outcome", "Make the rounding test pass.", each(calls, rng), rng, 6)


def paywall(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("fetch_url", {"url": f"https://{rng.choice(WORDS)}-{rng.choice(['times', 'post', 'journal'])}.example/{2010 + rng.randrange(16)}/{rng.choice(WORDS)}-{rng.choice(WORDS)}"}, "Subscribe to continue reading.\nYou have 0 free articles left this month.\nAlready a member? Sign in.") for _ in range(N)]  # fmt: skip
    return stuck(
        "a paywall at every address", "Find three articles about the ferry accident.", each(calls, rng), rng, 2
    )


def replica_scaled(rng: random.Random) -> AgentRun:
    app, calls = rng.choice(SERVICES), []
    for _ in range(N // 2):
        n = rng.randrange(2, 12)
        calls.append(("kubectl_scale", {"deployment": app, "replicas": n}, f"deployment.apps/{app} scaled"))
        calls.append(("kubectl_describe", {"deployment": app}, "Conditions:\n  Available  False  MinimumReplicasUnavailable\nEvents: FailedCreate: exceeded quota: team-quota, requested: cpu=500m, used: cpu=8, limited: cpu=8"))  # fmt: skip
    return stuck("scaled against a quota", f"Get {app} to answer again.", each(calls, rng), rng, 4)


def memory_written(rng: random.Random) -> AgentRun:
    who = rng.choice(NAMES)
    calls: list[Call] = []
    for _ in range(N):
        text = f"{rng.choice(['The customer', 'The caller', who])} {rng.choice(['wants', 'asks for', 'would like'])} {rng.choice(['a refund', 'the money back', 'to be refunded'])}."  # fmt: skip
        calls.append(("save_note", {"text": text}, json.dumps({"saved": True, "note_id": rng.randrange(10**6)})))
    return stuck("one note saved again", f"{who} calls about an order.", each(calls, rng), rng, 3)


SIXTH_STUCK: tuple[Maker, ...] = (
    overlay, form_sent_again, pipeline_rerun, lock_held, order_not_found, cell_formula, mail_back_and_forth,
    editor_and_critic, test_fix_flip, paywall, replica_scaled, memory_written,
)  # fmt: skip
