"""The report beside the Dagster UI, on 127.0.0.1, so that links to evidence pages lead somewhere."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipelines.servers import free_port

PREFERRED_PORT = 3080


class _Quiet(SimpleHTTPRequestHandler):
    """Files of the report folder and nothing else; no listing of folders."""

    def list_directory(self, path: str) -> None:  # type: ignore[override]  # noqa: ARG002
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@contextlib.contextmanager
def report_served(folder: Path, port: int = PREFERRED_PORT) -> Iterator[str]:
    """The address under which the files of ``folder`` are served until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    address = ("127.0.0.1", free_port(port))
    with ThreadingHTTPServer(address, partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
