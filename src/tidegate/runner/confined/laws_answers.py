# ruff: noqa: E501  (patterns and messages read best on one line)
"""What an answer's own name promises, whatever the model: shares between 0 and 1, waits that are not negative, shares that make one.

And what repetition must do: an average over more trials is the same average, more sharply known.
"""

import ast
import copy
import math
import re

import numpy as np

SHARE = re.compile(r"\b(?:probability|prob|fraction|frac|share|proportion|utili[sz]ation|availability|occupancy|acceptance(?: rate)?|acceptance ratio|reliability|survival rate|success rate|win rate|hit rate|coverage|heterozygosity|allele frequency|transmittance|albedo)\b")
NO_SHARE = re.compile(r"\blog\w*|percent|%|densit|\bpdf\b|\bper\b|ratio (?:of|to)|odds|\bn\b|count|number|wins\b|errors?\b|diff|exact|change|score|times?\b|steps|relative|free|volume|bits|weights?\b|void|packing|generation")
POSITIVE = re.compile(r"\b(?:waiting times?|wait times?|mean wait|average wait|avg wait|waits?|delay|sojourn|response time|queue length|variance|var|std|stdev|standard deviation|standard error|stderr|msd|mean squared? displacement|mean square\w*|distance|duration|population|number of \w+|lifetime|hitting time|first passage time|exit time|mean time|return time|absorption time|call price|put price|option price|path length|heterozygosity|autocorrelation time)\b")
NO_POSITIVE = re.compile(r"\blog\w*|diff\w*|error (?:in|of)|relative|change|bias|drift|delta|minus|deviation from|z ?score|correl|skew|increase|decrease|growth|residual|reduction|profit|net|explained|covar\w*|ratio|signed")
WHOLE = re.compile(r"\b(?:stationary|state|time|visit|empirical|long run|occupation|final)(?: \w+)? (?:shares?|fractions?|frequenc\w*|probabilit\w*|distribution|probs?)\b|\b(?:distribution|occupation|shares|stationary)\b")
PARTS = (r"transm\w*|through|penetrat\w*|escap\w*|leak\w*", r"reflect\w*|backscatter\w*|albedo", r"absor\w*|captur\w*")
MEANS = re.compile(r"\b(?:mean|average|avg|probability|prob|fraction|frac|share|proportion|estimated?|estimate of pi|pi|price|variance|var|expected|rate|utili[sz]ation)\b")
TRIALS = re.compile(r"(?:n|num|number_?of)?_?(?:trials|runs|sims|simulations|samples|experiments|games|replicates|reps|repetitions|paths|replications|rounds_total|particles|photons|neutrons|histories|walkers|darts|points|needles|pulls_total)|trials_count")
EXTENSIVE = re.compile(r"total|sum|count|number|\bmax|\bmin|longest|largest|cumul|events|wins|std err|stderr|standard error|\bse\b|\bsem\b|error|hits|elapsed|size|population|length|\bof n\b|sampl\w* (?:size|count)")


def parts(label):
    """The words before a value, its expression, and both."""
    head, _, rest = label.partition("|")
    expression = rest.partition("|")[0]
    return head.strip(), expression.strip()


def named(result):
    """The words that name a result: those before it, or its expression where there are none."""
    head, expression = parts(result.label)
    return head if re.search(r"[a-z]{3}", head) else expression


def check(results, text, tell):
    """Every such law on the results of one run."""
    for result in results:
        if result.kind == "given":
            continue
        label = named(result)
        low, high = (float(np.min(result.value)), float(np.max(result.value))) if np.size(result.value) else (0.0, 0.0)
        if not (math.isfinite(low) and math.isfinite(high)):
            continue
        if SHARE.search(label) and not NO_SHARE.search(label) and result.kind == "print":
            tell(f"`{label}` lies between 0 and 1", -1e-9 <= low and high <= 1 + 1e-9, f"{low:.4g} to {high:.4g}", "0 to 1", None)  # fmt: skip
        if POSITIVE.search(label) and not NO_POSITIVE.search(label):
            tell(f"`{label}` is not negative", low >= -1e-9, f"{low:.4g}", "0 or more", None)
        if WHOLE.search(label) and np.ndim(result.value) == 1 and 2 <= np.size(result.value) <= 30 and low >= 0 and "cumul" not in label:  # fmt: skip
            total = float(np.sum(result.value))
            if high <= 1.5 and not re.search(r"alloc|fixation|per |by ", label):
                tell(f"`{label}` makes one in sum", abs(total - 1) < 0.02, f"{total:.4g}", "1", None)
    slab(results, text, tell)


def slab(results, text, tell):
    """What passes, comes back and stays of particles that enter a layer is all of them."""
    if not re.search(r"slab|shield|layer|photon|neutron", text):
        return
    found = []
    for pattern in PARTS:
        matching = {r.site: r.value for r in results if r.kind == "print" and np.ndim(r.value) == 0 and re.search(rf"\b(?:{pattern})", named(r))}  # fmt: skip
        if len(matching) != 1:
            return
        found.append(float(next(iter(matching.values()))))
    total = sum(found)
    if max(found) <= 1.0 + 1e-9 and min(found) >= 0 and not re.search(r"%|percent", text):
        tell("what passes, returns and stays is all that entered", abs(total - 1) < 0.01, f"{total:.4g}", "1", None)


class More(ast.NodeTransformer):
    """Numbers of trials multiplied: by name, by keyword, and where a call gives them in their place."""

    def __init__(self, tree, factor):
        self.factor, self.changed = factor, 0
        self.places = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in node.args.args if a.arg != "self"]
                at = [i for i, a in enumerate(names) if TRIALS.fullmatch(a.lower())]
                if at:
                    self.places[node.name] = at

    def more(self, value):
        if isinstance(value, ast.Constant) and isinstance(value.value, int) and not isinstance(value.value, bool) and value.value >= 20:  # fmt: skip
            self.changed += 1
            return ast.copy_location(ast.Constant(value.value * self.factor), value)
        return value

    def visit_Assign(self, node):  # noqa: D102
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Name) and TRIALS.fullmatch(target.id.lower()):
            node.value = self.more(node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and len(target.elts) == len(node.value.elts):  # fmt: skip
            node.value.elts = [self.more(v) if isinstance(t, ast.Name) and TRIALS.fullmatch(t.id.lower()) else v for t, v in zip(target.elts, node.value.elts, strict=True)]  # fmt: skip
        return node

    def visit_Call(self, node):  # noqa: D102
        self.generic_visit(node)
        for word in node.keywords:
            if word.arg and TRIALS.fullmatch(word.arg.lower()):
                word.value = self.more(word.value)
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for at in self.places.get(name, ()):
            if at < len(node.args):
                node.args[at] = self.more(node.args[at])
        return node

    def visit_FunctionDef(self, node):  # noqa: D102
        self.generic_visit(node)
        args = [*node.args.posonlyargs, *node.args.args]
        count = len(node.args.defaults)
        for k, (arg, default) in enumerate(zip(args[len(args) - count :], node.args.defaults, strict=True)):
            if TRIALS.fullmatch(arg.arg.lower()):
                node.args.defaults[k] = self.more(default)
        return node


def with_trials(tree, factor):
    """A copy of the tree with so many times as many trials, or None where nothing says how many there are."""
    made = More(tree, factor)
    out = ast.fix_missing_locations(made.visit(copy.deepcopy(tree)))
    return out if made.changed else None


def repeated(plain, more, factor, tell):
    """An average over more trials is the same average: `plain` and `more` are results of runs, printed ones alone."""
    base, other = _table(plain), _table(more)
    for site, (label, rows) in base.items():
        if site not in other or len(rows) < 3 or len(other[site][1]) < 2:
            continue
        a, b = np.array(rows, float), np.array(other[site][1], float)
        if not MEANS.search(label) or EXTENSIVE.search(label) or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):  # fmt: skip
            continue
        first, second = float(a.mean()), float(b.mean())
        spread = float(max(a.std(ddof=1), b.std(ddof=1) if len(b) > 1 else 0.0))
        scaled = min(abs(second / first - factor), abs(second / first - 1 / factor)) < 0.12 * factor if first else False
        same = abs(second - first) <= 6 * spread * (1 / len(a) + 1 / len(b)) ** 0.5 + 0.3 * abs(first)
        if scaled and not same:
            tell(f"`{label}` is the same average over {factor} times as many trials", False, f"{second:.4g}", f"{first:.4g}", None)  # fmt: skip
        elif same:
            tell(f"`{label}` is the same average over {factor} times as many trials", True, f"{second:.4g}", f"{first:.4g}", None)  # fmt: skip


def _table(runs):
    """Printed scalars of several runs: {site: (label, values)}."""
    out = {}
    for results in runs:
        seen = {}
        for r in results:
            if r.kind == "print" and np.ndim(r.value) == 0:
                seen.setdefault(r.site, (named(r), []))[1].append(float(r.value))
        for site, (label, values) in seen.items():
            if len(values) == 1:
                out.setdefault(site, (label, []))[1].append(values[0])
    return out
