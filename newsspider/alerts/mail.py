"""Mail to the operators, through the server of `[mail]`."""

from __future__ import annotations

import json
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from newsspider import clock
from newsspider.config import Config
from newsspider.errors import FetchError


def mail_body(subject: str, text: str) -> str:
    """The body of an outgoing message of the channel mail."""
    return json.dumps({"subject": " ".join(subject.split()), "text": text}, ensure_ascii=False)


def send_mail(config: Config, message_id: str, body: str) -> None:
    """Hand one message to the mail server. Its Message-ID is made of `message_id`, so that one sent twice is known as such. Raises FetchError."""
    said = json.loads(body)
    host = socket.getfqdn()
    mail = EmailMessage()
    sender = config.mail.sender or f"newsspider@{host}"
    mail["From"] = sender
    mail["To"] = ", ".join(config.mail.to)
    mail["Subject"] = said["subject"]
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    mail.set_content(said["text"])
    try:
        with _connected(config) as server:
            if config.mail.username:
                server.login(config.mail.username, config.mail.password.get_secret_value())
            refused = server.send_message(mail)
    except (OSError, smtplib.SMTPException) as e:
        raise FetchError(f"mail could not be sent through {config.mail.host}:{config.mail.port}: {e or type(e).__name__}") from e
    if refused:
        raise FetchError(f"{config.mail.host} did not take the mail for {', '.join(refused)}")


def _connected(config: Config) -> smtplib.SMTP:
    mail, timeout = config.mail, config.alerts.timeout
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=timeout, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=timeout)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server
