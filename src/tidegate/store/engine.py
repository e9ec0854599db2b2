"""DuckDB, opened when first needed: a gateway worker that only writes never loads it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.store.columns import COLUMNS, JSON_COLUMNS, SELECT_ALL

if TYPE_CHECKING:
    import duckdb


def connect(scratch: Path, *, memory: str = "1GB", threads: int | None = None) -> "duckdb.DuckDBPyConnection":
    """An in-memory database that may spill to `scratch`; touches no network and loads no extension."""
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def create_table(name: str, extra: str = "") -> str:
    """SQL that makes an empty table of `COLUMNS`, with `extra` columns behind."""
    columns = ", ".join(f'"{column}" {kind}' for column, kind in COLUMNS)
    return f"CREATE OR REPLACE TABLE {name} ({columns}{extra})"


def select_lines(path: Path, longest: int) -> str:
    """SQL that reads a file of rows, one JSON object a line, the longest of `longest` bytes.

    DuckDB allocates buffers of twice the longest object it may meet, hence the argument.
    """
    return (
        f"SELECT {SELECT_ALL} FROM read_json({quoted(str(path))}, format='newline_delimited', columns={JSON_COLUMNS}, "
        f"maximum_object_size={max(longest + 1024, 1 << 20)})"
    )


def select_files(paths: list[Path]) -> str:
    """SQL that reads Parquet files; columns that an older file lacks are null."""
    listing = ", ".join(quoted(str(p)) for p in paths)
    return f"SELECT {SELECT_ALL} FROM read_parquet([{listing}], union_by_name=true, hive_partitioning=false)"
