"""The control plane's process: the console and the admin API under uvicorn, and the store's housekeeping.

`tidegate.serving` loads this module by name, in its own process, so that nothing of it (a web
framework, templates, the analytical store) is ever in a worker.
"""

from pathlib import Path

import uvicorn

from tidegate.console.app import control_plane
from tidegate.readers.config import read_settings
from tidegate.settings import Settings
from tidegate.spine.ports import TraceStore
from tidegate.wiring import maintenance, trace_store


class ProcessWorld:
    """What the control plane needs of the process it runs in; the settings are replaced whole on reload."""

    def __init__(self, config: Path, socket_folder: Path) -> None:
        self.config = config
        self.socket_folder = socket_folder
        self.settings: Settings = read_settings(config)
        self._traces: TraceStore | None = None

    def traces(self) -> TraceStore:
        """The trace store, opened when first asked for."""
        if self._traces is None:
            self._traces = trace_store(self.settings)
        return self._traces

    def reload(self) -> None:
        """Read the configuration again; raises SettingError and changes nothing when it is not acceptable."""
        self.settings = read_settings(self.config)
        self._traces = None


def run(config: Path, socket_folder: Path) -> None:
    """Serve the control plane until SIGTERM."""
    world = ProcessWorld(config, socket_folder)
    listener = world.settings.control
    keeper = maintenance(world.settings)
    keeper.start()
    try:
        uvicorn.run(
            control_plane(world),
            host=listener.host,
            port=listener.port,
            log_level="warning",
            ssl_certfile=listener.tls.certificate if listener.tls else None,
            ssl_keyfile=listener.tls.key if listener.tls else None,
            timeout_graceful_shutdown=2,
        )
    finally:
        keeper.stop()
