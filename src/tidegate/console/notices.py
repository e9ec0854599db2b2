"""What no single call shows, noticed in the workers' numbers: an engine that no longer says how full it is.

A finding is written once for each time it falls silent, not once a second.
"""

from tidegate.admit.scheduling.plugin import silent_engines
from tidegate.console.live import Sample
from tidegate.store.findings import FindingBook, Sighting


class SilentEngines:
    """Call it with every sample; keeps which engines of which workers are silent now."""

    name = "engine-signals"

    def __init__(self, book: FindingBook) -> None:
        self.book = book
        self._silent: set[tuple[int, str]] = set()

    def __call__(self, sample: Sample) -> None:
        """Note the engines that fell silent since the last sample; raises what the store raises."""
        silent: set[tuple[int, str]] = set()
        sightings = []
        for worker in sample.workers:
            for finding in silent_engines(worker.admission.get("engines", {})):
                key = (worker.worker, finding.subject)
                silent.add(key)
                if key not in self._silent:
                    sightings.append(
                        Sighting(check=self.name, finding=finding, trace_id="", tenant="", at_s=sample.at_s)
                    )
        if sightings:
            self.book.note(sightings)
        self._silent = silent
