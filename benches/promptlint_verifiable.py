"""The grammar as a reader of IFEval's and IFBench's instructions: what it reads rightly, and what it misreads.

IFEval: prompts with one instruction of a kind that the grammar has.  Half of them (seed 11) was
studied before repairs, the other half was not.  IFBench: 57 kinds, most of which the grammar does
not know and must leave; a misreading is a demand on the whole reply that the instruction does not make.
"""

# ruff: noqa: E501

import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benches.report import Report
from tidegate.check.promptlint.grammar.parse import parse_unit
from tidegate.check.promptlint.lint import analyse
from tidegate.check.promptlint.model import Instruction, Source
from tidegate.check.promptlint.sources.document import parse_document

# IFEval's kinds → the attributes that say the same; kinds left out are outside the grammar (abstained)
IFEVAL = {
    "length_constraints:number_words": {"words"}, "length_constraints:number_sentences": {"sentences"},
    "length_constraints:number_paragraphs": {"paragraphs", "sections"}, "detectable_format:number_bullet_lists": {"bullets"},
    "detectable_format:json_format": {"format"}, "punctuation:no_comma": {"comma"}, "detectable_format:title": {"title"},
    "change_case:english_lowercase": {"uppercase-letters"}, "change_case:english_capital": {"lowercase-letters", "all-caps"},
    "keywords:forbidden_words": {"contains"}, "keywords:existence": {"contains"}, "language:response_language": {"language"},
    "startend:end_checker": {"phrase.end"}, "keywords:frequency": {"keyword"},
}  # fmt: skip
COUNTS = {"number_words": "num_words", "number_sentences": "num_sentences", "number_paragraphs": "num_paragraphs",
          "number_bullet_lists": "num_bullets"}  # fmt: skip
# IFBench's kinds that the grammar has, and what may be read of them
IFBENCH = {
    "count:word_count_range": {"words"}, "count:unique_word_count": {"words"}, "count:numbers": {"count:number"},
    "count:pronouns": {"count:pronoun"}, "count:keywords_multiple": {"keyword", "contains"}, "format:emoji": {"emoji"},
    "format:title_case": {"case", "uppercase-letters"}, "format:options": {"explanation", "reasoning-shown"},
    "sentence:keyword": {"contains", "keyword"}, "format:no_bullets_bullets": {"bullets", "sentences"},
}  # fmt: skip
# what an instruction of another kind says besides: a thesis in italics by HTML is in italics and HTML
BESIDES = {"format:thesis": {"italic", "format"}, "words:consonants": {"count:consonant"}, "format:list": {"bullets", "any-list"},
           "format:sub-bullets": {"bullets"}, "count:punctuation": {"semicolon"}, "words:palindrome": {"words"}, "repeat:repeat_change": {"refuse"}}  # fmt: skip


def named(i: Instruction) -> str:
    """`count:number`, `contains`, `words`: an attribute without the literal after its name."""
    a = i.constraint.attribute
    return a if a.startswith("count:") else a.split(":")[0]


def read(prompt: str) -> list[Instruction]:
    return list(analyse([Source(name="p", text=prompt)]).instructions)


def exact(kind: str, values: dict[str, Any], found: list[Instruction]) -> bool | None:
    """Whether the amount is the one asked for; None where a kind has no amount."""
    name = COUNTS.get(kind.split(":")[1])
    if name is None or values.get(name) is None:
        return None
    n, relation = int(values[name]), values.get("relation")
    wanted = {"at least": (">=", n), "less than": ("<=", n - 1)}.get(str(relation), ("=", n))
    return any((i.constraint.operator, i.constraint.value) == wanted for i in found if named(i) in IFEVAL[kind])


def ifeval(report: Report, path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows = [r for r in rows if len(r["instruction_id_list"]) == 1 and r["instruction_id_list"][0] in IFEVAL]
    order = list(range(len(rows)))
    random.Random(11).shuffle(order)
    studied = set(order[: len(order) // 2])
    right: dict[bool, list[bool]] = {True: [], False: []}
    amounts: list[bool] = []
    for k, row in enumerate(rows):
        (kind,), found = row["instruction_id_list"], read(row["prompt"])
        right[k in studied].append(bool({named(i) for i in found} & IFEVAL[kind]))
        amount = exact(kind, row["kwargs"][0], found)
        amounts += [] if amount is None else [amount]
    for half, name in ((True, "studied half"), (False, "other half")):
        share = sum(right[half]) / len(right[half])
        report.row(f"IFEval, one instruction a prompt, {name}: attribute read", goal=">= 0.97", measured=share,
                   holds=share >= 0.97, note=f"n={len(right[half])}, 14 of 25 kinds")  # fmt: skip
    share = sum(amounts) / len(amounts)
    report.row("IFEval: amount exact", goal=">= 0.95", measured=share, holds=share >= 0.95, note=f"n={len(amounts)}")


def ifbench(report: Report, path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    by_kind: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if len(row["instruction_id_list"]) == 1:
            by_kind[row["instruction_id_list"][0]].append(row["prompt"])
    known = [bool({named(i) for i in read(p)} & IFBENCH[k]) for k, ps in by_kind.items() if k in IFBENCH for p in ps]
    share = sum(known) / len(known)
    report.row("IFBench, kinds that the grammar has: attribute read", goal=">= 0.97", measured=share, holds=share >= 0.97,
               note=f"n={len(known)}, {len(IFBENCH)} of {len(by_kind)} kinds")  # fmt: skip
    wrong, n, names = 0, 0, set()
    for kind, prompts in by_kind.items():
        for sentence, found in instructions_of(prompts):
            n += 1
            whole = {named(i) for i in found if not i.scope and not i.restrict and not named(i).startswith("do")}
            if whole - IFBENCH.get(kind, set()) - BESIDES.get(kind, set()):
                wrong += 1
                names.add(kind)
            _ = sentence
    report.row("IFBench: instructions misread", goal="<= 0.01", measured=wrong / n, holds=wrong / n <= 0.01,
               note=f"n={n} sentences{', in ' + ', '.join(sorted(names)) if names else ''}")  # fmt: skip


def instructions_of(prompts: list[str]) -> list[tuple[str, list[Instruction]]]:
    """The sentences that at least half of a kind's prompts share, amounts and quotations aside: its instruction."""
    units = [parse_document(Source(name="p", text=p)).units for p in prompts]
    shape = lambda text: re.sub(r'\d+|"[^"]*"', "#", text.lower())[:45]  # noqa: E731
    seen = Counter(s for us in units for s in {shape(u.text) for u in us})
    common = {s for s, k in seen.items() if k >= max(2, len(prompts) / 2)}
    return [(u.text, parse_unit(u)[0]) for us in units for u in us if shape(u.text) in common]
