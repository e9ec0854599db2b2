"""Formulas to z3: satisfiability with assumptions, unsatisfiable cores, models.  z3 is loaded on first use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tidegate.check.promptlint.model import Conjunction, Instruction, Literal
from tidegate.check.promptlint.proof.formulas import Among, And, Flag, Formula, Lin, Or, Var
from tidegate.check.promptlint.proof.laws import laws
from tidegate.check.promptlint.proof.theory import meaning

OTHER = "(another)"
RESOURCES_MAX = 3_000_000  # z3's own deterministic unit of work, a check; what takes longer is not claimed to conflict


class Reply:
    """A z3 solver over what replies can be: laws asserted, one tracked assertion an instruction."""

    def __init__(self, formulas: Sequence[Formula | None], axioms: Iterable[Formula]) -> None:
        import z3

        self.z3: Any = z3
        self.solver = z3.Solver()
        self.solver.set("random_seed", 7)
        self.solver.set("rlimit", RESOURCES_MAX)
        self._vars: dict[Var, Any] = {}
        self._values: dict[tuple[Var, str], int] = {}
        self._counts: dict[Var, int] = {}
        for a in axioms:
            self.solver.add(self.translate(a))
        self.marks = []
        for k, f in enumerate(formulas):
            mark = z3.Bool(f"i{k}")
            self.marks.append(mark)
            if f is not None:
                self.solver.add(z3.Implies(mark, self.translate(f)))

    def variable(self, v: Var) -> Any:
        """The z3 variable of a variable."""
        if v not in self._vars:
            name = f"{v.kind}:{v.channel}:{v.name}:{'/'.join(v.scope)}"
            self._vars[v] = self.z3.Bool(name) if v.kind == "flag" else self.z3.Int(name)
            if v.kind != "flag":
                self.solver.add(self._vars[v] >= 0)
        return self._vars[v]

    def code(self, v: Var, value: str) -> int:
        """The integer that stands for a value of a choice; 0 is every value nobody named."""
        if (v, value) not in self._values:
            self._counts[v] = self._counts.get(v, 0) + 1
            self._values[(v, value)] = self._counts[v]
        return self._values[(v, value)]

    def translate(self, f: Formula) -> Any:
        """A z3 expression."""
        z3 = self.z3
        if isinstance(f, Lin):
            return z3.Sum([k * self.variable(v) for k, v in f.terms]) <= f.bound
        if isinstance(f, Flag):
            return self.variable(f.var) if f.value else z3.Not(self.variable(f.var))
        if isinstance(f, Among):
            among = z3.Or([self.variable(f.var) == self.code(f.var, x) for x in sorted(f.values)])
            return among if f.positive else z3.Not(among)
        parts = [self.translate(p) for p in f.parts]
        return z3.And(parts) if isinstance(f, And) else z3.Or(parts)

    def satisfiable(self, members: Iterable[int]) -> bool:
        """Whether some reply does all of these."""
        return bool(self.solver.check([self.marks[k] for k in members]) != self.z3.unsat)

    def core(self, members: Iterable[int]) -> list[int]:
        """After an unsatisfiable check: the members z3 used (not minimal)."""
        names = {str(x) for x in self.solver.unsat_core()}
        return [k for k in members if f"i{k}" in names]

    def implied(self, others: Iterable[int], f: Formula) -> bool:
        """Whether `f` follows from these instructions and the laws."""
        z3 = self.z3
        self.solver.push()
        self.solver.add(z3.Not(self.translate(f)))
        answer = self.solver.check([self.marks[k] for k in others])
        self.solver.pop()
        return bool(answer == z3.unsat)


class Situations:
    """A z3 solver over situations: which sets of instructions can bind at the same time."""

    def __init__(self, instructions: Sequence[Instruction], excluded: Iterable[tuple[int, int]]) -> None:
        import z3

        self.z3: Any = z3
        self.solver = z3.Solver()
        self.solver.set("random_seed", 7)
        self._keys: dict[str, Any] = {}
        self._values: dict[tuple[str, str], int] = {}
        self._count: dict[str, int] = {}
        self._literals: dict[tuple[str, str, bool], tuple[Any, Literal]] = {}
        self.marks = []
        for k, i in enumerate(instructions):
            mark = z3.Bool(f"s{k}")
            self.marks.append(mark)
            self.solver.add(z3.Implies(mark, self.active(i)))
        for a, b in excluded:
            self.solver.add(z3.Or(z3.Not(self.marks[a]), z3.Not(self.marks[b])))

    def literal(self, lit: Literal) -> Any:
        """A z3 expression of one condition."""
        z3 = self.z3
        if lit.functional:
            var = self._keys.setdefault(lit.key, z3.Int(f"key:{lit.key}"))
            if (lit.key, lit.value) not in self._values:
                self._count[lit.key] = self._count.get(lit.key, 0) + 1
                self._values[(lit.key, lit.value)] = self._count[lit.key]
            expression = var == self._values[(lit.key, lit.value)]
        else:
            expression = z3.Bool(f"cond:{lit.key}={lit.value}")
        self._literals.setdefault((lit.key, lit.value, True), (expression, lit if lit.positive else lit.negated()))
        return expression if lit.positive else z3.Not(expression)

    def conjunction(self, conj: Conjunction) -> Any:
        """All of them."""
        return self.z3.And([self.literal(x) for x in conj])

    def active(self, i: Instruction) -> Any:
        """When an instruction binds."""
        z3 = self.z3
        guard = z3.Or([self.conjunction(c) for c in i.guard]) if i.guard else z3.BoolVal(True)
        out = [z3.Not(self.conjunction(c)) for c in i.exceptions]
        return z3.And(guard, *out)

    def together(self, members: Iterable[int]) -> bool:
        """Whether these can all bind at once."""
        return bool(self.solver.check([self.marks[k] for k in members]) == self.z3.sat)

    def witness(self, members: Sequence[int], instructions: Sequence[Instruction]) -> tuple[Literal, ...]:
        """A situation in which these all bind: the literals of their guards that it makes true."""
        z3 = self.z3
        if self.solver.check([self.marks[k] for k in members]) != z3.sat:
            return ()
        model = self.solver.model()
        out: dict[tuple[str, str], Literal] = {}
        for k in members:
            i = instructions[k]
            for conj in i.guard:
                if all(z3.is_true(model.eval(self.literal(x), model_completion=True)) for x in conj):
                    for x in conj:
                        out.setdefault((x.key, x.value), x)
                    break
            for conj in i.exceptions:
                for x in conj:
                    if z3.is_false(model.eval(self.literal(x), model_completion=True)):
                        out.setdefault((x.key, x.value), x.negated())
                        break
        return tuple(out.values())


def reply_solver(instructions: Sequence[Instruction]) -> Reply:
    """The solver of a set of instructions, with the laws between them."""
    parts = {i.scope for i in instructions if i.scope[:1] == ("part",) and not i.restrict}
    return Reply([meaning(i, parts) for i in instructions], laws(instructions))


_ = (Or, Lin)
