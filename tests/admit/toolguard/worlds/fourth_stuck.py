"""A fourth set of stuck runs, again of other trades.

Written whole after the third set had shown its faults, and before the guard was tried on any of it.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.fourth_good import CITIES, VERBS
from tests.admit.toolguard.worlds.third_good import NAMES, WORDS, Call, Maker, each, token
from tests.admit.toolguard.worlds.third_stuck import N, stuck


def tactic_again(rng: random.Random) -> AgentRun:
    tactics = ["simp", "ring", "linarith", "norm_num", "omega", "nlinarith", "field_simp"]
    goal = f"unsolved goals\n⊢ {rng.choice(WORDS)} ≤ {rng.choice(WORDS)} * 2"
    calls: list[Call] = [("apply_tactic", {"tactic": rng.choice(tactics)}, f"error: tactic failed, {goal}") for _ in range(N)]  # fmt: skip
    return stuck("seven tactics over and over", "Prove the lemma.", each(calls, rng), rng, 7)


def light_that_stays_on(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N // 2):
        calls.append(("set_device", {"device": "light.hall", "state": "off"}, '{"success": true}'))
        calls.append(("get_device", {"device": "light.hall"}, json.dumps({"state": "on", "seen": f"2026-05-14T10:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z"})))  # fmt: skip
    return stuck("switched off, still on", "Turn the hall light off.", each(calls, rng), rng, 2)


def same_ticket(rng: random.Random) -> AgentRun:
    number, calls = f"SUP-{rng.randrange(1000, 9999)}", []
    for _ in range(N // 2):
        calls.append(("get_next_ticket", {"queue": "new"}, json.dumps({"id": number, "title": "Cannot log in", "from": "Osei", "fetched_at": f"2026-05-14T10:{rng.randrange(60):02d}:00Z"})))  # fmt: skip
        calls.append(("comment_ticket", {"id": number, "text": rng.choice(["Looking into it.", "We are looking into this.", "Investigating this now.", "I am on it."])}, "Comment added."))  # fmt: skip
    return stuck("one ticket, never moved on", "Work through the new tickets.", each(calls, rng), rng, 2)


def city_guessed(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        q = f"{rng.choice(['cheap', 'affordable', 'low-cost', 'budget'])} {rng.choice(['flights', 'airfare', 'tickets', 'flight deals'])} {rng.choice(['to', 'for', 'towards'])} the island {rng.choice(['in June', 'early June', 'June 2026', 'this June'])}"  # fmt: skip
        calls.append(("find_offers", {"wish": q}, "There are currently no offers that match your wishes. Please try other dates."))  # fmt: skip
    return stuck("offers that do not exist", "Find a cheap flight to the island in June.", each(calls, rng), rng, 2)


def import_circle(rng: random.Random) -> AgentRun:
    a, b = rng.sample(WORDS, 2)
    errors = [f"ImportError: cannot import name '{a}' from partially initialized module '{b}'", f"ImportError: cannot import name '{b}' from partially initialized module '{a}'"]  # fmt: skip
    calls: list[Call] = []
    for i in range(N // 3):
        calls.append(("edit_file", {"path": f"{(a, b)[i % 2]}.py", "old": f"import {(b, a)[i % 2]}", "new": f"from . import {(b, a)[i % 2]}  # {rng.choice(VERBS)}"}, "edited"))  # fmt: skip
        calls.append(("run_app", {}, errors[i % 2]))
        calls.append(("read_file", {"path": f"{(a, b)[i % 2]}.py"}, "\n".join([f"def {v}(x): return x" for v in VERBS[:6]])))  # fmt: skip
    return stuck("an import moved to and fro", "Make the app start.", each(calls, rng), rng, 3)


def empty_transcript(rng: random.Random) -> AgentRun:
    calls: list[Call] = [("transcribe", {"file": "board.mp3", "language": rng.choice(["en", "de", "fr", "auto"]), "model": rng.choice(["small", "large", "turbo"])}, '{"text": "", "segments": []}') for _ in range(N)]  # fmt: skip
    return stuck("a recording without sound", "Transcribe the board meeting.", each(calls, rng), rng, 3)


def captcha(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        calls.append(("open_url", {"url": f"https://shop.example/{rng.choice(WORDS)}-{rng.randrange(99)}"}, f"Just a moment... Checking that you are not a robot. Please enable JavaScript and cookies to continue. Ray {token(rng, 16)}"))  # fmt: skip
    return stuck("every page asks for a person", "Compare the prices of the lamps.", each(calls, rng), rng)


def playlist_again(rng: random.Random) -> AgentRun:
    songs = [f"{w.title()} Song" for w in rng.sample(WORDS, 4)]
    calls: list[Call] = [("add_track", {"playlist": "Party", "title": rng.choice(songs)}, "The track is in the playlist already.") for _ in range(N)]  # fmt: skip
    return stuck("four songs added again", "Add the songs to the playlist.", each(calls, rng), rng, 4)


def apology(rng: random.Random) -> AgentRun:
    said = ("I apologize for the confusion. Let me try that again.", "Sorry about that, let me correct this.", "My apologies, I will fix it right away.", "I am sorry for the mistake. Let me redo it.", "Apologies, trying once more.")  # fmt: skip
    turns = [Turn(says=rng.choice(said)) for _ in range(N)]
    return stuck("apologies, nothing done", "Book the table.", turns, rng, 5)


def quota(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        calls.append(("create_vm", {"name": f"worker-{rng.randrange(99)}", "zone": rng.choice(["a", "b", "c"]), "size": rng.choice(["small", "medium", "large"])}, "Error: QUOTA_EXCEEDED: the limit of 0 CPUs in this project was reached."))  # fmt: skip
    return stuck("no quota for any machine", "Start a worker.", each(calls, rng), rng, 3)


def schema_guess(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        body = {rng.choice(["name", "title", "label"]): rng.choice(WORDS), rng.choice(["owner", "user", "author"]): rng.choice(NAMES)}  # fmt: skip
        calls.append(("create_board", {"payload": body}, '{"error": "validation failed: field workspace_id is required"}'))  # fmt: skip
    return stuck("a field never given", "Create a board for the team.", each(calls, rng), rng, 2)


def two_views(rng: random.Random) -> AgentRun:
    tabs = {t: "\n".join(f"{w}: {rng.randrange(999)}" for w in rng.sample(WORDS, 7)) for t in ("Overview", "Details", "History")}  # fmt: skip
    calls: list[Call] = [("open_tab", {"tab": t}, tabs[t]) for t in (rng.choice(list(tabs)) for _ in range(N))]
    return stuck("three tabs, opened again", "Which supplier is late?", each(calls, rng), rng, 3)


def helper_fails(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(N):
        task = f"{rng.choice(['Please', 'Kindly', 'Now', 'Again:'])} {rng.choice(['check', 'verify', 'look up', 'confirm'])} the {rng.choice(['opening hours', 'hours of opening', 'business hours'])} in {CITIES[0]}"  # fmt: skip
        calls.append(("ask_helper", {"task": task}, rng.choice(["I was not able to complete this task.", "I could not complete the task.", "The task could not be completed."])))  # fmt: skip
    return stuck("a helper that cannot", "When does the shop open?", each(calls, rng), rng, 3)


def rounding(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    values = ["12.49", "12.5", "12.50"]
    for i in range(N // 2):
        calls.append(("set_price", {"sku": "L-7", "price": values[i % 3]}, "saved"))
        calls.append(("validate_price", {"sku": "L-7"}, "invalid: the price must be a multiple of 0.99"))
    return stuck("three prices, all invalid", "Set a price that the shop accepts.", each(calls, rng), rng, 6)


FOURTH_STUCK: tuple[Maker, ...] = (
    tactic_again, light_that_stays_on, same_ticket, city_guessed, import_circle, empty_transcript, captcha, playlist_again,
    apology, quota, schema_guess, two_views, helper_fails, rounding,
)  # fmt: skip
