"""Runs that get nowhere, in the ways agents get stuck.  `onset` is the first turn that brings nothing new."""

import random
from collections.abc import Callable

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.vocabulary import Domain, text

Step = tuple[str, dict[str, object], str]


def fresh(d: Domain, rng: random.Random) -> Step:
    """A step that brings something new."""
    tool, arg = rng.choice([d.search, d.read, *d.others])
    return tool, {arg: text(rng, 2)}, text(rng, rng.randrange(12, 40))


def start(d: Domain, rng: random.Random, low: int = 0, high: int = 7) -> list[Step]:
    return [fresh(d, rng) for _ in range(rng.randrange(low, high))]


def run(
    kind: str, d: Domain, before: list[Step], loop: list[Step], new: int, period: int = 1, task: str = ""
) -> AgentRun:
    """`new` of the loop's steps are new, then the stuck part begins."""
    turns = tuple(Turn(calls=(s,)) for s in [*before, *loop])
    return AgentRun(kind=kind, task=task or d.task, turns=turns, onset=len(before) + new, period=period)


def stamp(rng: random.Random) -> str:
    return f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z"


def jitter(rng: random.Random, step: Step) -> Step:
    """The step as the world repeats it: key order, ids and times in the answer."""
    tool, arguments, result = step
    items = list(arguments.items())
    rng.shuffle(items)
    how = rng.randrange(4)
    if how == 1:
        result = f"[{stamp(rng)}] {result}"
    elif how == 2:
        result = f"{result} (took {rng.randrange(2, 900)} ms)"
    elif how == 3:
        result = f"{result}\nrequest_id: {rng.getrandbits(64):016x}"
    return tool, dict(items), result


def exact(d: Domain, rng: random.Random) -> AgentRun:
    step = fresh(d, rng)
    return run("exact repeat", d, start(d, rng), [step] * rng.randrange(5, 14), 1)


def jittered(d: Domain, rng: random.Random) -> AgentRun:
    step = fresh(d, rng)
    return run(
        "repeat with changing times and ids",
        d,
        start(d, rng),
        [jitter(rng, step) for _ in range(rng.randrange(5, 14))],
        1,
    )


def alternating(d: Domain, rng: random.Random) -> AgentRun:
    pair = [fresh(d, rng), fresh(d, rng)]
    return run("alternating pair", d, start(d, rng), pair * rng.randrange(4, 9), 2, 2)


def documents(d: Domain, rng: random.Random, order: bool = True) -> str:
    facts = list(d.facts[:3])
    if order:
        rng.shuffle(facts)
    form = rng.randrange(3)
    if form == 0:
        return "\n".join(f"{i + 1}. {f}" for i, f in enumerate(facts))
    if form == 1:
        import json

        return json.dumps({"results": [{"text": f} for f in facts], "took_ms": rng.randrange(3, 200)})
    return "\n\n".join(facts)


def rephrased(d: Domain, rng: random.Random) -> AgentRun:
    """One question in other words, the same documents each time."""
    tool, arg = d.search
    same = documents(d, rng)
    loop = [(tool, {arg: q}, same) for q in rng.sample(d.queries, len(d.queries))]
    loop += [(tool, {arg: q}, same) for q in rng.sample(d.queries, rng.randrange(1, len(d.queries)))]
    return run("one question in other words, same documents", d, start(d, rng), loop, 1)


def rephrased_reordered(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.search
    loop = [(tool, {arg: q}, documents(d, rng)) for q in [*rng.sample(d.queries, 6), *rng.sample(d.queries, 4)]]
    return run("one question in other words, documents in other order", d, start(d, rng), loop, 1)


def tuned(d: Domain, rng: random.Random) -> AgentRun:
    """Only a size or a limit changes; the answer stays."""
    tool, arg = d.search
    key = rng.choice(["limit", "top_k", "max_results", "timeout", "page_size", "num_results"])
    same = documents(d, rng, order=False)
    loop = [(tool, {arg: d.queries[0], key: 5 + 5 * i}, same) for i in range(rng.randrange(7, 12))]
    return run("only a limit changes, same documents", d, start(d, rng), loop, 1)


def nothing_found(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.search
    none = rng.choice(
        ["No results found.", "[]", '{"results": []}', "0 results", '{"hits": [], "total": 0}', "No matches."]
    )
    queries = [*rng.sample(d.queries, 6), *rng.sample(d.queries, 6)]
    return run(
        "one question in other words, nothing found", d, start(d, rng), [(tool, {arg: q}, none) for q in queries], 1
    )


def same_error(d: Domain, rng: random.Random) -> AgentRun:
    """The same error for arguments that differ in form only."""
    tool, target, content = d.write
    base = text(rng, 8)
    variants = [
        base,
        base + ".",
        base.capitalize(),
        f'"{base}"',
        base + "\n",
        " " + base,
        base + "!",
        base.upper(),
        f"{base} ",
        f"- {base}",
    ]
    loop = [(tool, {target: d.things[0], content: v}, error(d, rng)) for v in variants[: rng.randrange(7, 11)]]
    return run("same error, cosmetic changes", d, start(d, rng), loop, 1)


def error(d: Domain, rng: random.Random) -> str:
    return rng.choice(
        [d.failure, f"{d.failure} (request {rng.randrange(1000, 9999)})", f"[{stamp(rng)}] {d.failure}", d.failure]
    )


def edit_and_fail(d: Domain, rng: random.Random) -> AgentRun:
    """Edits that change nothing that matters, and the same failing check after each."""
    tool, target, content = d.write
    base = text(rng, 14)
    loop: list[Step] = []
    for i in range(rng.randrange(7, 11)):
        loop.append((tool, {target: d.things[0], content: f"{base} # try {i + 1}"}, d.written))
        loop.append(("run_check", {"target": d.things[0]}, f"1 failed in {rng.random():.2f}s\n{d.failure}"))
    return run("cosmetic edits, same failure", d, start(d, rng), loop, 2, 2)


BARE = ("Rejected.", "Not good enough.", "No.", "This is not acceptable, please try again.", "FAIL", "REJECT", "Needs improvement.",
        "Still not right.", "I am not satisfied with this.", "Not approved. Revise.", "Doesn't meet the bar.", "Try again.", "Denied.",
        "Please redo this.", "This does not pass.", "Insufficient.", "Verdict: rejected", "Not there yet.", "Unacceptable.")  # fmt: skip


def draft(d: Domain, rng: random.Random, n: int) -> str:
    return f"Version {n}: {rng.choice(d.facts)} {text(rng, rng.randrange(8, 20))}"


def ping_pong(d: Domain, rng: random.Random) -> AgentRun:
    words = [rng.choice(BARE)] * 9 if rng.random() < 0.4 else rng.sample(BARE, 9)
    turns = [Turn(says=draft(d, rng, i), reply=w) for i, w in enumerate(words[: rng.randrange(5, 10)])]
    before = [Turn(calls=(s,)) for s in start(d, rng, 0, 4)]
    return AgentRun("verifier rejects without a criterion", d.task, (*before, *turns), onset=len(before) + 1, period=1)


def ping_pong_tool(d: Domain, rng: random.Random) -> AgentRun:
    tool = rng.choice(
        ["submit_for_review", "verify_answer", "critic", "ask_verifier", "review_draft", "validate_result"]
    )
    as_json = rng.random() < 0.5
    loop = []
    for i in range(rng.randrange(5, 10)):
        word = rng.choice(BARE)
        result = (
            rng.choice(
                [
                    '{"approved": false}',
                    '{"verdict": "fail"}',
                    '{"status": "rejected"}',
                    '{"passed": false, "reason": ""}',
                ]
            )
            if as_json
            else word
        )
        loop.append((tool, {"draft": draft(d, rng, i)}, result))
    return run("review tool rejects without a criterion", d, start(d, rng), loop, 1)


def ping_pong_named(d: Domain, rng: random.Random) -> AgentRun:
    turns: list[Turn] = []
    for i in range(rng.randrange(5, 9)):
        turns.append(Turn(says=draft(d, rng, i), speaker="analyzer"))
        turns.append(Turn(says=rng.choice(BARE), speaker="verifier"))
    return AgentRun("two named agents, bare rejections", d.task, tuple(turns), onset=2, period=2)


def same_objection(d: Domain, rng: random.Random) -> AgentRun:
    """A verifier with a reason, always the same one, and no attempt meets it."""
    reason = f"Rejected: {d.facts[1]} is not covered by the answer."
    turns = [Turn(says=draft(d, rng, i), reply=reason) for i in range(rng.randrange(8, 12))]
    return AgentRun("verifier repeats one objection", d.task, tuple(turns), onset=1, period=1)


def chant(d: Domain, rng: random.Random) -> AgentRun:
    """One message that repeats itself for ever."""
    unit = rng.choice(
        ["I will now check the result again. ", f"{d.facts[0]} ", "Let me verify. Let me think. ", "the the ", "Wait, "]
    )
    turns = [Turn(calls=(s,)) for s in start(d, rng, 1, 4)]
    turns.append(Turn(says=text(rng, 10) + ". " + unit * rng.randrange(40, 90)))
    return AgentRun("one message chants", d.task, tuple(turns), onset=len(turns) - 1, period=1)


def growing(d: Domain, rng: random.Random) -> AgentRun:
    """Each message is the last one with the same words once more."""
    unit = rng.choice(
        ["I am still working on it. ", f"As said, {d.facts[0].lower()} ", "Let me continue with the analysis. "]
    )
    reply = rng.choice([None, "continue", "Go on.", "ok"])
    turns = [Turn(says=f"{d.facts[1]} " + unit * (i + 1), reply=reply) for i in range(rng.randrange(9, 14))]
    return AgentRun("growing chant", d.task, tuple(turns), onset=1, period=1)


def cycle(d: Domain, rng: random.Random) -> AgentRun:
    period = rng.randrange(5, 13)
    word = [fresh(d, rng) for _ in range(period)]
    return run("cycle of 5 to 12", d, start(d, rng), word * rng.randrange(3, 5), period, period)


def near_cycle(d: Domain, rng: random.Random) -> AgentRun:
    """A cycle whose steps change a little each time: a word of a query, spacing, times."""
    period = rng.randrange(3, 13)
    word = [fresh(d, rng) for _ in range(period)]
    queries = {i: text(rng, 5) for i in range(period)}
    loop: list[Step] = []
    for copy in range(rng.randrange(4, 6)):
        for i, (tool, arguments, result) in enumerate(word):
            key = next(iter(arguments))
            words = queries[i].split()
            if copy and rng.random() < 0.6:
                rng.shuffle(words)
                if rng.random() < 0.5:
                    words.append(rng.choice(["please", "now", "again", "details", "info"]))
            loop.append(jitter(rng, (tool, {key: " ".join(words)}, result)))
    return run("near cycle", d, start(d, rng), loop, period, period)


def reread(d: Domain, rng: random.Random) -> AgentRun:
    """The same few things read again and again in no order, with no change between."""
    tool, arg = d.read
    content = dict(zip(d.things, rng.sample(d.facts, 5), strict=True))
    things = rng.sample(d.things, rng.randrange(2, 5))
    order = [*things, *(rng.choice(things) for _ in range(rng.randrange(12, 22)))]
    return run(
        "re-reading the same things",
        d,
        start(d, rng),
        [(tool, {arg: t}, content[t]) for t in order],
        len(things),
        len(things),
    )


def reread_ranges(d: Domain, rng: random.Random) -> AgentRun:
    """One file in overlapping windows, again and again."""
    tool, arg = d.read
    lines = [f"{i + 1}: {text(rng, 6)}" for i in range(60)]
    loop: list[Step] = []
    for _ in range(rng.randrange(16, 22)):
        a = rng.randrange(0, 30)
        b = a + rng.randrange(20, 30)
        loop.append((tool, {arg: d.things[0], "start": a + 1, "end": b}, "\n".join(lines[a:b])))
    return run("re-reading one file in overlapping windows", d, start(d, rng), loop, 5, 1)


def hand_off(d: Domain, rng: random.Random) -> AgentRun:
    """Two agents hand the case to each other, with new words each time."""
    a, b = rng.sample(["billing", "research", "planner", "coder", "triage", "writer"], 2)
    loop = [
        (f"transfer_to_{x}", {"reason": text(rng, rng.randrange(5, 12))}, f"Transferred to {x}.")
        for x in [a, b] * rng.randrange(5, 9)
    ]
    return run("hand-off ping-pong", d, start(d, rng), loop, 2, 2)


def replanning(d: Domain, rng: random.Random) -> AgentRun:
    """The plan is written again in other words; nothing is done."""
    items = ["gather the facts", "compare the options", "write the summary", "check the numbers", "answer"]
    loop: list[Step] = []
    for _ in range(rng.randrange(8, 13)):
        shuffled = rng.sample(items, len(items))
        plan = "\n".join(f"{rng.choice(['-', '*', '1.'])} {x}" for x in shuffled)
        loop.append((("update_plan"), {"plan": plan}, "Plan updated."))
    return run("the plan is written again and again", d, start(d, rng), loop, 1)


def finished_status(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.status
    state = rng.choice(["completed", "failed", "succeeded", "cancelled"])
    result = f'{{"id": "x9", "status": "{state}"}}'
    return run(
        "asking a finished job for its status",
        d,
        start(d, rng),
        [(tool, {arg: "x9"}, result)] * rng.randrange(6, 12),
        1,
    )


def dead_address(d: Domain, rng: random.Random) -> AgentRun:
    error = rng.choice(["HTTP 503 Service Unavailable", "502 Bad Gateway", "Connection refused", "504 Gateway Timeout"])
    return run(
        "a dead address, never given up",
        d,
        start(d, rng),
        [("http_get", {"url": "https://x.example/api"}, error)] * rng.randrange(18, 30),
        1,
    )


def denied(d: Domain, rng: random.Random) -> AgentRun:
    tool, target, content = d.write
    message = rng.choice(
        ["Permission denied", "403 Forbidden: missing scope", "401 Unauthorized", "Access denied for this resource"]
    )
    loop = [
        (tool, {target: d.things[0], content: text(rng, 6), "force": i % 2 == 0}, message)
        for i in range(rng.randrange(9, 13))
    ]
    return run("a permission that is not there", d, start(d, rng), loop, 1)


def oscillation(d: Domain, rng: random.Random) -> AgentRun:
    tool, target, content = d.write
    one, two = text(rng, 5), text(rng, 5)
    loop = [(tool, {target: d.things[1], content: v}, d.written) for v in [one, two] * rng.randrange(4, 8)]
    return run("a change made and taken back", d, start(d, rng), loop, 2, 2)


def page_stuck(d: Domain, rng: random.Random) -> AgentRun:
    """The pages never advance: every one is the first."""
    tool, arg = d.pages
    same = documents(d, rng, order=False)
    return run(
        "pages that never advance",
        d,
        start(d, rng),
        [(tool, {arg: i + 1}, same) for i in range(rng.randrange(8, 14))],
        1,
    )


def thinking(d: Domain, rng: random.Random) -> AgentRun:
    thoughts = [f"I should {a} the {b} before I {c}." for a, b, c in
                [("check", "answer", "reply"), ("check", "answer once more", "reply"), ("check again", "answer", "reply"),
                 ("double check", "answer", "reply"), ("check", "answer", "finally reply"), ("recheck", "answer", "reply"),
                 ("check", "whole answer", "reply"), ("check", "answer", "reply now"), ("carefully check", "answer", "reply"),
                 ("check", "answer", "reply at last")]]  # fmt: skip
    return run(
        "thinking in circles",
        d,
        start(d, rng),
        [("think", {"thought": t}, rng.choice(["", "Thought logged.", "ok"])) for t in thoughts],
        1,
    )


STUCK: tuple[Callable[[Domain, random.Random], AgentRun], ...] = (
    exact, jittered, alternating, rephrased, rephrased_reordered, tuned, nothing_found, same_error, edit_and_fail, ping_pong,
    ping_pong_tool, ping_pong_named, same_objection, chant, growing, cycle, near_cycle, reread, reread_ranges, hand_off, replanning,
    finished_status, dead_address, denied, oscillation, page_stuck, thinking,
)  # fmt: skip
