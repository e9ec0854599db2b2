"""Every table of canonical problems."""

from tidegate.runner.confined import known_chains, known_games, known_queues, known_samples

TOPICS = (*known_queues.TOPICS, *known_games.TOPICS, *known_chains.TOPICS, *known_samples.TOPICS)
