"""The outbox emptied: each message is sent until its receiver takes it, at least once, under the same id each time.

Webhooks follow the Standard Webhooks specification (https://www.standardwebhooks.com): the headers webhook-id, webhook-timestamp and
webhook-signature (HMAC-SHA256), pauses that grow with the attempts, and 410 from a receiver that is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import httpx
from standardwebhooks import Webhook

from newsspider import clock
from newsspider.alerts.mail import send_mail
from newsspider.config import Config
from newsspider.errors import AddressBlocked, FetchError
from newsspider.net import Guard, post
from newsspider.settings import user_agent
from newsspider.store import OutgoingMessage, Receiver, Store

AT_ONCE = 8  # receivers
BATCH = 50
# Before each further attempt; a message that fails for the last time, two days and eight hours after the first, is dead.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 86_400))
GONE = 410


class Undeliverable(Exception):
    """No later attempt would deliver this message."""


@dataclass(slots=True)
class Delivered:
    """How many messages were taken, failed for now, and died."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0


class Delivery:
    """One emptying of the outbox. `going_on` is called before each attempt, and may raise."""

    def __init__(self, store: Store, config: Config, going_on: Callable[[], None] = lambda: None) -> None:
        self.done = Delivered()
        self._store = store
        self._config = config
        self._guard = Guard.from_config(config.net)
        self._tls = httpx.create_ssl_context(trust_env=False)  # making one takes longer than a request
        self._going_on = going_on
        self._counting = threading.Lock()

    def run(self) -> Delivered:
        """Send every message that is due. Raises StoreError, and whatever `going_on` raises.

        A receiver that fails is left alone: its other messages wait for the next run, and other receivers' do not.
        """
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="alerts") as pool:
            list(pool.map(self._serve, self._store.due_receivers()))
        return self.done

    def _serve(self, receiver: Receiver) -> None:
        while batch := self._store.due_messages(receiver, BATCH):
            for message in batch:
                self._going_on()
                if not self._attempt(message):
                    return

    def _attempt(self, message: OutgoingMessage) -> bool:
        """Whether the receiver can be sent more."""
        error, next_try = "", None
        try:
            self._send(message)
        except (Undeliverable, AddressBlocked) as e:
            error = str(e)
        except FetchError as e:
            error = str(e)
            if message.attempts < len(PAUSES):
                next_try = clock.now() + PAUSES[message.attempts]
        if error:
            self._store.not_delivered(message.id, error, next_try)
        else:
            self._store.delivered(message.id)
        with self._counting:
            self.done.delivered += not error
            self.done.failed += next_try is not None
            self.done.dead += bool(error) and next_try is None
        return not error

    def _send(self, message: OutgoingMessage) -> None:
        channel, search_id = message.receiver
        if channel == "mail":
            send_mail(self._config, message.id, message.body)
            return
        url, secret = self._webhook(search_id)
        now = clock.now()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message.id, now, message.body),
        }
        agent, timeout = user_agent(self._config.crawl.contact), self._config.alerts.timeout
        status = post(url, self._guard, message.body.encode(), headers, timeout=timeout, user_agent=agent, verify=self._tls)
        if status == GONE:
            raise Undeliverable(f"{url} answered 410: nobody wants these messages any more")
        if not 200 <= status < 300:
            raise FetchError(f"{url} answered {status}, and only 2xx means that it has the message")

    def _webhook(self, search_id: str | None) -> tuple[str, str]:
        """Address and secret."""
        if search_id is None:
            url, secret = self._config.alerts.webhook_url, self._config.alerts.webhook_secret.get_secret_value()
        else:
            search = self._store.search(search_id)
            url, secret = (search.webhook_url or "", search.webhook_secret or "") if search else ("", "")
        if not url:
            raise Undeliverable("there is no webhook any more")
        return url, secret
