# ruff: noqa: E501  (patterns and messages read best on one line)
"""Who is served when: nobody before he comes, nobody while all servers are busy, and a stay is a wait and a service.

Of a loop over customers the film holds arrival, start and end of each turn; of what is printed, mean waits and mean stays.
"""

import math
import re

import numpy as np

from tidegate.runner.confined.known import FAULTS, Params
from tidegate.runner.confined.known_queues import NOT_WAIT, SOJOURN, WAIT
from tidegate.runner.confined.laws_answers import named
from tidegate.runner.confined.laws_known import ERRORS

ARRIVAL = (
    "arrival",
    "arrival_time",
    "arrive",
    "arrived",
    "now",
    "clock",
    "t_arrival",
    "t",
    "time",
    "a",
    "current_time",
    "arr",
)
START = ("start", "begin", "service_start", "start_service", "start_time", "begins", "service_begin", "started")
END = ("end", "finish", "departure", "depart", "done", "finish_time", "departure_time", "end_time", "completion", "leave", "finished", "service_end", "end_service")  # fmt: skip
SERVICE = ("service", "service_time", "treatment", "duration", "s", "svc", "serv", "treatment_time", "haircut", "processing", "job", "handling", "call_length", "wash", "repair")  # fmt: skip
SERVERS = ("servers", "n_servers", "num_servers", "c", "doctors", "tellers", "n_tellers", "agents", "n_agents", "clerks", "cashiers", "nurses", "barbers", "machines", "n_doctors", "counters", "k")  # fmt: skip
SINGLE = r"m/m/1|m/d/1|m/g/1|mm1|md1|mg1|single.?server|one (?:server|cashier|teller|clerk|barber|doctor)|a single (?:server|queue|teller|cashier|barber|doctor)"
OTHER = r"preempt|processor sharing|round.?robin|priorit|self.?service|infinite|m/m/inf|batch|bulk|group|tandem|two.?stage|set-?up|vacation|breakdown|\bin (?:pairs|threes)|\bpairs\b|famil"
CARE = r"(?:service|treatment|handling|processing|haircut|wash|repair|consultation)"
LEFT = r"renege|reneg|abandon|impatien|balk|block|lost|loss\b|give up|priorit|preempt|tandem|two.?stage|setup|vacation|breakdown|conditional|those who wait|given that"


def served(scenes, tell):
    """Rows on every loop over customers."""
    for scene in scenes:
        if not scene.says(r"queue|customer|patient|arriv|server|service|\bwait") or scene.says(OTHER):
            continue
        arrival, start, end, service = (scene.one(*names) for names in (ARRIVAL, START, END, SERVICE))
        if start is None or arrival is None or float(np.ptp(start)) == 0.0:
            continue
        turns = min(len(x) for x in (arrival, start, end, service) if x is not None)
        arrival, start, end, service = (x[-turns:] if x is not None else None for x in (arrival, start, end, service))
        if float(np.min(np.diff(arrival))) < 0 or not np.all(np.isfinite(start)):
            continue  # some other clock
        near = 1e-9 * (1.0 + np.abs(start))
        early = float(np.mean(start < arrival - near))
        tell(
            "nobody is served before he comes",
            early == 0.0,
            f"{early:.1%} of {len(start)} customers",
            "none",
            scene.line,
        )
        if end is None:
            continue
        if service is not None:
            off = float(np.mean(np.abs(end - start - service) > near))
            tell(
                "a service ends when its time has passed since it began",
                off == 0.0,
                f"{off:.1%} of {len(start)} customers",
                "none",
                scene.line,
            )
        servers = next((int(v) for v in (scene.number(n) for n in SERVERS) if v is not None and v >= 1), 1 if scene.says(SINGLE) else None)  # fmt: skip
        if servers is None or not np.all(start[1:] >= start[:-1] - near[1:]):
            continue
        busy = sum(
            1 for k in range(1, len(start)) if int(np.sum(end[max(0, k - 400) : k] > start[k] + near[k])) >= servers
        )
        tell(
            "nobody is served while all servers are busy",
            busy <= 0.002 * len(start),
            f"{busy} of {len(start)} customers",
            "none",
            scene.line,
        )


def stays(runs, fixed, text, tell):
    """A mean stay is the mean wait and the mean service."""
    if re.search(LEFT, text) or not runs:
        return
    found = {}
    for results in runs:
        for kind in ("wait", "stay"):
            matching = {
                r.site: r for r in results if r.kind == "print" and np.ndim(r.value) == 0 and _kind(named(r)) == kind
            }
            if len(matching) == 1:
                found.setdefault(kind, []).append(next(iter(matching.values())))
    if any(len(found.get(kind, ())) != len(runs) for kind in ("wait", "stay")) or len(runs) < 4:
        return
    try:
        p = Params(found["wait"][0], fixed, text)
        mean = p.maybe(rf"(?:mean|avg|average){CARE}\w*") or p.maybe(rf"{CARE}(?:mean|time|duration|min|minutes)")
        service = mean if mean is not None else 1 / p("mu")
    except FAULTS:
        return
    over = np.array([s.value - w.value for w, s in zip(found["wait"], found["stay"], strict=True)])
    error = float(over.std(ddof=1)) / math.sqrt(len(over))
    slack = ERRORS.get(len(over), 8.0) * error + 0.03 * service
    same = any(abs(float(over.mean()) - service * unit) <= slack * unit for unit in (1.0, 60.0, 1 / 60, 3600.0))
    tell("the mean stay is the mean wait and the mean service", same, f"{over.mean():.5g} ± {error:.2g} longer", f"{service:.5g} within {slack:.2g}", None)  # fmt: skip


def _kind(label):
    if re.search(r"prob|frac|share|number|length|customers|people|max|std|var|longest|percent|theor|exact|formula|predict|err|total (?!time)", label):  # fmt: skip
        return ""
    if re.search(SOJOURN + r"|\bstays?\b|time (?:in|at) (?:the )?\w+|time spent", label) and not re.search(
        "queue", label
    ):
        return "stay"
    return "wait" if re.search(WAIT, label) and not re.search(NOT_WAIT, label) else ""
