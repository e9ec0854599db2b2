# ruff: noqa: E501  (tables and messages read best on one line)
"""The whole program filmed once, held against every law that its words and names call for, and replayed where a law needs it."""

import ast
import itertools
import re
import time
import warnings

from tidegate.runner.confined import (
    entry,
    laws_answers,
    laws_beside,
    laws_bounds,
    laws_called,
    laws_cells,
    laws_claimed,
    laws_error,
    laws_events,
    laws_flow,
    laws_grid,
    laws_halved,
    laws_known,
    laws_lattice,
    laws_matrix,
    laws_particles,
    laws_paths,
    laws_printed,
    laws_redrawn,
    laws_refined,
    laws_sentences,
    laws_solvers,
    laws_trials,
    laws_waits,
    told_moments,
)
from tidegate.runner.confined.film import film
from tidegate.runner.confined.instrument import BACK, TELL, instrumented
from tidegate.runner.confined.known_tables import TOPICS
from tidegate.runner.confined.recorder import Recorder, moving
from tidegate.runner.confined.replay import edited, pushed, runner
from tidegate.runner.confined.scene import scenes, spelled_out

DRAWS = re.compile(r"random|rng|randn|expovariate|(?:random\.|import [^\n]*\b)gauss\b")
BROKEN = (ZeroDivisionError, OverflowError, UnboundLocalError, FloatingPointError)
SLOW = r"\bdt\b|queue|ising|burn|warm|equilib|metropolis|mcmc"
TIED = r"chain|markov|walk|langevin|autocorr|block|time.?average|pareto|heavy|cauchy|student|importance|bootstrap|jackknife"
HEAVY = r"pareto|cauchy|l[eé]vy|heavy.?tail|power.?law|zipf|petersburg"
NO_NUMBER = re.compile(r"probabilities do not sum|\bnan\b|infinity|math domain|\binf\b", re.I)
FAULTS = (ValueError, TypeError, ZeroDivisionError, IndexError, KeyError, AttributeError, ArithmeticError)


class Shows:
    """One program with its film, and the time that its replays may take."""

    def __init__(self, source, tree, prose, seed, budget_s, call=None):
        self.source, self.tree, self.prose, self.seed, self.left_s = source, tree, prose, seed, budget_s
        self.rows, self.cost_s, self.heard, self.heard_s = {}, 0.0, {}, 0.0
        self.defines = call is not None
        self.changed, self.sites, self.headers = instrumented(tree)
        self.chance = DRAWS.search(source) is not None
        began = time.process_time()
        shift = 7919 * seed if self.chance else 0
        run = runner(tree, shift)
        self.film = film(tree, run if call is None else lambda _printing, _space: call())
        self.cost_s = time.process_time() - began
        self.scenes = scenes(self.film, tree, source, prose, None)
        for scene in self.scenes:
            scene.text_raw = f"{prose}\n{source}"

    def tell(self, name, holds, measured, expected, line):
        """One row; the same law on another loop counts only when it is broken there."""
        if line is not None:
            measured = f"{measured} (loop at line {line - 1})"
        kept = self.rows.get(name)
        if kept is None or (kept["holds"] and not holds):
            self.rows[name] = {"name": name, "holds": bool(holds), "measured": str(measured), "expected": str(expected)}

    def hear(self, shift, tree=None):
        """A run under another seed (of the changed tree that is given): (names of the module, lines printed, results), or None over the budget; each shift runs once."""
        if shift in self.heard:
            return self.heard[shift]
        if self.left_s <= 0:
            return None
        began = time.process_time()
        printed, recorder = [], Recorder(self.sites, moving(self.tree))
        space = recorder.space
        space.update({TELL: recorder.tell, BACK: recorder.tell})

        def keep(*args, sep=" ", **_):
            if len(printed) < 1000:
                printed.extend(sep.join(str(a) for a in args).split("\n"))

        found = None
        try:
            runner(self.changed if tree is None else tree, shift)(keep, space)
            if self.defines:
                subject = entry.find(space, self.tree, {})
                if subject is not None:
                    subject.again(self.seed + shift)
            found = space, printed, recorder.results
        except Exception:
            found = None
        spent = time.process_time() - began
        self.left_s -= spent
        if tree is None:
            self.heard[shift] = found
            self.heard_s += spent
        return found

    def runs(self):
        """The results of one run after the other, ten at most."""
        base = 7919 * self.seed if self.chance else 0
        for k in range(1, 11 if self.chance else 2):
            found = self.hear(base + 104_729 * k)
            if found is None:
                return
            yield found[2]

    def known(self):
        """Answers against what theory says of a canonical problem."""
        if not self.chance:
            return
        text = f"{self.prose}\n{self.source}".lower()
        fixed = (spelled_out(self.tree), self.scenes[0].constants if self.scenes else {})
        laws_known.check(TOPICS, self.runs(), fixed, text, self.prose, self.tell, re.search(SLOW, text) is not None)  # fmt: skip

    def laws_of_answers(self):
        """The laws that need no film: what is printed and returned, over runs under other seeds."""
        return (self.known, self.beside, self.answers)

    def beside(self):
        """What is printed beside a result under a formula or a heading."""
        if not self.chance:
            return
        fixed = (spelled_out(self.tree), self.scenes[0].constants if self.scenes else {})
        runs = list(self.runs())
        texts = [self.prose, *re.findall(r'"""(.*?)"""', self.source, re.S), *re.findall(r"#(.*)", self.source)]
        laws_beside.check(runs, self.headers, fixed, texts, self.tell)
        laws_sentences.check(runs, fixed, texts, self.tell)
        laws_waits.stays(runs, fixed, f"{self.prose}\n{self.source}".lower(), self.tell)

    def answers(self):
        """What the names of the answers promise, and that more trials give the same average."""
        if not self.chance:
            return
        heard = [results for _, _, results in (v for v in self.heard.values() if v is not None)]
        if not heard:
            heard = list(itertools.islice(self.runs(), 2))
        text = f"{self.prose}\n{self.source}".lower()
        for results in heard[:3]:
            laws_answers.check(results, text, self.tell)
        factor = 4
        more = laws_trials.with_trials(self.changed, factor) if self.left_s > 0 else None
        each = self.heard_s / max(1, len(self.heard))
        if more is None or 2.5 * factor * each > self.left_s:
            return
        plain = list(itertools.islice(self.runs(), 6))
        other = [found[2] for k in (21, 22) if (found := self.hear(104_729 * k, more)) is not None]
        laws_trials.repeated(plain, other, factor, self.tell)

    def replay(self, shift=0, factors=None, lines=()):
        """Another run of the program, unwatched: (names of the module, lines printed), or None over the budget."""
        if self.left_s <= 0:
            return None
        began = time.process_time()
        printed = []
        tree = ranges(self.tree, lines, factors.get("", 2)) if lines and factors else self.tree

        def keep(*args, sep=" ", **_):
            if len(printed) < 1000:
                printed.extend(sep.join(str(a) for a in args).split("\n"))

        try:
            space = runner(tree, shift, {k: v for k, v in (factors or {}).items() if k})(keep)
        except Exception:
            space = None
        self.left_s -= time.process_time() - began
        return None if space is None else (space, printed)

    def measure(self, told=None):
        """Every law; what one cannot evaluate it passes over.  `told(rows)` is called when a law added some."""
        import numpy as np

        base, known = 7919 * self.seed if self.chance else 0, 0
        plan = None if self.chance or not self.scenes else laws_halved.plan(self.tree, self.scenes)
        for law in (
            lambda: laws_lattice.check(self.film, self.scenes, self.tell),
            lambda: laws_cells.check(self.scenes, self.tell),
            lambda: laws_particles.check(self.scenes, self.tell),
            lambda: laws_waits.served(self.scenes, self.tell),
            lambda: laws_events.check(self.scenes, self.tree, self.tell),
            lambda: laws_redrawn.check(self.scenes, self.tell),
            lambda: laws_flow.check(self.scenes, self.tell),
            lambda: laws_grid.check(self.film, self.scenes, self.tell),
            lambda: laws_paths.check(self.scenes, self.tell),
            self.elsewhere,
            lambda: laws_paths.kept(self.film, self.scenes, self.tell),
            lambda: laws_bounds.check(self.film, self.scenes, self.tell),
            lambda: laws_flow.told(self.scenes, self.tell),
            lambda: laws_printed.check(
                self.film.printed,
                lambda k: _second(self.hear(base + 104_729 * k)),
                lambda: _second(self.scaled(plan, 1)) if plan else None,
                self.tell,
                self.chance,
                any(re.search(SLOW, scene.text) for scene in self.scenes[:1])
                or re.search(SLOW, self.source) is not None,
                re.search(TIED, f"{self.prose}\n{self.source}".lower()) is not None,
                re.search(HEAVY, f"{self.prose}\n{self.source}".lower()) is not None,
                lambda numbers: (
                    laws_claimed.claims(numbers, self.prose, self.source, self.scenes)
                    + laws_claimed.famous(numbers, self.scenes)
                    + told_moments.moments(numbers, self.prose, self.scenes)
                ),
            ),
            lambda: None if self.chance else laws_error.check(self.film, self.scenes, self.tell),
            *self.laws_of_answers(),
            lambda: laws_error.says_so(self.film, self.tell),
            lambda: laws_matrix.check(self.film, self.scenes, self.tell),
            lambda: laws_called.check(self.film, self.scenes, self.tell),
            lambda: laws_solvers.check(self.film, self.scenes, self.tell),
            lambda: laws_refined.check(self.tree, self.film, self.scenes, self.tell),
            lambda: laws_halved.check(plan, self.scenes, lambda k: self.ends(plan, k), self.tell),
        ):
            try:
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    law()
            except FAULTS:
                continue
            if told is not None and len(self.rows) > known:
                known = len(self.rows)
                told(list(self.rows.values()))
        error = self.film.error
        claimed = isinstance(error, AssertionError) and bool(self.film.loops)  # what it asserts of its own run
        if claimed or isinstance(error, BROKEN) or (isinstance(error, ValueError) and NO_NUMBER.search(str(error))):
            self.tell("it runs from its first line to its last", False, f"{type(error).__name__}: {error}"[:200], "no error", None)  # fmt: skip
        return list(self.rows.values())

    def elsewhere(self):
        """A circular orbit keeps its distance and says nothing of how the pull falls with it: the same program, started faster."""
        names = next((n for scene in self.scenes if (n := laws_paths.circular(scene))), None)
        changed = pushed(self.tree, names, 1.15) if names else None
        if changed is None or self.left_s < 2 * self.cost_s:
            return
        other = film(changed, runner(changed))
        self.left_s -= self.cost_s
        for scene in scenes(other, changed, self.source, self.prose, None):
            dt = scene.dt()
            if dt is not None:
                laws_paths.orbits(scene, dt, self.tell)

    def scaled(self, plan, power):
        """A replay with the step 2**-power as long."""
        factors = {n: (f if f >= 1 else 0.5) for n, f in plan["names"].items()}
        scale = {n: float(f) ** power for n, f in factors.items()}
        if edited(self.tree, 0, scale)[1] < len(scale):
            return None  # a name that is set elsewhere than where it can be seen
        return self.replay(0, {**scale, "": 2.0**power}, plan["lines"])

    def ends(self, plan, power):
        """Numbers and small arrays of the module that a time loop of the film steps, as a replay leaves them; and what it prints."""
        import numpy as np

        found = self.scaled(plan, power)
        if found is None:
            return None
        space, printed = found
        moving = {name for scene in self.scenes if scene.line is not None for name in scene.series}
        out = {}
        for name, value in space.items():
            if (
                name in moving
                and name in plan["begun"]
                and name not in ("t", "time", "step", "i", "n", "k", plan["step"])
            ):
                array = np.asarray(value) if isinstance(value, (int, float, complex, np.ndarray)) else None
                if array is not None and array.dtype.kind in "fc" and array.size <= 4096:
                    out[name] = array
            elif type(value).__module__ == "__main__" and hasattr(value, "__dict__"):
                for key, v in vars(value).items():
                    if key in moving and key not in ("t", "time") and isinstance(v, (float, np.ndarray)):
                        out[key] = np.asarray(v)
        for k, number in enumerate(laws_printed.shown(printed)):
            if not out and number.half < 1e-4 * abs(number.value):
                out[f"printed {k} {number.label}"] = np.asarray(number.value)
        return out or None


class _Ranges(ast.NodeTransformer):
    """`range(2000)` of the given loops made longer."""

    def __init__(self, lines, factor):
        self.lines, self.factor = lines, factor

    def visit_For(self, node):
        self.generic_visit(node)
        if node.body[0].lineno in self.lines and isinstance(node.iter, ast.Call) and node.iter.args:
            last = node.iter.args[-1]
            if isinstance(last, ast.Constant) and isinstance(last.value, int):
                node.iter.args[-1] = ast.Constant(round(last.value * self.factor))
        return node


def ranges(tree, lines, factor):
    """A copy of the tree with these loops' literal ranges scaled."""
    copied, _ = edited(tree)
    return ast.fix_missing_locations(_Ranges(lines, factor).visit(copied))


def _second(found):
    return None if found is None else found[1]
