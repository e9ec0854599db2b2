"""Which store a verb speaks of: `--store FOLDER`, else the one `tidegate.yaml` names, else `.tidegate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from tidegate.readers.config import read_settings
from tidegate.settings import Settings
from tidegate.spine.errors import InputError
from tidegate.store.folder import is_store

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


def existing(store: Path | None, config: Path | None, *, remedy: str = "", state_only: bool = False) -> Settings:
    """The settings in force, for verbs that need a store that is there.

    Raises InputError where the folder is none: a mistyped one would otherwise read as "nothing happened", and a
    revocation written into it would be seen by nobody.  `state_only` verbs do without the folder where the state is
    shared (PostgreSQL).
    """
    settings = resolve(store, config)
    folder = Path(settings.store.path)
    if not is_store(folder) and not (state_only and settings.store.state != "sqlite"):
        raise InputError("there is no store here", where=str(folder),
                         remedy=remedy or "name it with --store, or run `tidegate serve` first")  # fmt: skip
    return settings
