"""Every table of canonical problems."""

from tidegate.runner.confined import (
    known_chains,
    known_games,
    known_lattices,
    known_matter,
    known_plays,
    known_prices,
    known_queues,
    known_samples,
    known_walks,
)

TOPICS = (
    *known_queues.TOPICS,
    *known_games.TOPICS,
    *known_walks.TOPICS,
    *known_chains.TOPICS,
    *known_lattices.TOPICS,
    *known_matter.TOPICS,
    *known_plays.TOPICS,
    *known_prices.TOPICS,
    *known_samples.TOPICS,
)
