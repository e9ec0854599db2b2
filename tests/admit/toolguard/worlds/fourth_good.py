"""A fourth set of good runs, again of other trades: debuggers, provers, homes, archives, tickets, maps, mailings.

Written whole after the third set had shown its faults, and before the guard was tried on any of it.
"""

import json
import random

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.third_good import NAMES, WORDS, Call, Maker, each, run, token

CITIES = ("Aarhus", "Bilbao", "Cork", "Dresden", "Espoo", "Faro", "Ghent", "Huesca", "Izmir", "Jena", "Krakow", "Lille", "Malmo", "Nantes", "Odense")  # fmt: skip
VERBS = ("parse", "merge", "fetch", "encode", "rank", "split", "score", "render", "resolve", "commit")


def debugger(rng: random.Random) -> AgentRun:
    line, calls = rng.randrange(30, 200), []
    for _ in range(rng.randrange(12, 50)):
        step = rng.choice(["next", "next", "next", "step", "print total"])
        line += 1
        if step == "print total":
            calls.append(("gdb", {"command": step}, f"${len(calls)} = {rng.randrange(9000)}"))
        else:
            calls.append(("gdb", {"command": step}, f"{line}\t    {rng.choice(WORDS)} = {rng.choice(VERBS)}({rng.choice(WORDS)});"))  # fmt: skip
    return run("stepping through a program", "Find out where the total goes wrong.", each(calls, rng), "It goes wrong in the loop.")  # fmt: skip


def breakpoint_hits(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(8, 30)):
        calls.append(("gdb", {"command": "continue"}, "Continuing.\n\nBreakpoint 1, flush (queue=0x55d1c0) at src/queue.c:88\n88\t    while (queue->head) {"))  # fmt: skip
        calls.append(("gdb", {"command": "print queue->len"}, f"${i + 1} = {rng.randrange(0, 4000)}"))
    return run("one breakpoint, hit again", "At which length does the queue overflow?", each(calls, rng), "At 3,900.")


def prover(rng: random.Random) -> AgentRun:
    goals, calls = rng.randrange(6, 16), []
    while goals > 0:
        tactic = rng.choice(["intro h", "simp", "ring", "linarith", "cases h", "exact h", "norm_num", "induction n"])
        if rng.random() < 0.4:
            calls.append(("apply_tactic", {"tactic": f"{tactic} [{rng.choice(WORDS)}]"}, f"error: tactic failed, unsolved: ⊢ {rng.choice(WORDS)} {rng.randrange(99)} ≤ {rng.choice(WORDS)}"))  # fmt: skip
        else:
            goals -= 1
            calls.append(("apply_tactic", {"tactic": tactic}, f"{goals} goals left\n⊢ {rng.choice(WORDS)} + {rng.choice(WORDS)} = {rng.choice(WORDS)} {rng.randrange(99)}"))  # fmt: skip
    return run("a proof, tactic by tactic", "Prove the lemma.", each(calls, rng), "The lemma is proved.")


def lights(rng: random.Random) -> AgentRun:
    rooms = rng.sample(WORDS, rng.randrange(8, 20))
    calls: list[Call] = [("set_device", {"device": f"light.{r}", "state": "off"}, '{"success": true}') for r in rooms]
    calls += [("get_device", {"device": f"light.{r}"}, '{"state": "off", "brightness": 0}') for r in rooms]
    return run("every light off, then looked at", "Turn all the lights off and make sure that they are.", each(calls, rng), "All are off.")  # fmt: skip


def thermostat(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    degrees = rng.uniform(16, 18)
    while degrees < 21:
        calls.append(("get_device", {"device": "climate.hall"}, json.dumps({"current": round(degrees, 1), "target": 21, "mode": "heat"})))  # fmt: skip
        degrees += rng.choice([0, 0, 0.1, 0.2, 0.4])
    return run("a room that warms up", "Heat the hall to 21 degrees and tell me when it is warm.", each(calls[:60], rng), "The hall is warm.")  # fmt: skip


def mail_merge(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for name in rng.sample(NAMES, rng.randrange(8, 14)):
        body = f"Dear {name}, thank you for your visit to our stand. Attached you find the price list and the dates of the training days. Kind regards, the events team"  # fmt: skip
        calls.append(("send_email", {"to": f"{name.lower()}@fair.example", "subject": "After the fair", "body": body}, f"Message sent (id <{token(rng, 14)}@mail>)"))  # fmt: skip
    return run("one letter to many", "Thank everybody who left a card.", each(calls, rng), "All letters are out.")


def tickets(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(6, 22)):
        number = f"SUP-{1200 + i}"
        calls.append(("get_next_ticket", {"queue": "new"}, json.dumps({"id": number, "title": f"{rng.choice(['Cannot log in', 'Printer is offline', 'Invoice is missing', 'Password forgotten'])}", "from": rng.choice(NAMES), "priority": rng.choice(["low", "high"])})))  # fmt: skip
        calls.append(("assign_ticket", {"id": number, "team": rng.choice(["it", "billing"])}, '{"ok": true}'))
    return run("tickets handed out", "Assign the new tickets to the teams.", each(calls, rng), "The queue is empty.")


def geocodes(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(12, 40)):
        address = f"{rng.choice(WORDS).title()}street {rng.randrange(1, 200)}, {rng.choice(CITIES)}"
        found = {"results": []} if rng.random() < 0.3 else {"results": [{"lat": round(rng.uniform(40, 60), 5), "lon": round(rng.uniform(0, 30), 5)}]}  # fmt: skip
        calls.append(("geocode", {"address": address}, json.dumps(found)))
    return run("addresses on a map", "Put the branch addresses on the map.", each(calls, rng), "Most are on the map.")


def archive(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for year in range(2001, 2001 + rng.randrange(8, 24)):
        for part in rng.sample(["a", "b", "c", "d"], 2):
            answer = rng.choice(["No objects with this prefix."] * 3 + [f"{rng.choice(WORDS)}.tar  {rng.randrange(10**6)} bytes"])  # fmt: skip
            calls.append(("list_objects", {"prefix": f"backup/{year}/{part}/"}, answer))
    return run("prefixes of an archive", "Which years of the backup are there?", each(calls, rng), "Six years are there.")  # fmt: skip


def sudoku(rng: random.Random) -> AgentRun:
    grid = [["."] * 9 for _ in range(9)]
    calls: list[Call] = []
    for _ in range(rng.randrange(15, 50)):
        r, c, d = rng.randrange(9), rng.randrange(9), str(rng.randrange(1, 10))
        if rng.random() < 0.3:
            calls.append(("place", {"row": r, "col": c, "digit": d}, "Conflict: this digit is in the row already."))
        else:
            grid[r][c] = d
            calls.append(("place", {"row": r, "col": c, "digit": d}, "\n".join("".join(x) for x in grid)))
    return run("digits in a grid", "Solve the puzzle.", each(calls, rng), "Solved.")


def notebook(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(8, 30)):
        code = rng.choice(["df = df.dropna(subset=['{0}'])", "df['{0}'] = df['{0}'].astype(float)", "df = df.rename(columns={{'{0}': '{1}'}})", "plt.savefig('{0}.png')", "model.fit(X[['{0}', '{1}']], y)"]).format(*rng.sample(WORDS, 2))  # fmt: skip
        calls.append(("run_cell", {"cell": i, "code": code}, rng.choice(["", "", "", f"({rng.randrange(900, 1000)}, {rng.randrange(9, 30)})"])))  # fmt: skip
    return run("cells that print nothing", "Clean the frame and fit the model.", each(calls, rng), "Fitted.")


def migrations(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for i in range(rng.randrange(6, 20)):
        calls.append(("migrate", {"version": f"{i:04d}_{rng.choice(WORDS)}"}, "OK"))
        calls.append(("run_sql", {"query": "SELECT count(*) FROM schema_migrations"}, f"{i + 1}"))
        calls.append(("smoke_test", {}, "12 checks, 12 ok"))
    return run("migration, count, smoke test", "Apply the migrations one by one with a smoke test after each.", each(calls, rng), "All applied.")  # fmt: skip


def transcripts(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for minute in range(0, rng.randrange(20, 90), 2):
        said = " ".join(rng.choices(WORDS + list(VERBS), k=rng.randrange(8, 25)))
        calls.append(("transcribe", {"file": "board.mp3", "from_s": minute * 60, "to_s": minute * 60 + 120}, said if rng.random() < 0.8 else "[silence]"))  # fmt: skip
    return run("a recording, piece by piece", "Transcribe the board meeting.", each(calls, rng), "The transcript is ready.")  # fmt: skip


def playlist(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(8, 25)):
        song = f"{rng.choice(WORDS).title()} {rng.choice(WORDS).title()}"
        calls.append(("search_tracks", {"query": song}, json.dumps({"tracks": [{"id": token(rng, 8), "title": song, "artist": rng.choice(NAMES)}]})))  # fmt: skip
        calls.append(("add_track", {"playlist": "Party", "title": song}, "Added to Party."))
    return run("songs for a playlist", "Make a playlist of these songs.", each(calls, rng), "The playlist is ready.")


def payments_status(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(10, 40)):
        calls.append(("get_payment", {"id": f"pay_{token(rng, 12)}"}, json.dumps({"status": "settled", "currency": "EUR", "refunded": False})))  # fmt: skip
    return run("payments that are all settled", "Check that each of these payments was settled.", each(calls, rng), "All were settled.")  # fmt: skip


def negotiated_date(rng: random.Random) -> AgentRun:
    turns = []
    for i in range(rng.randrange(6, 14)):
        day = rng.choice(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"])
        turns.append(Turn(says=f"Would {day} the {i + 3}th suit you for {rng.choice(WORDS)}?", reply=rng.choice(["No, I am away that day.", "That does not work for me.", "Sorry, no.", "Too early for me."])))  # fmt: skip
    return run("a date that is hard to find", "Find a date for the review with me.", turns, "Then let us take the 20th.")  # fmt: skip


def crawl(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    for _ in range(rng.randrange(12, 45)):
        path = f"{rng.choice(WORDS)}/{token(rng, 5)}"
        calls.append(("http_head", {"url": f"https://docs.example/{path}"}, rng.choice(["HTTP/1.1 200 OK"] * 4 + ["HTTP/1.1 301 Moved Permanently", "HTTP/1.1 404 Not Found"])))  # fmt: skip
    return run("links of a site", "Check every link of the manual.", each(calls, rng), "Five links are dead.")


def backup_restore(rng: random.Random) -> AgentRun:
    calls: list[Call] = []
    done = 0.0
    while done < 100:
        calls.append(("restore_progress", {"id": "r-1"}, f"restored {done:.0f} % of 812 GB, about {max(1, int((100 - done) / 3))} min left"))  # fmt: skip
        done += rng.choice([0, 0, 0, 1.5, 4, 9])
    return run("a restore and its progress", "Restore the backup and tell me when it is done.", each(calls[:70], rng), "It is restored.")  # fmt: skip


FOURTH_GOOD: tuple[Maker, ...] = (
    debugger, breakpoint_hits, prover, lights, thermostat, mail_merge, tickets, geocodes, archive, sudoku, notebook,
    migrations, transcripts, playlist, payments_status, negotiated_date, crawl, backup_restore,
)  # fmt: skip
