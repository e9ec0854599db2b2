# ruff: noqa: E501  (statements read best on one line)
"""Goals of `tidegate verify`, measured: `python -m benches.verify` (recordings: TIDEGATE_SHARED_DATA; `--simulators`)."""

import csv
import gzip
import json
import random
import sys
from fractions import Fraction

from benches.report import Report
from benches.verify_data import DATA, SEED, refuted
from benches.verify_equations import equations
from benches.verify_recomputed import recomputed
from benches.verify_references import library_study, references
from benches.verify_simulators import sets, simulators
from benches.verify_speed import everything, speed
from benches.verify_studies import entropy, planted, streamed
from tidegate.check.verify.chemistry.formula import parse_formula
from tidegate.check.verify.chemistry.oxidation import judge_state
from tidegate.check.verify.chemistry.prose import check_chemistry
from tidegate.check.verify.chemistry.reactions import check_reactions
from tidegate.check.verify.code.check import check_code
from tidegate.check.verify.numbers.arithmetic import check_arithmetic
from tidegate.check.verify.published.codata import entries
from tidegate.check.verify.published.constants import check_constants
from tidegate.check.verify.quantity.units import parse_unit
from tidegate.stats.intervals import proportion

HARD = "H2O2 O -1|KO2 O -1/2|OF2 O 2|Fe3O4 Fe 2|Fe3O4 Fe 3|Fe3O4 Fe 8/3|S4O6^2- S 5|S4O6^2- S 0|Ti4O7 Ti 3|Ti4O7 Ti 4|S2O3^2- S 6|S2O3^2- S -2|NH4NO3 N -3|NH4NO3 N 5|K4[Fe(CN)6] Fe 2|NaH H -1|LiAlH4 H -1|Pb3O4 Pb 2|Pb3O4 Pb 4|FeS2 Fe 2|FeS2 S -1|Na2O2 O -1|N2H4 N -2|HN3 N -1/3|CrO5 Cr 6|H2SO5 S 6|VO2+ V 5|Ni(CO)4 Ni 0|Hg2Cl2 Hg 1|AgO Ag 1|CuFeS2 Cu 1|YBa2Cu3O7 Cu 7/3|NaBH4 H -1|C2H5OH C -1|C2H5OH C -3|C6H12O6 C 0|CsAuCl3 Au 3|B2H6 B 3|SiH4 Si -4|O2F2 O 1|HOF O 0|Fe4[Fe(CN)6]3 Fe 3|CaC2 C -1|K2FeO4 Fe 6|ClO2 Cl 4|KI3 I -1/3|N2O N 1|Mn3O4 Mn 2|Co3O4 Co 3|BaO2 Ba 2|H2S2O8 S 6|K2S2O8 O -1|H3PO2 P 1|H3PO3 P 3|H4P2O7 P 5|NaBiO3 Bi 5|Cl2O7 Cl 7|H5IO6 I 7|XeF2 Xe 2|XeO3 Xe 6|XeO4 Xe 8|OsO4 Os 8|Fe(CO)5 Fe 0|Cr(CO)6 Cr 0|Co2(CO)8 Co 0|K3[Fe(CN)6] Fe 3|[Cu(NH3)4]^2+ Cu 2|[Co(NH3)6]^3+ Co 3|[PtCl4]^2- Pt 2|[AuCl4]^- Au 3|C2H2 C -1|C2H4 C -2|HCOOH C 2|CH2O C 0|C3H8 C -8/3|CHCl3 C 2|HCN N -3|HCN C 2|NH2OH N -1|N2O3 N 3|NaN3 N -1/3|Na2S4 S -1/2|S2Cl2 S 1|SOCl2 S 4|SF6 S 6|K2MnO4 Mn 6|Mn2O7 Mn 7|CrO2Cl2 Cr 6|UO2^2+ U 6|As4S4 As 2|P4O6 P 3|BrF5 Br 5|ICl3 I 3|NaO2 O -1/2|CaH2 H -1|Hg2^2+ Hg 1|Tl2O Tl 1|NiO(OH) Ni 3|LiCoO2 Co 3|LiFePO4 Fe 2"


def arithmetic(report: Report) -> None:
    path = DATA / "routellm_gsm8k_responses.csv.gz"
    if not path.exists():
        report.row("arithmetic alarms on right answers", goal="<= 0.3 %", measured="recordings not found", holds=None)
        return
    with gzip.open(path, "rt") as stream:
        rows = list(csv.DictReader(stream))
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)
    kept = order[len(order) // 2 :]  # the half that no rule was chosen on
    for model in ("gpt-4-1106-preview", "mistralai/Mixtral-8x7B-Instruct-v0.1"):
        right = [i for i in kept if rows[i][model] == "True"]
        alarmed = sum(
            bool(refuted(check_arithmetic(t, [(0, len(t))]))) for i in right for t in [rows[i][model + "_response"]]
        )
        share = proportion((alarmed, len(right)))
        report.row(
            f"arithmetic: {model.split('/')[-1]}, right answers with an alarm",
            goal="<= 0.3 % (read by hand: see README)",
            measured=str(share),
            holds=alarmed / len(right) <= 0.003,
        )


def units(report: Report) -> None:
    path = DATA / "scibench_original.jsonl"
    if not path.exists():
        report.row("SciBench units read", goal=">= 0.98", measured="recordings not found", holds=None)
        return
    given = [u for line in path.open() if (u := json.loads(line)["unit"]).strip()]
    read = sum(parse_unit(u) is not None for u in given)
    report.row(
        "SciBench units read",
        goal=">= 0.98",
        measured=str(proportion((read, len(given)))),
        holds=read / len(given) >= 0.98,
    )


def chemistry(report: Report) -> None:
    rng = random.Random(SEED)
    known = [
        ("KMnO4", "Mn", 7),
        ("K2Cr2O7", "Cr", 6),
        ("H2SO4", "S", 6),
        ("HNO3", "N", 5),
        ("Fe2O3", "Fe", 3),
        ("MnO2", "Mn", 4),
        ("NaClO", "Cl", 1),
        ("V2O5", "V", 5),
        ("FeSO4", "Fe", 2),
        ("PbO2", "Pb", 4),
        ("H3PO4", "P", 5),
        ("SO3^2-", "S", 4),
    ]
    reactions = [
        "2 H2 + O2 → 2 H2O",
        "CH4 + 2 O2 → CO2 + 2 H2O",
        "4 Fe + 3 O2 → 2 Fe2O3",
        "2 KClO3 → 2 KCl + 3 O2",
        "N2 + 3 H2 → 2 NH3",
        "2 Al + 6 HCl → 2 AlCl3 + 3 H2",
        "C3H8 + 5 O2 → 3 CO2 + 4 H2O",
        "MnO4- + 8 H+ + 5 Fe2+ → Mn2+ + 5 Fe3+ + 4 H2O",
    ]
    caught = alarms = corrupted = clean = 0
    for _ in range(1000):
        if rng.random() < 0.5:
            formula, symbol, state = rng.choice(known)
            wrong = rng.choice([s for s in range(-3, 9) if s != state])
            ways = (
                "In {f}, {e} has an oxidation state of {s:+d}.",
                "The oxidation number of {e} in {f} is {s:+d}.",
                "{e} is in the {s:+d} oxidation state in {f}.",
            )
            way = rng.choice(ways)
            texts = way.format(f=formula, e=symbol, s=state), way.format(f=formula, e=symbol, s=wrong)
        else:
            good = rng.choice(reactions)
            places = [i for i, c in enumerate(good) if c.isdigit() and (i == 0 or good[i - 1] == " ")]
            at = rng.choice(places)
            digit = rng.choice([c for c in "23456789" if c != good[at]])
            texts = "Balanced equation: " + good, "Balanced equation: " + good[:at] + digit + good[at + 1 :]
        for text, is_wrong in zip(texts, (False, True), strict=True):
            alarm = bool(refuted(check_chemistry(text, [(0, len(text))])))
            corrupted, clean = corrupted + is_wrong, clean + (not is_wrong)
            caught, alarms = caught + (alarm and is_wrong), alarms + (alarm and not is_wrong)
    report.row(
        "chemistry: corrupted statements refuted",
        goal=">= 0.98",
        measured=str(proportion((caught, corrupted))),
        holds=caught / corrupted >= 0.98,
    )
    report.row(
        "chemistry: sound statements refuted",
        goal="<= 0.5 %",
        measured=str(proportion((alarms, clean))),
        holds=alarms / clean <= 0.005,
    )
    cases = [c.split(" ") for c in HARD.split("|")]
    bad = sum(judge_state(f, e, Fraction(s)).holds is False for text, e, s in cases if (f := parse_formula(text)))
    report.row(f"chemistry: hard cases wrongly refuted (of {len(cases)})", goal="0", measured=bad, holds=bad == 0)
    assert not refuted(check_reactions("unbalanced: Fe + O2 → Fe2O3", [(0, 27)]))


def constants(report: Report) -> None:
    rng = random.Random(SEED)
    caught = wrong = alarms = sound = named = 0
    for name, found in [item for _ in range(5) for item in entries().items()]:
        e = found[0]
        digits = rng.randint(3, 10)
        mantissa, exponent = f"{abs(float(e.value)):.{digits - 1}e}".split("e")
        at = rng.choice([i for i, c in enumerate(mantissa) if c.isdigit()])
        broken = mantissa[:at] + rng.choice([c for c in "123456789" if c != mantissa[at]]) + mantissa[at + 1 :]
        for text_value, is_wrong in ((mantissa, False), (broken, True)):
            text = f"The {e.name} is {text_value}e{int(exponent)} {e.unit}.".replace(" .", ".")
            decisions = list(check_constants(text, [(0, len(text))]))
            if is_wrong:
                wrong, caught = wrong + 1, caught + bool(refuted(decisions))
            else:
                sound, alarms = sound + 1, alarms + bool(refuted(decisions))
                named += any(d.receipt.detail.get("edition") == e.edition for d in decisions)
        assert name
    report.row(
        "constants: one wrong digit refuted",
        goal=">= 0.995",
        measured=str(proportion((caught, wrong))),
        holds=caught / wrong >= 0.995,
    )
    report.row(
        "constants: sound values refuted", goal="0", measured=str(proportion((alarms, sound))), holds=alarms == 0
    )
    report.row(
        "constants: edition named right",
        goal=">= 0.99",
        measured=str(proportion((named, sound))),
        holds=named / sound >= 0.99,
    )


def code(report: Report) -> None:
    rng = random.Random(SEED)
    parts = ("fast", "auto", "smart", "py", "quick", "deep", "turbo", "meta", "hyper", "easy")
    invented = [
        f"{rng.choice(parts)}{rng.choice(('matrix', 'tensorizer', 'chemkit', 'parsec', 'orbital', 'quantum', 'ledgerer'))}_{rng.choice(('utils', 'core', 'lib', 'tools'))}"
        for _ in range(300)
    ]
    named = sum(bool(refuted(check_code(f"```python\nimport {n}\n```"))) for n in invented)
    report.row(
        "code: invented packages refuted", goal="1.0", measured=str(proportion((named, 300))), holds=named == 300
    )
    path = DATA / "gitchameleon2_solutions.jsonl"
    if path.exists():
        answers = [json.loads(line)["answer"] for line in path.open()]
        alarmed = sum(
            any(d.certainty == "possible" for d in refuted(check_code(f"```python\n{a}\n```"))) for a in answers
        )
        report.row(
            "code: real packages of GitChameleon called unknown",
            goal="<= 1 %",
            measured=str(proportion((alarmed, len(answers)))),
            holds=alarmed / len(answers) <= 0.01,
        )
    report.row(
        "code: wrong-version symbols", goal=">= 0.85", measured="run python -m benches.verify_versions", holds=None
    )


def main() -> None:
    report = Report("verify")
    for part in (
        arithmetic,
        units,
        equations,
        chemistry,
        constants,
        code,
        references,
        library_study,
        everything,
        recomputed,
        planted,
        streamed,
        entropy,
        speed,
    ):
        part(report)
    if "--simulators" in sys.argv:
        simulators(report, sets(), seeds=20)
        sys.argv.remove("--simulators")
    else:
        report.row(
            "simulators: mutants killed",
            goal=">= 0.95",
            measured="run with --simulators (about an hour)",
            holds=None,
        )
    report.finish()


if __name__ == "__main__":
    main()
