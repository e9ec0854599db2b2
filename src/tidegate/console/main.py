"""The control plane's process: console, admin and metrics, beside the store's housekeeping.

`tidegate serve` runs this next to its workers.  It owns what must not happen in a worker:
sealed journal segments become Parquet here, retention is kept here, pages are rendered here.
"""

import contextlib
import signal
import ssl
from pathlib import Path

import uvicorn

from tidegate import wiring
from tidegate.console.app import control_plane
from tidegate.console.notices import SilentEngines
from tidegate.console.pages import PAGES
from tidegate.readers.config import read_settings
from tidegate.spine.errors import TidegateError
from tidegate.spine.ports import TraceStore
from tidegate.wiring import live


class ServedWorld:
    """The world of a running gateway, for the console."""

    def __init__(self, config: Path, socket_folder: Path) -> None:
        self.config = config
        self.socket_folder = socket_folder
        self.settings = read_settings(config)

    def traces(self) -> TraceStore:
        """The traces, journal and Parquet as one."""
        return wiring.trace_store(self.settings)

    def reload(self) -> None:
        """Read the configuration again, all or nothing; the listener's own address stays."""
        self.settings = read_settings(self.config)


def reload_or_stay(world: ServedWorld) -> None:
    """On SIGHUP; where the file is not acceptable, the supervisor has said so and the old settings stay."""
    with contextlib.suppress(TidegateError):
        world.reload()


def served(world: ServedWorld, notices: SilentEngines) -> uvicorn.Config:
    """What uvicorn serves, and to whom: with `client_ca`, only to those who show a certificate that it signed."""
    listener = world.settings.control
    tls = listener.tls
    return uvicorn.Config(
        control_plane(world, PAGES, notices),
        host=listener.host,
        port=listener.port,
        log_level="warning",
        access_log=False,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=tls.client_ca if tls else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.client_ca else ssl.CERT_NONE,
    )


def run(config: Path, socket_folder: Path) -> None:
    """Serve until told to end."""
    world = ServedWorld(config, socket_folder)
    housekeeping = live.maintenance(world.settings)
    housekeeping.start()
    signal.signal(signal.SIGHUP, lambda *_: reload_or_stay(world))
    server = uvicorn.Server(served(world, SilentEngines(wiring.finding_book(world.settings.store))))
    try:
        server.run()
    finally:
        housekeeping.stop()
