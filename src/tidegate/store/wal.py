"""Opening a SQLite file that several processes share.

Workers start together.  Switching a new file to a write-ahead log needs it alone, and so does the last connection
that closes, which clears the log away; SQLite does not wait for either as it waits for other writers but says
"database is locked" at once, whatever its busy timeout (sqlite.org/wal.html, "sometimes queries return SQLITE_BUSY").
So an opening that meets one is tried again.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

PAUSE_S = 0.01


def open_wal(
    path: Path, prepare: Callable[[sqlite3.Connection], None], *, wait_s: float, threads: bool = False
) -> sqlite3.Connection:
    """A connection in autocommit mode to `path`, its folder made where it is not there.

    `prepare` (pragmas, schema) may run more than once.  `wait_s`: how long an opening is tried, and how long a
    statement waits for another writer; `threads`: whether several threads use the connection, under a lock of theirs.
    Raises sqlite3.Error, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    until_s = time.monotonic() + wait_s
    while True:
        db = sqlite3.connect(path, timeout=wait_s, isolation_level=None, check_same_thread=not threads)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            prepare(db)
        except BaseException as error:
            db.close()
            busy = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= until_s:
                raise
            time.sleep(PAUSE_S)
        else:
            return db
