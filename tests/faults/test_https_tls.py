"""The HTTPS transport against servers that speak TLS badly, or prove nothing by it."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from tests.faults.certificates import Authority, Flaw
from tests.faults.exchange import send, transport
from tests.faults.sockets import OK, Behaviour, answer_with, serve
from transport import Answer, TransportError


def over_tls(context: ssl.SSLContext, behaviour: Behaviour) -> Behaviour:
    """Behave like that inside TLS."""

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as secured:
            behaviour(secured)

    return behave


def secured(url: str) -> str:
    """The address by the name that certificates are for."""
    return url.replace("http://127.0.0.1", "https://localhost")


def test_a_trusted_server_is_spoken_to_over_tls(authority: Authority) -> None:
    """With a certificate that is trusted and names the host, requests go through and are kept."""
    with serve(over_tls(authority.server(), answer_with(OK, OK))) as url:
        to = transport(context=authority.client(), connect_timeout_ms=2000)
        assert send(to, secured(url)) == send(to, secured(url)) == Answer(200, b"ok")
        to.close()


@pytest.fixture
def _trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root_file))


@pytest.mark.usefixtures("_trusted")
def test_the_systems_authorities_are_trusted(authority: Authority) -> None:
    """Without being told otherwise, and not more: see the next."""
    with serve(over_tls(authority.server(), answer_with(OK))) as url:
        to = transport(connect_timeout_ms=2000)
        assert send(to, secured(url)) == Answer(200, b"ok")
        to.close()


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("flaw", [flaw for flaw in Flaw if flaw is not Flaw.NONE])
def test_a_flawed_certificate_is_refused(authority: Authority, flaw: Flaw) -> None:
    """Who cannot prove to be the host is not told anything, by the strictness that is deployed."""
    heard: list[bytes] = []
    served = serve(over_tls(authority.server(flaw), lambda c: heard.append(c.recv(1))))
    to = transport(connect_timeout_ms=2000)
    with served as url, pytest.raises(TransportError) as caught:
        send(to, secured(url))
    assert str(caught.value) == "could not connect"
    assert heard in ([], [b""])


def test_a_certificate_is_for_a_name_and_not_for_its_address(authority: Authority) -> None:
    """The very host, called by its address, has no certificate for that."""
    served = serve(over_tls(authority.server(), answer_with(OK)))
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    with served as url, pytest.raises(TransportError) as caught:
        send(to, url.replace("http:", "https:"))
    assert str(caught.value) == "could not connect"


def test_only_the_systems_authorities_are_trusted_by_default(authority: Authority) -> None:
    """Without being told otherwise a private authority counts for nothing."""
    served = serve(over_tls(authority.server(), answer_with(OK)))
    with served as url, pytest.raises(TransportError) as caught:
        send(transport(connect_timeout_ms=2000), secured(url))
    assert str(caught.value) == "could not connect"


def test_a_server_of_yesterday_is_refused(authority: Authority) -> None:
    """TLS below 1.2 is not spoken, whatever the certificate (RFC 8996)."""
    context = authority.server()
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    with serve(over_tls(context, answer_with(OK))) as url, pytest.raises(TransportError) as caught:
        send(to, secured(url))
    assert str(caught.value) == "could not connect"


def garble(connection: socket.socket) -> None:
    """Answer a handshake in plain HTTP."""
    connection.recv(65536)
    connection.sendall(OK)


def cut(connection: socket.socket) -> None:
    """Close in the middle of a handshake."""
    connection.recv(65536)


def cut_in_a_record(connection: socket.socket) -> None:
    """Begin a record of the handshake, and close."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")


def alert(connection: socket.socket) -> None:
    """Refuse the handshake, as a proxy does that knows no such host."""
    connection.recv(65536)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x70")


@pytest.mark.parametrize("behaviour", [garble, cut, cut_in_a_record, alert])
def test_a_failed_handshake_is_a_failure(behaviour: Behaviour) -> None:
    """A server that does not get through the handshake is not spoken to."""
    with serve(behaviour) as url, pytest.raises(TransportError) as caught:
        send(transport(), secured(url))
    assert str(caught.value) == "could not connect"


def test_a_silent_handshake_ends_with_the_connect_time_out() -> None:
    """A server that accepts and then says nothing costs the connect time-out."""

    def hang(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with serve(hang) as url:
        started = time.monotonic()
        with pytest.raises(TransportError) as caught:
            send(transport(), secured(url))
        assert time.monotonic() - started < 1
    assert str(caught.value) == "timed out"


def test_an_answer_cut_short_inside_tls_is_no_answer(authority: Authority) -> None:
    """An attacker on the way can end a connection; what was announced and is missing tells."""
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"
    to = transport(context=authority.client(), connect_timeout_ms=2000)
    served = serve(over_tls(authority.server(), answer_with(short)))
    with served as url, pytest.raises(TransportError) as caught:
        send(to, secured(url))
    assert str(caught.value) == "answer cut short"
