"""The connection to Elasticsearch, and what its errors mean. No message names a credential."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from elastic_transport import ApiResponse
from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, SerializationError, TransportError
from elasticsearch.exceptions import UnsupportedProductError
from elasticsearch.serializer import OrjsonSerializer

from newsspider.config import EngineConfig
from newsspider.errors import ConfigError, EngineError, EngineTimeout, EngineUnavailable

logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)  # every failure it warns of is reported by us
MOST_OF_A_REASON = 500  # characters; Elasticsearch quotes whole texts


class Client(Elasticsearch):
    """The client, which takes no answer that is not an object of JSON: a proxy's page has status 200, too."""

    def perform_request(self, method: str, path: str, **options: Any) -> ApiResponse[Any]:
        response = super().perform_request(method, path, **options)
        if not isinstance(response.body, dict):
            raise SerializationError(f"an answer that is no object of JSON: {str(response.body)[:80]!r}")
        return response


def connect(config: EngineConfig) -> tuple[Elasticsearch, str]:
    """A client, not yet connected, and its address without credentials, for messages. Raises ConfigError.

    The client never retries: the change feed does, and knows what it sent.
    """
    parts = urlsplit(config.url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port:
        raise ConfigError("engine.url: must be like https://search.example.org:9200, with the port")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"
    options: dict[str, Any] = {"request_timeout": config.timeout, "max_retries": 0, "retry_on_timeout": False, "retry_on_status": ()}
    options["serializer"] = OrjsonSerializer()
    username, password = (
        config.username or unquote(parts.username or ""),
        config.password.get_secret_value() or unquote(parts.password or ""),
    )
    if config.api_key.get_secret_value():
        options["api_key"] = config.api_key.get_secret_value()
    elif username:
        options["basic_auth"] = (username, password)
    if (config.ca_file or config.fingerprint) and parts.scheme == "http":
        setting = "ca_file" if config.ca_file else "fingerprint"
        raise ConfigError(f"engine.{setting} is set, but engine.url begins with http: use https, or leave out engine.{setting}")
    if config.fingerprint:
        options["ssl_assert_fingerprint"] = config.fingerprint
    if config.ca_file:
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=config.ca_file)
        except OSError as e:
            raise ConfigError(f"engine.ca_file: {config.ca_file} cannot be read as a certificate authority ({e})") from e
    return Client(url, **options), url


@contextmanager
def reported(url: str) -> Iterator[None]:
    """The client's errors as ours, naming the address."""
    try:
        yield
    except UnsupportedProductError as e:
        raise EngineUnavailable(f"{url}: what answers there is not Elasticsearch; check engine.url") from e
    except ApiError as e:
        kind, text = cause(e.body)
        problem = f"{url}: Elasticsearch answered {e.meta.status} ({explain(e.meta.status, kind, text)})"
        transient = e.meta.status in (408, 429) or e.meta.status >= 500
        raise (EngineUnavailable if transient else EngineError)(problem) from e
    except ConnectionTimeout as e:
        raise EngineTimeout(
            f"{url}: Elasticsearch did not answer in time; ask for less at once, or raise engine.timeout (of searches engine.search_timeout)"
        ) from e
    except TransportError as e:
        raise EngineUnavailable(f"{url}: {silence(e)}") from e


def silence(error: TransportError) -> str:
    """What to say of a request that got no answer one could read."""
    return f"Elasticsearch cannot be reached, or does not answer as it should ({str(error)[:MOST_OF_A_REASON]}); is it running?"


def cause(body: Any) -> tuple[str, str]:
    """Type and reason of an error's body; of one that is not Elasticsearch's, nothing and its beginning."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", str(error or body)[:MOST_OF_A_REASON]
    return str(error.get("type", "")), str(error.get("reason", ""))[:MOST_OF_A_REASON]


def root_causes(body: Any) -> set[str]:
    """The types of what lies under an error."""
    error = body.get("error") if isinstance(body, dict) else None
    causes = error.get("root_cause", []) if isinstance(error, dict) else []
    return {str(one.get("type")) for one in causes}


def explain(status: int, kind: str, reason: str) -> str:
    """An error in a user's words first, then in Elasticsearch's."""
    said = f"{kind}: {reason}" if kind else reason
    if kind == "cluster_block_exception":
        full = status == 429 or "read-only-allow-delete" in reason
        said = f"{'its disk is full: free some space there' if full else 'the index is blocked for writing'}; {said}"
    elif status in (401, 403) or kind == "security_exception":
        said = f"access refused: check engine.api_key or engine.username, and their privileges; {said}"
    elif kind == "media_type_header_exception":
        said = f"this is an older Elasticsearch: newsspider needs version 9; {said}"
    elif kind == "index_closed_exception":
        said = f"the index is closed: open it; {said}"
    elif kind == "index_not_found_exception":
        said = f"the index is gone: run `newsspider index rebuild`; {said}"
    elif status == 429:
        said = f"it is overloaded; {said}"
    return said
