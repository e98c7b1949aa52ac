"""A webhook's receiver and a mail server on loopback, which keep what they got."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from ports import free_port
from standardwebhooks import Webhook


@dataclass
class Hook:
    """`statuses` are given one after the other, the last one again and again."""

    statuses: list[int] = field(default_factory=lambda: [204])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    arrived: threading.Event = field(default_factory=threading.Event)

    def verified(self, secret: str) -> list[Any]:
        """The bodies, as the specification's own library accepts them."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.requests]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]


@contextlib.contextmanager
def hook(*statuses: int) -> Iterator[Hook]:
    kept = Hook(list(statuses) or [204])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            kept.arrived.set()
            self.send_response(kept.statuses.pop(0) if len(kept.statuses) > 1 else kept.statuses[0])
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        kept.url = f"http://127.0.0.1:{port}/hook"
        yield kept


@contextlib.contextmanager
def mailbox(*, refusing: bool = False) -> Iterator[tuple[int, list[EmailMessage]]]:
    """The port of a server that speaks as much SMTP (RFC 5321) as sending needs, and the mails it took."""
    mails: list[EmailMessage] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline().strip().upper():
                if line == b"DATA":
                    self.say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
                    self.say("250 taken")
                elif line.startswith(b"RCPT") and refusing:
                    self.say("451 not now")
                else:
                    self.say("221 bye" if line == b"QUIT" else "250 yes")

        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, mails


@contextlib.contextmanager
def serving(server: socketserver.ThreadingTCPServer) -> Iterator[int]:
    server.daemon_threads = True
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@dataclass
class TlsMailbox:
    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)


@contextlib.contextmanager
def tls_mailbox(context: ssl.SSLContext, security: str, user: str, password: str) -> Iterator[TlsMailbox]:
    """A mail server on localhost that takes mail only of who has signed in: over TLS from the start ("tls") or by STARTTLS ("starttls")."""
    kept = TlsMailbox(free_port())

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
            assert isinstance(envelope.content, bytes)
            kept.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 taken"

    def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        kept.logins.append((given.login, given.password))
        return AuthResult(success=(given.login, given.password) == (user.encode(), password.encode()), handled=True)

    options: dict[str, Any] = {"authenticator": knows, "auth_required": True, "ready_timeout": 60}
    options |= {"auth_require_tls": False} if security == "tls" else {"tls_context": context, "require_starttls": True}
    controller = Controller(Handler(), "127.0.0.1", kept.port, ssl_context=context if security == "tls" else None, **options)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
