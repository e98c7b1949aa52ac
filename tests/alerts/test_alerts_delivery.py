"""Webhooks and mail: signed, retried, through the address guard (H07), at least once under one id."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from articles import fill
from certificates import self_signed
from receivers import hook, mailbox, tls_mailbox

from newsspider import clock
from newsspider.alerts import save_search
from newsspider.alerts.delivery import PAUSES, Delivered, Delivery
from newsspider.alerts.mail import mail_body
from newsspider.config import AlertsConfig, Config, MailConfig, NetConfig
from newsspider.errors import AddressBlocked, FetchError, QueryError
from newsspider.net import Guard
from newsspider.search import Query
from newsspider.store import Match, Receiver, SavedSearch, Store
from newsspider.store.messages import new_message

LOOPBACK = NetConfig(allow_networks=["127.0.0.0/8"])
CONFIG = Config(net=LOOPBACK)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def told(store: Store, url: str, numbers: range = range(1)) -> SavedSearch:
    """A search whose webhook has a message for each of the numbers."""
    search = store.save_search("قمح", "القمح", owner="owner", webhook_url=url)
    ids = fill(store, numbers)
    store.note_matches(
        search, [Match(i, i, json.dumps({"type": "search.matched", "data": f"خبر {i}"}, ensure_ascii=False)) for i in ids], 1
    )
    return search


def deliver(store: Store, config: Config = CONFIG, going_on: Callable[[], None] = lambda: None) -> Delivered:
    return Delivery(store, config, going_on).run()


def test_messages_are_signed_as_the_specification_says(store: Store) -> None:
    with hook() as receiver:
        search = told(store, receiver.url, range(3))
        assert deliver(store) == Delivered(delivered=3)
        assert search.webhook_secret
        assert [body["type"] for body in receiver.verified(search.webhook_secret)] == ["search.matched"] * 3
        assert {headers["content-type"] for headers, _ in receiver.requests} == {"application/json"}
        assert deliver(store) == Delivered()
    assert len(set(receiver.ids)) == len(receiver.ids) == 3


def test_a_receiver_that_fails_gets_the_same_message_again_after_a_pause(store: Store) -> None:
    now = clock.now()
    with hook(500, 302, 204) as receiver, clock.fixed(lambda: now):
        told(store, receiver.url)
        assert deliver(store) == Delivered(failed=1)
        assert deliver(store) == Delivered()
        assert [message.error for message in store.messages("pending")] == [
            f"{receiver.url} answered 500, and only 2xx means that it has the message"
        ]
        now += PAUSES[0]
        assert deliver(store) == Delivered(failed=1)
        now += PAUSES[1]
        assert deliver(store) == Delivered(delivered=1)
    assert len(receiver.requests) == 3
    assert len(set(receiver.ids)) == 1


def test_a_message_dies_after_its_last_attempt_and_can_be_revived(store: Store) -> None:
    now = clock.now()
    with hook(503) as receiver, clock.fixed(lambda: now):
        told(store, receiver.url)
        for pause in (*PAUSES, timedelta()):
            assert not store.messages("dead")
            deliver(store)
            now += pause
        (dead,) = store.messages("dead")
        assert "answered 503" in dead.error
        assert len(receiver.requests) == len(PAUSES) + 1
        receiver.statuses = [200]
        assert store.retry_messages() == 1
        assert deliver(store) == Delivered(delivered=1)


@pytest.mark.parametrize("fault", [socket.EAI_AGAIN, socket.EAI_NONAME, socket.EAI_FAIL])
def test_a_name_that_cannot_be_resolved_is_tried_again_and_one_that_leads_inside_is_not(
    store: Store, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    now, real, answers = clock.now(), socket.getaddrinfo, iter(["fails", "127.0.0.1", "10.0.0.1"])

    def resolver(host: str, *rest: Any, **options: Any) -> Any:
        answer = next(answers) if host == "hooks.example" else host
        if answer == "fails":
            raise socket.gaierror(fault, "no answer")
        return real(answer, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with hook() as receiver, clock.fixed(lambda: now):
        told(store, receiver.url.replace("127.0.0.1", "hooks.example"))
        assert deliver(store) == Delivered(failed=1)
        assert "no answer" in store.messages("pending")[0].error
        now += PAUSES[0]
        assert deliver(store) == Delivered(delivered=1)
        told(store, receiver.url.replace("127.0.0.1", "hooks.example"), range(1, 2))
        assert deliver(store) == Delivered(dead=1)
    assert "10.0.0.1 (not a public address)" in store.messages("dead")[0].error


def test_a_receiver_that_is_gone_or_away_does_not_hold_up_others(store: Store) -> None:
    with hook(410, 204) as gone, hook() as there:
        told(store, gone.url, range(2))
        told(store, "http://127.0.0.1:9/nobody", range(2))
        told(store, there.url, range(2))
        assert deliver(store) == Delivered(delivered=2, failed=1, dead=1)
    assert len(there.requests) == 2
    assert len(gone.requests) == 1  # the other one waits for the next run
    (dead,) = store.messages("dead")
    assert "410" in dead.error


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "rebound.example"])
def test_h07_a_webhook_that_must_not_be_reached_is_refused_when_saved_and_when_sent(store: Store, host: str) -> None:
    with hook() as receiver:
        port = receiver.url.rpartition(":")[2]
        config = Config(net=NetConfig(hosts={"rebound.example": "127.0.0.1"}))
        url = f"http://{host}:{port}"
        with pytest.raises(AddressBlocked, match="must not be reached"):
            save_search(store, Guard.from_config(config.net), "قمح", "القمح", Query(), owner="owner", webhook_url=url)
        told(store, url)  # as if the name had meant another address when it was saved
        assert deliver(store, config) == Delivered(dead=1)
    assert receiver.requests == []
    (dead,) = store.messages("dead")
    assert "must not be reached" in dead.error


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/",
        "javascript:alert(1)",
        "hooks.example",
        "http://",
        "http://a:b@127.0.0.1/",
        "http://[::1",
        "http://127.0.0.1:99999/",
    ],
)
def test_h09_a_webhook_is_a_web_address(store: Store, url: str) -> None:
    with pytest.raises(FetchError):
        save_search(store, Guard.from_config(LOOPBACK), "قمح", "القمح", Query(), owner="owner", webhook_url=url)
    assert store.searches() == []


@pytest.mark.parametrize(("name", "text"), [("", "القمح"), (" ", "القمح"), ("ق" * 101, "القمح"), ("قمح", '"القمح')])
def test_a_search_that_cannot_be_run_is_not_kept(store: Store, name: str, text: str) -> None:
    with pytest.raises(QueryError):
        save_search(store, Guard.from_config(LOOPBACK), name, text, Query(), owner="owner")
    assert store.searches() == []


def test_what_stops_a_run_leaves_messages_for_the_next(store: Store) -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with hook() as receiver:
        told(store, receiver.url)
        with pytest.raises(Stop):
            deliver(store, going_on=stop)
        assert receiver.requests == []
        assert deliver(store) == Delivered(delivered=1)


KILLED = """
import os, sys
from newsspider.alerts.delivery import Delivery
from newsspider.config import Config, NetConfig
from newsspider.store import Store
store = Store.open(sys.argv[1])
if sys.argv[2] == "after":
    store.delivered = lambda message_id: os.kill(os.getpid(), 9)
else:
    Store.search = lambda self, search_id: os.kill(os.getpid(), 9)
Delivery(store, Config(net=NetConfig(allow_networks=["127.0.0.0/8"]))).run()
"""


@pytest.mark.parametrize(("moment", "requests"), [("before", 1), ("after", 2)])
def test_killed_before_or_after_a_request_a_message_arrives_at_least_once_under_one_id(
    tmp_path: Path, store: Store, moment: str, requests: int
) -> None:
    with hook() as receiver:
        told(store, receiver.url)
        child = subprocess.run([sys.executable, "-c", KILLED, f"sqlite:///{tmp_path / 'store.db'}", moment], check=False)
        assert child.returncode == -signal.SIGKILL
        assert deliver(store) == Delivered(delivered=1)
    assert len(receiver.requests) == requests
    assert len(set(receiver.ids)) == 1


def mailing(port: int) -> Config:
    return Config(mail=MailConfig(host="127.0.0.1", port=port, security="none", to=["desk@example.org"], sender="newsspider@example.org"))


def mailed(store: Store) -> None:
    with store._database.write() as tx:
        new_message(tx, "notice-1", Receiver("mail", None), mail_body("صمت المصدر\nfarm", "لا جديد منذ يومين."))


def test_mail_is_sent_with_a_message_id_of_its_own(store: Store) -> None:
    mailed(store)
    with mailbox() as (port, mails):
        assert deliver(store, mailing(port)) == Delivered(delivered=1)
    (mail,) = mails
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == ("desk@example.org", "صمت المصدر farm", "<notice-1@example.org>")
    assert mail.get_content().strip() == "لا جديد منذ يومين."


def test_mail_that_is_not_taken_is_sent_again_later(store: Store) -> None:
    mailed(store)
    with mailbox(refusing=True) as (port, mails):
        assert deliver(store, mailing(port)) == Delivered(failed=1)
    assert mails == []
    assert "451" in store.messages("pending")[0].error


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")  # aiosmtpd does not see that it is all in TLS
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_tls_to_a_server_that_asks_who_sends(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context = self_signed(tmp_path, "localhost")
    settings = mailing(1).mail.model_dump() | {
        "host": "localhost",
        "security": security,
        "username": "desk",
        "password": "a secret of ours",
    }
    mailed(store)
    with tls_mailbox(context, security, "desk", "a secret of ours") as server:

        def delivered(**changes: object) -> Delivered:
            return deliver(store, Config(mail=MailConfig(**settings | {"port": server.port} | changes)))

        assert delivered() == Delivered(failed=1)  # a certificate that nobody vouches for
        assert server.logins == []
        assert "certificate" in store.messages("pending")[0].error
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
        with clock.fixed(clock.now() + timedelta(days=1)):
            assert delivered(password="a wrong one") == Delivered(failed=1)
        assert "a wrong one" not in store.messages("pending")[0].error
        assert server.mails == []
        with clock.fixed(clock.now() + timedelta(days=2)):
            assert delivered() == Delivered(delivered=1)
    assert server.logins[-1] == (b"desk", b"a secret of ours")
    assert [mail["Subject"] for mail in server.mails] == ["صمت المصدر farm"]


def test_secrets_are_in_no_error(store: Store) -> None:
    with hook(500) as receiver:
        search = told(store, receiver.url)
        deliver(store)
    assert search.webhook_secret
    assert search.webhook_secret not in repr(store.messages("pending"))


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="webhook_secret"):
        AlertsConfig(webhook_url="https://a.example/")
    for secret in ("short", "whsec_" + 33 * "a", "whsec_" + 92 * "a", "whsec_" + 28 * "a", 32 * "a"):  # the second is no base64
        with pytest.raises(ValueError, match="webhook_secret"):
            AlertsConfig(webhook_url="https://a.example/", webhook_secret=secret)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"mail\.host is missing"):
        MailConfig(to=["desk@example.org"])
