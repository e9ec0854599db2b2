"""Which store a verb speaks of: `--store FOLDER`, else the one `tidegate.yaml` names, else `.tidegate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from tidegate.readers.config import read_settings
from tidegate.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_CONFIG = Path("tidegate.yaml")


def store_options(function: F) -> F:
    """The options `--store` and `--config`, as arguments `store` and `config`."""
    function = click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=None,
        help="Configuration that names the store [default: ./tidegate.yaml where there is one].",
    )(function)
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help="Folder of the store [default: what the configuration says, else .tidegate].",
    )(function)


def resolve(store: Path | None, config: Path | None) -> Settings:
    """The settings in force, with `store.path` replaced where `--store` was given."""
    if config is None and DEFAULT_CONFIG.exists():
        config = DEFAULT_CONFIG
    settings = read_settings(config) if config is not None else Settings()
    if store is not None:
        kept = msgspec.structs.replace(settings.store, path=str(store))
        settings = msgspec.structs.replace(settings, store=kept)
    return settings
