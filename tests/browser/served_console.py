"""The console behind a server on this machine: requests become API Gateway's events, answers go back."""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]


@contextmanager
def served(handler: Handler) -> Iterator[str]:
    """Where the handler of functions/console answers: one request at a time, as in Lambda."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(handler))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/console"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answering(handler: Handler) -> type[BaseHTTPRequestHandler]:
    lock = Lock()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            told = urlsplit(self.path)
            proxy = told.path.removeprefix("/console").strip("/")
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            event = {
                "httpMethod": self.command,
                "resource": "/console/{proxy+}",
                "path": told.path,
                "pathParameters": {"proxy": proxy},
                "queryStringParameters": dict(parse_qsl(told.query, keep_blank_values=True)),
                "headers": dict(self.headers.items()),
                "requestContext": {"domainName": "127.0.0.1", "path": told.path},
                "body": base64.b64encode(body).decode(),
                "isBase64Encoded": True,
            }
            with lock:
                answer = handler(event, None)
            raw = answer["body"].encode()
            content = base64.b64decode(raw) if answer["isBase64Encoded"] else raw
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Answering
