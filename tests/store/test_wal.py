"""Processes that open a new file at once all get it: workers start together."""

import multiprocessing
import sqlite3
import threading
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tidegate.spine.errors import StoreError
from tidegate.store.budgets import BudgetBook
from tidegate.store.state import SqliteState

ROUNDS, OPENERS = 6, 6


def test_another_that_is_just_writing_the_new_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN IMMEDIATE")
    other.execute("SELECT * FROM theirs").fetchall()
    with pytest.raises(StoreError, match="locked"):
        SqliteState(path, busy_timeout_s=0.05)
    threading.Timer(0.2, other.execute, ("COMMIT",)).start()
    state = SqliteState(path, busy_timeout_s=20.0)
    state.put("kind", "key", {"a": 1})
    assert state.get("kind", "key") == {"a": 1}


def _opens(folder: Path, barrier: Barrier, errors: "multiprocessing.Queue[str]") -> None:
    for n in range(ROUNDS):
        barrier.wait(30)
        try:
            SqliteState(folder / f"{n}" / "state.db").close()
            BudgetBook(folder / f"{n}", wait_s=10.0).recover("nobody")
        except Exception as error:
            errors.put(str(error))
    errors.put("")


def test_a_new_store_opened_by_all_workers_at_once(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    barrier, errors = fork.Barrier(OPENERS), fork.Queue()
    openers = [fork.Process(target=_opens, args=(tmp_path, barrier, errors)) for _ in range(OPENERS)]
    for o in openers:
        o.start()
    said = []
    while said.count("") < OPENERS:
        said.append(errors.get(timeout=60))
    for o in openers:
        o.join(30)
    assert [s for s in said if s] == []
