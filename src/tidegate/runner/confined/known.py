# ruff: noqa: E501  (tables and messages read best on one line)
"""Canonical problems with chance, and what theory says of their answers.

A `Topic` is recognised by its words; its `Row`s name an answer by the words of its label and give its value from the
program's own arguments and constants, looked up by their usual names (`ROLES`).  A new problem is a few lines in one of
the `known_*` tables.  What no row names unambiguously is left alone.
"""

import functools
import re

import numpy as np

from tidegate.runner.confined.film import number
from tidegate.runner.confined.recorder import words

BARE = re.compile(
    r"\b(?:the|a|an|of|for|is|in|on|by|at|to|from|with|over|after|per|and|our|my|final|simulat\w*|estimat\w*|approx\w*|result\w*|monte|carlo|mc|numerical|empirical|computed|measured|observed|sampl\w*|value|output|answer|print|round|float|format|np|run|runs|main|get|part|\d+|[a-z]|self|sim|model|res|out|est|out)\b"
)
ERROR = re.compile(
    r"\bseed\b|\berr|± |\bse\b|\bsem\b|std err|standard error|stderr|interval|\bci\b|percent|difference|\bbias\b|quantile|percentile|\bcritical\b|\bz\b|reduction"
)
"""Labels of what is no result but its error."""
THEORY = re.compile(
    r"\b(?:theor\w*|exact\w*|analytic\w*|predict\w*|closed form|true(?: value)?|should be|reference|formula|erlang(?: [bc])?|black scholes|\bbs\b)"
)
"""Labels of theory, which must be right as well; what is only about right is no theory."""
LOOSE = re.compile(
    r"approx|asympt|bound|limit\b|ideal|about|order|mean field|naive|no drift|~|≈|large|linear|small|diffusion approx|kimura|heavy traffic|independent"
)


OTHERWISE = re.compile(
    r"\b(max|min|median|longest|shortest|total|sum|std|sd|var|variance|squared|sq|skew|kurt|mode|largest|smallest|count|counts|wins|losses|hits|log)(?:imum)?\b"
)
"""Words that make another quantity of a mean or a share."""


MODIFIED = re.compile(
    r"\bvariants?\b|\bvariation\b|modified|\bunequal|\buneven|\brare\b|truncated|censor|\bties?\b|\blazy\b|of the first \d|\bfirst \d+ (?:customers|jobs|arrivals|calls)|only the first|\bcoarse|of the scheme|conditional on|given that|conditioned|two (?:priority )?classes|in (?:pairs|groups|batches)|\bbiased (?:estimator|sampl)|deliberately|wrong|naive|\bbug\b|broken|instead of the usual|mixture|correlated (?:arrivals|service)"
)
"""Words by which a program says that it is not the textbook's case."""


class Missing(Exception):
    """A name that a formula needs is not to be found, or means two things."""


DENIED = re.compile(r"^\s*return\b|\b(?:without|no|neither|nor|neglect\w*|ignor\w*) (?:any |a |an )?[a-z]+", re.M)
"""A keyword of Python that is also a word of walks, and what a text says there is none of."""


class Row:
    """One answer of a topic: `label` must be found and `but` not; `value(p)` is its value, `share` the relative slack.

    A value may be a number, an array, or a `Between`.  `bare` rows also take a value printed alone without a word.  `series`
    makes one number of a long array of such values (`np.mean`), each independent of the others or not.  `own` says that the value differs from run to run (it is of the run's own data).
    """

    def __init__(self, label, value, but=None, share=0.012, bare=False, series=None, own=False):
        self.label, self.value, self.but, self.share, self.bare, self.series, self.own = re.compile(label), value, re.compile(but) if but else None, share, bare, series, own  # fmt: skip

    def fits(self, text):
        """Whether a label is this answer's; what it says of a maximum, a total or a spread the row must speak of too."""
        if self.label.search(text) is None or (self.but and self.but.search(text)):
            return False
        return all(kind[:3] in self.label.pattern for kind in OTHERWISE.findall(text))


class Between:
    """Bounds that a mean cannot leave."""

    def __init__(self, low, high):
        self.low, self.high = float(low), float(high)


class Topic:
    """One canonical problem: `words` call for it, `but` makes it another one; `strip` is no word of a label."""

    def __init__(self, name, words, *rows, but=None, strip=None, errors=False):
        self.name, self.words, self.rows, self.errors = name, re.compile(words), rows, errors
        self.but = re.compile(but) if but else None
        self.strip = re.compile(strip) if strip else None

    def called(self, text):
        """Whether the words of a program and its prose call for it; what they say is not there is not there."""
        return self.words.search(text) is not None and not (self.but and self.but.search(DENIED.sub(" ", text)))


TRIALS = r"(?:n|num|number|no|n?_?of)?(?:trials|runs|sims|simulations|samples|experiments|games|replicates|reps|repetitions|paths|walks|replications|draws|rolls|throws|flips|photons|particles|neutrons|histories|needles|points)"
ROLES = {
    "lam": (r"lam(?:bda)?(?:arrival)?|lambd|lmbda|arrival(?:rate)?|ratearrivals?|arrivalsper\w+|arrrate|lambdaarrival|ratein", r"rate|intensity"),
    "mu": (r"mu(?:service)?|service(?:rate)?|rateservice|servrate|servicesper\w+|rateout|departurerate",),
    "interarrival": (r"(?:mean)?(?:interarrival|arrivalinterval|gap)(?:time|mean)?|meaninterarrival|arrivalmean|iat|meangap|meantimebetweenarrivals|meanarrival(?:gap|interval|time)",),
    "service_time": (r"(?:mean|avg|average)?service(?:time|mean|duration)|meanservice|d|holdingtime",),
    "servers": (r"(?:n|num)?(?:servers|tellers|agents|cashiers|clerks|channels|operators|lines|counters|doctors|beds|stations|circuits|machines|trunks|pumps)|c|s|k|m",),
    "capacity": (r"capacity|k|maxqueue|buffer(?:size)?|maxinsystem|systemcapacity|maxsize|waitingroom|size|n",),
    "start": (r"start(?:ing)?(?:money|capital|stake|fortune|amount|wealth|chips|bankroll|position|x|cash)?|initial(?:money|capital|stake|fortune|amount|wealth|chips|bankroll|cash)?|bankroll|stake|capital|money0|x0|i0|k0|init|i|a|k",),
    "goal": (r"goal|target|total|upper|n|limit|top|b|maxmoney|bank|finish|width|totalmoney|end",),
    "p": (r"p|pwin|probwin|winprob|pheads|prob|probability|pup|pright|bias|winprobability|psuccess|probup|probright|phead",),
    "trials": (TRIALS, "n"),
    "steps": (r"(?:n|num|number|t|total)?(?:of)?steps|length|walklength|n|t",),
    "n": (r"n|nitems|size|count",),
    "T": (r"t|horizon|tmax|tend|tfinal|duration|maturity|totaltime|expiry|time|years|tstop|hours|window|endtime|simtime|totalhours",),
    "dt": (r"dt|deltat|timestep|h|step",),
    "sigma": (r"sigma|vol(?:atility)?|sd|std|stddev|noise",),
    "s0": (r"s0|spot|initialprice|x0|price0|s|startprice|stockprice",),
    "strike": (r"k|strike(?:price)?|x",),
    "r": (r"r|riskfree(?:rate)?|rf|rate|interest(?:rate)?",),
    "drift": (r"mu|drift|r|growth|alpha",),
    "theta": (r"theta|kappa|k|gamma|a|reversion(?:rate|speed)?|meanreversion|speed|lam",),
    "level": (r"mu|theta|mean|longrunmean|level|b|xbar|longtermmean|meanlevel|thetamean|m",),
    "popsize": (r"(?:pop(?:ulation)?)?(?:size)?n?|n|popsize|populationsize|n(?:individuals|pop|e|diploid|haploid|a?gents|voters)|ne|num\w*",),
    "dose": (r"thickness|depth|d|length|width|slabthickness|l|slab|wallthickness|x",),
}  # fmt: skip
"""Usual names of what a formula needs, best first; a role that is not here is a pattern of its own."""


def plain(name):
    """`n_Walkers` as nwalkers."""
    return re.sub(r"[^a-zµ0-9]", "", str(name).lower())


@functools.cache
def alternatives(roles):
    """The patterns of some roles one by one, best first: a regular expression parted at its outermost bars."""
    out = []
    for pattern in (p for role in roles for p in ROLES.get(role, (role,))):
        depth, part = 0, ""
        for c in pattern:
            depth += (c == "(") - (c == ")")
            if c == "|" and depth == 0:
                out.append(part)
                part = ""
            else:
                part += c
        out.append(part)
    return out


class Params:
    """The numbers a result depends on, nearest scope first: `p("lam")`, `p.lam` or `p.maybe("lam", 1.0)`."""

    def __init__(self, result, fixed, text):
        self.result, self.text = result, text
        self.levels = [*result.scope, *fixed]

    def __getattr__(self, role):
        return self(role)

    def __call__(self, *roles):
        """The first number of these roles."""
        for pattern in alternatives(roles):
            for level in self.levels:
                if level:
                    found = {float(v) for k, v in level.items() if number(v) and re.fullmatch(pattern, plain(k))}
                    if len(found) == 1:
                        return found.pop()
                    if found:
                        raise Missing(f"{pattern} means two things")
        raise Missing(roles[0])

    def maybe(self, *roles, default=None):
        """As a call, or the default."""
        try:
            return self(*roles)
        except Missing:
            return default

    def array(self, pattern, dims=1):
        """The first array (or list) whose name matches."""
        for level in self.levels:
            for name, value in level.items():
                if re.fullmatch(pattern, plain(name)) and isinstance(value, (list, tuple, np.ndarray)):
                    try:
                        out = np.asarray(value, float)
                    except (TypeError, ValueError):
                        continue
                    if out.ndim == dims and out.size:
                        return out
        raise Missing(pattern)

    def function(self, pattern):
        """The first function of the program whose name matches."""
        for level in self.levels:
            for name, value in level.items():
                if re.fullmatch(pattern, name.lower()) and callable(value) and not isinstance(value, type):
                    return value
        raise Missing(pattern)

    def says(self, pattern):
        """Whether the program or its prose speaks of it."""
        return re.search(pattern, self.text) is not None

    def said(self, pattern):
        """The number that the text gives in group 1 of a pattern."""
        found = re.search(pattern, self.text)
        if found is None:
            raise Missing(pattern)
        return float(found.group(1).replace(",", ""))


FAULTS = (Missing, TypeError, ValueError, ZeroDivisionError, OverflowError, KeyError, IndexError, AttributeError)
"""What a formula may raise where it does not apply."""


MOMENT = r"\b(?:prob\w*|mean|average|fraction|share|time|price)\b"
"""Words that say how a result was made, not of what."""


def printed_alone(results):
    """Whether a run prints one value alone, its theory and its error aside."""
    return len({r.site for r in results if r.kind == "print" and not (THEORY.search(r.label) or ERROR.search(r.label))}) <= 1  # fmt: skip


def own_words(result, strip):
    """The words of a label, those of the problem's own name and those that say nothing taken out."""
    head, _, rest = result.label.partition("|")
    expression, _, about = rest.partition("|")
    texts = [head, expression, about]
    return [re.sub(r"\s+", " ", strip.sub(" ", t) if strip else t).strip() for t in texts]


def row_for(topic, result, text, alone, beside=None):
    """The row of a topic that speaks of a result; None where none does, or where several might.

    A theory without words of its own is that of the only result beside it, whose row is `beside`.
    """
    head, expression, about = own_words(result, topic.strip)
    if ERROR.search(f"{head} {expression.replace('seed', '')}") and not topic.errors:
        return None
    if THEORY.search(f"{head} {expression}"):
        if LOOSE.search(head):
            return None
        head, expression = THEORY.sub(" ", head).strip(), THEORY.sub(" ", expression).strip()
        if not BARE.sub(" ", head).strip(" /.%()"):
            return beside
    key = re.sub(r"\s+", " ", words(result.site[1]))
    keyed = result.kind == "return" and key and head != key and head.endswith(key) and BARE.sub(" ", re.sub(MOMENT, " ", key)).strip(" /.%")  # fmt: skip
    for own in (key,) if keyed else (head, expression):
        for row in topic.rows:
            if row.fits(own):
                return row
        if keyed or (BARE.sub(" ", own).strip(" /.%") and not re.search(MOMENT, own)):
            return None
    if not alone:
        return None
    made, text = (topic.strip.sub(" ", t) if topic.strip else t for t in (result.about, text))
    around = f"{head} {expression} {about} {made} {text}"
    fitting = [row for row in topic.rows if row.fits(f"{head} {expression} {about} {made}")]
    if not fitting:
        fitting = [row for row in topic.rows if row.fits(around)]
    if len(fitting) == 1:
        return fitting[0]
    bare = [row for row in topic.rows if row.bare]
    return bare[0] if not fitting and len(bare) == 1 else None


def signature(scope):
    """What the nearer levels of a scope hold, so that a formula is evaluated once for many equal occurrences."""
    return tuple((k, v if number(v) else id(v)) for level in scope[:-1] for k, v in level.items())


def matched(topics, results, fixed, text, prose, worth):
    """(topic, row, result, its number or small array, what it must be) of every result of one run that a row speaks of.

    `fixed` holds further levels of names: constants that the film saw, and numbers spelled out in calls and defaults.
    `worth` keeps what formulas gave, from run to run.
    """
    out = []
    texts = words(prose)
    called = [] if MODIFIED.search(text) else [t for t in topics if t.called(text)]
    alone, chosen, beside = printed_alone(results), {}, {}
    for result in results:
        if result.kind == "given":
            continue
        if result.promised is not None and np.ndim(result.value) == 0:
            out.append((PRINTED, PRINTED.rows[0], result, result.value, result.promised))
            continue
        for topic in called:
            key = (topic.name, result.site, result.label)
            if key not in chosen:
                chosen[key] = row_for(topic, result, texts, alone, beside.get(topic.name))
                if result.kind == "print" and alone and not THEORY.search(result.label):
                    beside[topic.name] = chosen[key]
            row = chosen[key]
            if row is None:
                continue
            value = result.value
            if np.size(value) > 64:
                if row.series is None or np.ndim(value) != 1 or not np.all(np.isfinite(value)):
                    continue
                value = float(row.series(value))
            near = (id(row), result.site, result.label, np.shape(result.value), signature(result.scope))
            if near not in worth:
                try:
                    worth[near] = row.value(Params(result, fixed, text))
                except FAULTS:
                    worth[near] = None
            wanted = worth[near]
            if wanted is None or (not isinstance(wanted, Between) and np.shape(wanted) not in ((), np.shape(value))):
                continue
            if np.ndim(value) and np.ndim(wanted) == 0 and (np.size(value) > 8 or result.kind != "print"):
                continue
            if row.own:
                value, wanted = value / wanted, 1.0
            out.append((topic, row, result, value, wanted))
    return out


PRINTED = Topic("what is printed beside it", r"", Row(r"", lambda _: None, share=0.02))
"""The row of a value that the program itself promises as a literal."""
