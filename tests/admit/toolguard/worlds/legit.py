"""Runs that repeat themselves for good reason: none of them may be ended."""

import json
import random
from collections.abc import Callable

from tests.admit.toolguard.worlds.forms import AgentRun, Turn
from tests.admit.toolguard.worlds.stuck import Step, documents, fresh, stamp, start
from tests.admit.toolguard.worlds.vocabulary import Domain, text


def run(kind: str, d: Domain, rng: random.Random, body: list[Step], task: str = "") -> AgentRun:
    steps = [*start(d, rng, 0, 5), *body, *start(d, rng, 0, 3)]
    turns = [Turn(calls=(s,)) for s in steps]
    turns.append(Turn(says=f"Done. {text(rng, 12)}"))
    return AgentRun(kind=kind, task=task or d.task, turns=tuple(turns))


def waiting(d: Domain, rng: random.Random, polls: list[Step]) -> list[Step]:
    """Polls, sometimes with a pause between."""
    if rng.random() < 0.5:
        return polls
    tool, arg = rng.choice([("sleep", "seconds"), ("wait", "seconds"), ("pause", "duration_s")])
    pause = (
        tool,
        {arg: rng.choice([5, 10, 30, 60])},
        rng.choice(["ok", "Waited.", "done", "", "Resumed after 30 seconds"]),
    )
    return [s for p in polls for s in (p, pause)][:-1]


def poll_changing(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.status
    n = rng.randrange(4, 25)
    how = rng.randrange(3)
    bodies = [
        [f'{{"status": "running", "progress": {i * 100 // n}}}' for i in range(n)],
        [f"{i} of {n} parts finished" for i in range(n)],
        [f"Stage {i}/{n}: {text(rng, 2)}" for i in range(n)],
    ][how]
    polls = [(tool, {arg: "j7"}, b) for b in bodies]
    return run(
        "poll, changing status", d, rng, [*waiting(d, rng, polls), (tool, {arg: "j7"}, '{"status": "completed"}')]
    )


PENDING = ('{"status": "pending"}', '{"status": "in_progress"}', "Still processing, please check back later.", '{"state": "QUEUED", "position": null}',
           "Job is still running.", '{"status": "PROCESSING"}', "Build in progress", "not ready yet", '{"ready": false}', '{"done": false}',
           "Status: pending approval", '{"phase": "Provisioning"}', "ContainerCreating", "CREATE_IN_PROGRESS", "Waiting for deployment to finish...",
           '{"state": "building"}', "Deploying…", "The export has not finished.", '{"completed": false, "error": null}', "Initializing", "warming up",
           '{"job": {"id": "j7", "state": "RUNNING"}}', "status=IN_PROGRESS eta=unknown", "1 old replicas are pending termination",
           "Awaiting manual approval", "The task is being processed.", '{"status":"accepted"}', "Indexing is ongoing", '{"lifecycle_state": "UPDATING"}',
           "Transcoding", '{"result": null, "status": "started"}', "Upload in progress (large file)", "submitted, not yet started")  # fmt: skip


def poll_pending(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.status
    body = rng.choice(PENDING)
    polls = [(tool, {arg: "j7"}, body)] * rng.randrange(4, 25)
    return run("poll, status stays pending", d, rng, [*waiting(d, rng, polls), (tool, {arg: "j7"}, '{"status": "completed"}')],
               rng.choice(["", "Start the job and wait until it is done."]))  # fmt: skip


def poll_several(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.status
    jobs = ["j1", "j2", "j3"][: rng.randrange(2, 4)]
    body = rng.choice(PENDING)
    polls = [(tool, {arg: j}, body) for _ in range(rng.randrange(4, 10)) for j in jobs]
    return run(
        "poll, several jobs pending", d, rng, [*polls, *[(tool, {arg: j}, '{"status": "completed"}') for j in jobs]]
    )


def poll_shell(d: Domain, rng: random.Random) -> AgentRun:
    command = rng.choice(
        [
            "sleep 30 && kubectl get pods -l app=x",
            "sleep 20; curl -s localhost:8080/ready",
            "docker ps --filter name=db",
            "gh run view 41",
        ]
    )
    body = rng.choice(
        [
            "x-7d9  0/1  ContainerCreating  0",
            "x-7d9  0/1  Pending  0",
            '{"ready":false,"reason":"starting"}',
            "db  Up (health: starting)",
            "in_progress  build",
        ]
    )
    return run(
        "poll in a shell",
        d,
        rng,
        [("bash", {"command": command}, body)] * rng.randrange(4, 14)
        + [("bash", {"command": command}, "x-7d9 1/1 Running 0")],
    )


def pages(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.pages
    opaque = rng.random() < 0.4
    body = [(tool, {arg: f"{rng.getrandbits(60):x}" if opaque else i, "limit": 20}, "\n".join(f"{i * 20 + j}: {text(rng, 3)}" for j in range(rng.randrange(3, 15))))
            for i in range(rng.randrange(4, 30))]  # fmt: skip
    return run("pagination", d, rng, body)


def batch(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg, ack = d.batch
    body = [
        (tool, {arg: d.id_form.format(rng.randrange(100, 999) * 100 + i)}, ack) for i in range(rng.randrange(5, 40))
    ]
    return run("batch over ids, short acknowledgement", d, rng, body)


def batch_long_ack(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg, _ = d.batch
    ack = f"The operation was accepted and applied. {text(rng, 14)}"
    body = [(tool, {arg: d.id_form.format(1000 + i)}, ack) for i in range(rng.randrange(5, 40))]
    return run("batch over ids, long acknowledgement", d, rng, body)


def batch_named(d: Domain, rng: random.Random) -> AgentRun:
    names = [
        "Paris",
        "London",
        "Madrid",
        "Rome",
        "Vienna",
        "Oslo",
        "Bern",
        "Prague",
        "Dublin",
        "Athens",
        "Lisbon",
        "Warsaw",
    ]
    same = f"No special requirements apply. {text(rng, 10)}"
    body = [("requirements", {"city": n}, same) for n in rng.sample(names, rng.randrange(5, 12))]
    return run("batch over names, the same answer", d, rng, body)


def batch_failing(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg, ack = d.batch
    n = rng.randrange(8, 25)
    body = [
        (tool, {arg: d.id_form.format(500 + i)}, "Error: not found" if rng.random() < 0.6 else ack) for i in range(n)
    ]
    return run("batch over ids, many missing", d, rng, body)


def messages_out(d: Domain, rng: random.Random) -> AgentRun:
    note = text(rng, 12)
    body = [("send_message", {"to": f"user{i}@example.com", "body": note}, "sent") for i in range(rng.randrange(4, 20))]
    return run("one message to many", d, rng, body)


def retry(d: Domain, rng: random.Random) -> AgentRun:
    error = rng.choice(["HTTP 429 Too Many Requests", "503 Service Unavailable", "error: connection timed out", '{"error": "rate_limit_exceeded", "retry_after": 20}',
                        "502 Bad Gateway", "Request failed with status code 500", "ETIMEDOUT", "The model is overloaded, try again shortly",
                        "429: quota exceeded for this minute", "Read timed out."])  # fmt: skip
    call = (d.search[0], {d.search[1]: d.queries[0]})
    body: list[Step] = []
    pause = rng.random() < 0.6
    for i in range(rng.randrange(2, 8)):
        body.append((*call, error))
        if pause:
            body.append(("sleep", {"seconds": 2**i}, rng.choice(["ok", "", f"slept {2**i} s"])))
    return run("retry after 429 or 5xx", d, rng, [*body, (*call, documents(d, rng))])


def test_edit(d: Domain, rng: random.Random) -> AgentRun:
    tool, target, content = d.write
    body: list[Step] = []
    failing = rng.randrange(4, 12)
    while failing >= 0:
        body.append((tool, {target: rng.choice(d.things), content: text(rng, 12)}, d.written))
        body.append(
            (
                "run_check",
                {"target": "all"},
                "all passed" if failing == 0 else f"{failing} failed, {20 - failing} passed\n{text(rng, 5)}",
            )
        )
        failing -= rng.choice([0, 1, 1, 2]) if failing > 0 else 1
    return run("test, edit, test with progress", d, rng, body)


def monitoring(d: Domain, rng: random.Random) -> AgentRun:
    task = rng.choice(["Monitor the service for the next half hour and report anything unusual.", "Keep an eye on the metrics every minute until the release is out.",
                       "Watch the queue and tell me when it grows.", "Check the health of the service every 5 minutes for an hour."])  # fmt: skip
    how = rng.randrange(3)
    n = rng.randrange(6, 25)
    if how == 0:
        body = [
            (
                "get_metrics",
                {"service": "checkout"},
                f'{{"cpu": {rng.randrange(20, 60)}, "errors": {rng.randrange(3)}}}',
            )
            for _ in range(n)
        ]
    elif how == 1:
        body = [("check_health", {"service": "checkout"}, '{"status": "healthy"}') for _ in range(n)]
    else:
        body = [
            ("get_health", {"service": "checkout"}, f'{{"time": "{stamp(rng)}", "status": "ok", "queue": 0}}')
            for _ in range(n)
        ]
    return run("monitoring", d, rng, waiting(d, rng, body), task)


def refactor(d: Domain, rng: random.Random) -> AgentRun:
    tool, target, content = d.write
    body: list[Step] = []
    for i in range(rng.randrange(20, 60)):
        path = f"src/module_{i}.py"
        if rng.random() < 0.5:
            body.append((d.read[0], {d.read[1]: path}, text(rng, 30)))
        body.append((tool, {target: path, content: text(rng, 10)}, d.written))
        if rng.random() < 0.3:
            body.append(("run_check", {"target": "all"}, "42 passed"))
        if rng.random() < 0.2:
            body.append(("git_status", {}, "working tree has changes"))
    return run("long refactor", d, rng, body)


def same_edit_everywhere(d: Domain, rng: random.Random) -> AgentRun:
    """One change in many files: the same new text, other targets."""
    tool, target, content = d.write
    change = text(rng, 10)
    body = [(tool, {target: f"src/module_{i}.py", content: change}, d.written) for i in range(rng.randrange(6, 30))]
    return run("the same change in many places", d, rng, body)


def reread_after_edit(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.read
    write, target, content = d.write
    body: list[Step] = []
    lines = [text(rng, 8) for _ in range(10)]
    for _ in range(rng.randrange(4, 12)):
        body.append((tool, {arg: d.things[0]}, "\n".join(lines)))
        lines[rng.randrange(10)] = new = text(rng, 8)
        body.append((write, {target: d.things[0], content: new}, d.written))
    return run("re-reading after edits", d, rng, body)


def reread_unchanged(d: Domain, rng: random.Random) -> AgentRun:
    """A reference is looked up again between pieces of work."""
    tool, arg = d.read
    write, target, content = d.write
    body: list[Step] = []
    for i in range(rng.randrange(4, 12)):
        body.append((tool, {arg: d.things[0]}, d.facts[0]))
        body.append((write, {target: f"part_{i}", content: text(rng, 10)}, d.written))
    return run("a reference read again between pieces of work", d, rng, body)


def research(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg = d.search
    body = [
        (tool, {arg: text(rng, 4)}, rng.choice(["No results found.", text(rng, 25), text(rng, 25)]))
        for _ in range(rng.randrange(6, 25))
    ]
    return run("research", d, rng, body)


def refining(d: Domain, rng: random.Random) -> AgentRun:
    """Near questions that bring new documents."""
    tool, arg = d.search
    body = [(tool, {arg: q}, text(rng, 30)) for q in d.queries]
    return run("near questions, new documents", d, rng, body)


def conversation(d: Domain, rng: random.Random) -> AgentRun:
    """A person goes through a list with short answers."""
    turns = [
        Turn(says=f"{text(rng, 8)}? Shall I go on?", reply=rng.choice(["yes", "ok", "next", "yes please", "continue"]))
        for _ in range(rng.randrange(5, 18))
    ]
    return AgentRun("conversation with short answers", d.task, tuple(turns))


def long_text(d: Domain, rng: random.Random) -> AgentRun:
    turns = [Turn(says=f"Chapter {i + 1}. {text(rng, 120)}", reply="continue") for i in range(rng.randrange(4, 12))]
    return AgentRun("long text in parts", d.task, tuple(turns))


def form(d: Domain, rng: random.Random) -> AgentRun:
    fields = ["first_name", "last_name", "street", "city", "zip", "country", "phone", "email", "company", "vat_id"]
    body = [("fill_field", {"selector": f"#{f}", "value": text(rng, 1)}, "ok") for f in fields]
    return run("filling a form", d, rng, body)


def scrolling(d: Domain, rng: random.Random) -> AgentRun:
    body = [("scroll", {"direction": "down"}, f"visible: {text(rng, 15)}") for _ in range(rng.randrange(4, 15))]
    return run("scrolling", d, rng, body)


def queue(d: Domain, rng: random.Random) -> AgentRun:
    tool, arg, ack = d.batch
    body: list[Step] = []
    for i in range(rng.randrange(4, 20)):
        body.append(("next_item", {}, json.dumps({"id": d.id_form.format(i + 10), "text": text(rng, 6)})))
        body.append((tool, {arg: d.id_form.format(i + 10)}, ack))
    return run("working through a queue", d, rng, body)


def sweep(d: Domain, rng: random.Random) -> AgentRun:
    body = [
        ("train", {"lr": 10 ** -rng.uniform(1, 5), "depth": i % 6 + 2}, f"accuracy {rng.uniform(0.5, 0.9):.3f}")
        for i in range(rng.randrange(5, 25))
    ]
    return run("parameter sweep", d, rng, body)


def reasoned_review(d: Domain, rng: random.Random) -> AgentRun:
    """A verifier that says what is open, and the open points shrink."""
    points = [text(rng, 4) for _ in range(rng.randrange(3, 7))]
    turns = [
        Turn(
            says=f"Version {i}: {text(rng, 25)}",
            reply=f"Rejected: {'; '.join(points[i:])} missing. Please add these to section {i + 2}.",
        )
        for i in range(len(points))
    ]
    turns.append(Turn(says=f"Version {len(points)}: {text(rng, 25)}", reply="Approved."))
    return AgentRun("review with reasons and progress", d.task, tuple(turns))


def flaky(d: Domain, rng: random.Random) -> AgentRun:
    """The same error some times for changes that matter, then it works."""
    tool, target, content = d.write
    body = [(tool, {target: d.things[0], content: text(rng, 12)}, d.failure) for _ in range(rng.randrange(2, 4))]
    body.append((tool, {target: d.things[0], content: text(rng, 12)}, d.written))
    return run("an error, then it works", d, rng, body)


def asked_again(d: Domain, rng: random.Random) -> AgentRun:
    """A person asks for the same thing again."""
    tool, arg = d.status
    turns = [
        Turn(person=f"{text(rng, 3)}: please look again", calls=((tool, {arg: "j7"}, '{"queue": 4}'),))
        for _ in range(rng.randrange(3, 9))
    ]
    return AgentRun("a person asks again", d.task, tuple(turns))


def log_tail(d: Domain, rng: random.Random) -> AgentRun:
    lines = [f"{stamp(rng)} {text(rng, 6)}" for _ in range(10)]
    body: list[Step] = []
    for _ in range(rng.randrange(4, 15)):
        lines = [*lines[rng.randrange(1, 4) :], *(f"{stamp(rng)} {text(rng, 6)}" for _ in range(rng.randrange(1, 4)))]
        body.append(("tail_log", {"path": "/var/log/app.log", "lines": 10}, "\n".join(lines)))
    return run("following a log", d, rng, body)


def reading_through(d: Domain, rng: random.Random) -> AgentRun:
    """One long file, window after window, with a small overlap."""
    tool, arg = d.read
    lines = [f"{i + 1}: {text(rng, 6)}" for i in range(400)]
    body = [
        (tool, {arg: d.things[0], "start": a + 1, "end": a + 30}, "\n".join(lines[a : a + 30]))
        for a in range(0, 25 * rng.randrange(5, 14), 25)
    ]
    return run("reading a long file in windows", d, rng, body)


def tests_each_module(d: Domain, rng: random.Random) -> AgentRun:
    body = [
        (
            "bash",
            {"command": f"pytest tests/test_module_{i}.py -q"},
            f"{rng.randrange(3, 6)} passed in {rng.random():.2f}s",
        )
        for i in range(rng.randrange(6, 25))
    ]
    return run("the tests of each module", d, rng, body)


def plan_progress(d: Domain, rng: random.Random) -> AgentRun:
    items = [text(rng, 3) for _ in range(rng.randrange(4, 9))]
    body: list[Step] = []
    for i in range(len(items)):
        body.append(
            (
                "update_plan",
                {"plan": [{"step": x, "status": "done" if j <= i else "open"} for j, x in enumerate(items)]},
                "Plan updated.",
            )
        )
        body.append(fresh(d, rng))
    return run("a plan whose items get done", d, rng, body)


LEGIT: tuple[Callable[[Domain, random.Random], AgentRun], ...] = (
    poll_changing, poll_pending, poll_several, poll_shell, pages, batch, batch_long_ack, batch_named, batch_failing, messages_out, retry,
    test_edit, monitoring, refactor, same_edit_everywhere, reread_after_edit, reread_unchanged, research, refining, conversation,
    long_text, form, scrolling, queue, sweep, reasoned_review, flaky, asked_again, log_tail, reading_through, tests_each_module, plan_progress,
)  # fmt: skip
