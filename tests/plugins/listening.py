"""A server on loopback that stands for Kairos: it keeps what is posted, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Posted(NamedTuple):
    """One request. headers: names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class Listening:
    """posted: all that came, also what was not taken. answers: the next statuses, then 200."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.posted: list[Posted] = []
        self.answers: list[int] = []


@contextmanager
def listening() -> Iterator[Listening]:
    """Listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.posted.append(Posted(self.path, headers, body))
            self.send_response(told.answers.pop(0) if told.answers else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_told: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Listening(f"http://127.0.0.1:{server.server_address[1]}/prod")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
