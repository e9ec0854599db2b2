"""One PostgreSQL server for all contracts of this folder."""

from collections.abc import Iterator

import pytest
from tests.contracts.servers import postgres


@pytest.fixture(scope="session")
def postgres_reference() -> Iterator[str]:
    """Its `postgresql://` reference."""
    with postgres() as reference:
        yield reference
