# ruff: noqa: E501  (patterns and messages read best on one line)
"""What an answer's own name promises, whatever the model: shares between 0 and 1, waits that are not negative, shares that make one."""

import math
import re

import numpy as np

SHARE = re.compile(
    r"\b(?:probability|prob|fraction|frac|share|proportion|utili[sz]ation|availability|occupancy|acceptance(?: rate)?|acceptance ratio|reliability|survival rate|success rate|win rate|hit rate|coverage|heterozygosity|allele frequency|transmittance|albedo)\b"
)
RETURNED = re.compile(
    r"(?:mean_|overall_)?accept(?:ance|ance_rate|ance_ratio|_rate|_ratio|ance_fraction|ance_prob\w*)|utili[sz]ation|availability|(?:\w+_)?(?:probability|prob|fraction)"
)
"""Names of returned numbers that are shares."""
NO_SHARE = re.compile(
    r"\blog\w*|percent|%|densit|\bpdf\b|\bper\b|ratio (?:of|to)|odds|\bn\b|count|number|wins\b|errors?\b|diff|exact|change|score|times?\b|steps|relative|free|volume|bits|weights?\b|void|packing|generation"
)
POSITIVE = re.compile(
    r"\b(?:waiting times?|wait times?|mean wait|average wait|avg wait|waits?|delay|sojourn|response time|queue length|variance|var|std|stdev|standard deviation|standard error|stderr|msd|mean squared? displacement|mean square\w*|distance|duration|population|number of \w+|lifetime|hitting time|first passage time|exit time|mean time|return time|absorption time|call price|put price|option price|path length|heterozygosity|autocorrelation time)\b"
)
NO_POSITIVE = re.compile(
    r"\blog\w*|diff\w*|error (?:in|of)|relative|change|bias|drift|delta|minus|deviation from|z ?score|correl|skew|increase|decrease|growth|residual|reduction|profit|net|explained|covar\w*|ratio|signed"
)
WHOLE = re.compile(
    r"\b(?:stationary|state|time|visit|empirical|long run|occupation|final)(?: \w+)? (?:shares?|fractions?|frequenc\w*|probabilit\w*|distribution|probs?)\b|\b(?:distribution|occupation|shares|stationary)\b"
)
PARTS = (r"transm\w*|through|penetrat\w*|escap\w*|leak\w*", r"reflect\w*|backscatter\w*|albedo", r"absor\w*|captur\w*")


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
            tell(f"`{label}` lies between 0 and 1", low >= -1e-9 and high <= 1 + 1e-9, f"{low:.4g} to {high:.4g}", "0 to 1", None)  # fmt: skip
        if result.kind == "return" and RETURNED.fullmatch(str(result.site[1]).lower()) and np.ndim(result.value) == 0:
            tell(f"`{result.site[1]}` lies between 0 and 1", low >= -1e-9 and high <= 1 + 1e-9, f"{low:.4g} to {high:.4g}", "0 to 1", None)  # fmt: skip
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
