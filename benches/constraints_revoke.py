# ruff: noqa: E501 (rows of a report read better whole)
"""Revocation, measured: `python -m benches.constraints_revoke [--rounds N]`.

Two nodes (each with its own view of the store, as two workers have) check handles while a third revokes and
restores them.  No check that begins after `revoke` returned may pass; the row says how many did, what one
revocation costs until it is on disk, and what a check costs.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from benches.report import Report
from tidegate.store.revocations import FileRevocations, restore_subject, revoke_subject


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    print(f"seed {given.seed}")
    passed = checks = old = 0
    revoking: list[float] = []
    checking: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        nodes = [FileRevocations(store) for _ in range(2)]
        for n in range(given.rounds):
            subject, epoch = f"cred://s{n % 50}", 2 * (n // 50)
            handle = f"{subject}#{epoch}" if epoch else subject
            for _ in range(rng.randrange(50)):
                began = time.perf_counter_ns()
                rng.choice(nodes).live(handle, time.time())
                checking.append((time.perf_counter_ns() - began) / 1000)
            began = time.perf_counter_ns()
            revoke_subject(store, subject)
            revoking.append((time.perf_counter_ns() - began) / 1e6)
            for node in nodes:
                checks += 1
                passed += node.live(handle, time.time())
            restore_subject(store, subject)
            for node in nodes:
                old += node.live(handle, time.time())
    revoking.sort()
    checking.sort()
    report = Report("constraints: revocation")
    report.row(
        "C11 checks that passed after `revoke` returned", goal="0", measured=f"{passed} of {checks}", holds=passed == 0
    )
    report.row("C11 old handles alive after `restore`", goal="0", measured=f"{old} of {checks}", holds=old == 0)
    report.row("C11 revoke until it is on disk, P50 and P99", goal="<= 250 ms",
               measured=f"{revoking[len(revoking) // 2]:.1f} and {revoking[int(len(revoking) * 0.99)]:.1f} ms",
               holds=revoking[int(len(revoking) * 0.99)] <= 250)  # fmt: skip
    report.row("C11 one check, P50 and P99", goal="reported", holds=True,
               measured=f"{checking[len(checking) // 2]:.1f} and {checking[int(len(checking) * 0.99)]:.1f} us")  # fmt: skip
    report.finish()


if __name__ == "__main__":
    main()
