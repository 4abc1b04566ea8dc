"""A small HTTP server whose answers a test writes as a function; it can also break off, stall and lie about length."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """A request as it came; `json` is its body, `target` its path with the query."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Reply:
    """An answer; `cut` bytes are left out at its end although the length promises them, `stall` is in seconds."""

    body: object = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: int = 0
    stall: float = 0.0

    def payload(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


class WebServer:
    """Answers each request with what `reply(asked)` gives; `asked` keeps them all."""

    def __init__(self, reply):
        self.asked = []
        self.reply = reply
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body in one packet: two would wait 40 ms for each other.
            wbufsize = -1

            def log_message(self, *args):
                pass

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, self.path, dict(self.headers.items()), body)
                server.asked.append(asked)
                reply = server.reply(asked)
                reply = reply if isinstance(reply, Reply) else Reply(reply)
                time.sleep(reply.stall)
                payload = reply.payload()
                try:
                    self.send_response(reply.status)
                    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                        self.send_header(name, value)
                    if "Content-Length" not in reply.headers:
                        self.send_header("Content-Length", str(len(payload)))
                    self.end_headers()
                    self.wfile.write(payload[: len(payload) - reply.cut])
                    self.wfile.flush()
                    self.close_connection = bool(reply.cut)
                except OSError:
                    self.close_connection = True

            do_POST = do_GET  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *trouble):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def sequence(*replies):
    """Answer with each reply in turn, then with the last again and again."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]
