"""Why there is no connection, in a sentence, and whether trying again can help."""

import ssl
from socket import gaierror
from typing import NamedTuple

from websockets.exceptions import (
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)

# What a connection may fail with; a SOCKS proxy needs a package that may be missing (ImportError).
FAILURES = (OSError, WebSocketException, ImportError)

TOO_MANY = 429
SERVER_ERROR = 500
FORBIDDEN = 403


class Failure(NamedTuple):
    """A sentence, and whether the next attempt would fail in the same way."""

    sentence: str
    is_permanent: bool


class NotAChat(Exception):
    """What answers speaks another protocol."""


def failure(error: Exception, site: str) -> Failure:
    """Return why an attempt to connect to the site at the address `site` has failed."""
    match error:
        case OSError():
            return _failure_of_network(error, site)
        case ImportError():
            return Failure("The proxy needs the Python package python-socks. Install it.", True)
        case InvalidProxy() | ProxyError():
            return Failure(f"The proxy does not connect to {site}: {error}.", False)
        case InvalidURI():
            return Failure(f"{site} sends one on to {error.uri}. Use that.", True)
        case InvalidStatus():
            return failure_by_status(error.response.status_code, site)
        case InvalidHandshake() | NotAChat():
            return Failure(_no_chat(site), True)
    return Failure(f"The connection to {site} was lost.", False)


def _failure_of_network(error: OSError, site: str) -> Failure:
    match error:
        case ssl.SSLCertVerificationError():
            return Failure(f"The certificate of {site} is not trusted: {_verdict(error)}.", True)
        case ssl.SSLError():
            return Failure(f"{site} does not speak https. Is it an address with http://?", True)
        case gaierror():
            return Failure(f"The host of {site} is not known. Is the address right?", False)
        case TimeoutError():
            return Failure(f"{site} does not answer. Is the address right?", False)
    # asyncio joins the refusals of a name's several addresses in one OSError.
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return Failure(f"Nobody answers at {site}. Is the site running?", False)
    return Failure(f"There is no connection to {site}: {error.strerror or error}.", False)


def failure_by_status(status: int, site: str) -> Failure:
    """Return why the site at the address `site` has answered with a status that is no success."""
    if status == TOO_MANY or status >= SERVER_ERROR:
        return Failure(f"{site} cannot answer now ({status}).", False)
    if status == FORBIDDEN:
        return Failure(f"{site} refuses that (403).", True)
    return Failure(_no_chat(site), True)


def _no_chat(site: str) -> str:
    return f"What answers at {site} is no chat. Is the address right?"


def _verdict(error: ssl.SSLCertVerificationError) -> str:
    return error.verify_message.rstrip(".") or "it cannot be checked"
