"""Sets of simulators: the prose before the code, the sound program, and changes of one place."""


class SimulatorSet(dict[str, tuple[str, str, list[tuple[str, str]]]]):
    """Programs by name, each with its prose and its changes."""

    def sim(self, name: str, prose: str, source: str, *mutants: tuple[str, str]) -> None:
        """Add a simulator; every mutant must change the source."""
        for old, new in mutants:
            assert old in source, (name, old)
            assert old != new, (name, old)
        self[name] = (prose, source.lstrip("\n"), list(mutants))
