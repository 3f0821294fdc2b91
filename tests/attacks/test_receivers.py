"""Anybody can reach the receivers: nobody signs anybody out without the right signature, no flood
exhausts them, and nothing that was sent comes out of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from receivers.security_events import CREDENTIAL_CHANGE
from receivers.transmitters import Kind
from receivers.verification import SignedClaims
from tests.attacks.leaks import leaked
from tests.providers import ec_key, sign_by
from tests.tokens import ISSUER as POOL_ISSUER
from tests.tokens import NOW, SessionMaker, b64, sign_raw
from tests.unit.receivers.bench import (
    ISSUER,
    OTHER,
    TRANSMITTER,
    TYPES,
    Bench,
    claims_of,
    iss_sub,
)

KINDS = pytest.mark.parametrize("kind", list(Kind))
MANY = 1000


def guarded(kind: Kind, **more: Any) -> Bench:
    """Two transmitters whose users are Cognito's too, with all that a flood could reach."""
    stated = {"cognitoUser": "username"}
    second = {"issuer": OTHER} | TRANSMITTER[kind] | {"cognitoUser": "provider:Okta"}
    if kind is Kind.SECURITY_EVENTS:
        stated["authorizationParameter"] = "/stream"
    box = Bench(kind, stated=stated, others=(second,), **more)
    box.pool.add("ada")
    return box


def _unsigned(box: Bench) -> str:
    _, claims, _ = box.token().split(".")
    return f"{b64(json.dumps({'alg': 'none', 'kid': 'kid'}).encode())}.{claims}."


def _signed_with_the_public_key(box: Bench) -> str:
    return box.token({"alg": "HS256"})


def _resigned(box: Bench) -> str:
    header, _, signature = box.token().split(".")
    claims = claims_of(box.kind) | {"sub": "bob"}
    return f"{header}.{b64(json.dumps(claims).encode())}.{signature}"


def _without_signature(box: Bench) -> str:
    return box.token().rpartition(".")[0] + "."


def _with_an_own_key(box: Bench) -> str:
    return box.token({"jwk": {"kty": "RSA"}}, key="attacker")


def _by_the_other(box: Bench) -> str:
    return box.token(key="key2")


def _as_the_other(box: Bench) -> str:
    return box.token(iss=OTHER)


def _in_another_spelling(box: Bench) -> str:
    return box.token() + "=="


def _with_a_member_twice(box: Bench) -> str:
    claims = json.dumps(claims_of(box.kind))
    header = json.dumps({"alg": "RS256", "kid": "kid", "typ": TYPES[box.kind]})
    doubled = claims[:-1] + ', "iss": "x"}'
    return sign_raw(header.encode(), doubled.encode(), "key1")


def _elliptic(box: Bench) -> str:
    ec_key("key1")
    return sign_by("ES256", claims_of(box.kind), key="key1", header={"kid": "kid"})


def _access_token(box: Bench) -> str:
    return box.token({"typ": "at+jwt"})


def _of_the_pool(box: Bench) -> str:
    return sign_by("RS256", SessionMaker().access(iss=POOL_ISSUER), key="key1")


FORGERIES: dict[str, Callable[[Bench], str]] = {
    forge.__name__.strip("_"): forge
    for forge in (
        _unsigned,
        _signed_with_the_public_key,
        _resigned,
        _without_signature,
        _with_an_own_key,
        _by_the_other,
        _as_the_other,
        _in_another_spelling,
        _with_a_member_twice,
        _elliptic,
        _access_token,
        _of_the_pool,
    )
}


@KINDS
@pytest.mark.parametrize("name", list(FORGERIES))
def test_a_forgery_ends_nothing(kind: Kind, name: str) -> None:
    """Without the transmitter's signature over it neither table nor pool is asked."""
    box = guarded(kind)
    answer = box.send(FORGERIES[name](box))
    assert answer["statusCode"] in {400, 401}
    assert box.line["outcome"] == "refused"
    assert (box.table.asked, box.pool.calls) == ([], [])


@KINDS
@pytest.mark.parametrize("other", list(Kind))
def test_a_message_of_another_kind_ends_nothing(kind: Kind, other: Kind) -> None:
    """What a transmitter has signed for one route can't be shown at another, typed or not."""
    if other is kind:
        other = {Kind.SECURITY_EVENTS: Kind.GLOBAL_REVOCATION}.get(kind, Kind.SECURITY_EVENTS)
    for requires_type, kind_of_token in (
        (True, TYPES[other]),
        (False, TYPES[other]),
        (False, None),
    ):
        box = Bench(kind, stated={"requireType": requires_type})
        claims = claims_of(other)
        token = sign_by("RS256", claims, key="key1", header={"kid": "kid", "typ": kind_of_token})
        assert box.send(token)["statusCode"] in {400, 401}
        assert box.table.rows == {}


@KINDS
def test_a_flood_of_strangers_costs_nothing(kind: Kind) -> None:
    """A thousand well-formed tokens of unknown issuers: no key, no parameter, no row, no user."""
    box = guarded(kind)
    for number in range(MANY):
        box.send(box.token(iss=f"https://{number}.example.com"))
    assert (box.network.asked, box.table.asked, box.pool.calls) == ([], [], [])


@KINDS
def test_a_flood_of_forged_key_names_is_rationed(kind: Kind) -> None:
    """A thousand names cost the first fetch and a burst of two, each with its discovery."""
    box = guarded(kind)
    token = box.token()
    _, claims, signature = token.split(".")
    for number in range(MANY):
        forged = {"alg": "RS256", "kid": f"key{number}", "typ": TYPES[kind]}
        box.send(f"{b64(json.dumps(forged).encode())}.{claims}.{signature}")
    assert len(box.network.asked) <= 2 * 3
    assert (box.table.asked, box.pool.calls) == ([], [])
    assert box.line["outcome"] == "unavailable"
    assert box.send(token)["statusCode"] in {200, 202, 204}


@KINDS
def test_a_flood_of_forged_signatures_costs_one_fetch(kind: Kind) -> None:
    """A thousand bad signatures by a known key's name: its key is fetched once."""
    box = guarded(kind)
    forged = box.token(key="attacker")
    for _ in range(MANY):
        box.send(forged)
    assert len(box.network.asked) == 2
    assert (box.table.asked, box.pool.calls) == ([], [])
    assert box.reason == "signature_invalid"


@KINDS
def test_a_flood_of_nonsense_costs_nothing(kind: Kind) -> None:
    """A thousand bodies of all sorts: refused before anything is asked."""
    box = guarded(kind)
    texts = ["", "x", "x" * 40_000, "logout_token=" + "a" * 30_000, "{" * 10_000, "\x00", "a.b.c"]
    types = [
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "application/secevent+jwt",
    ]
    for number in range(MANY):
        headers = {
            "content-type": types[number % len(types)],
            "authorization": f"Bearer {texts[number % len(texts)]}",
        }
        answer = box.post(texts[number % len(texts)], headers)
        assert answer["statusCode"] in {400, 401}
    assert (box.network.asked, box.table.asked, box.pool.calls) == ([], [], [])


@KINDS
def test_a_flood_of_one_good_message_ends_once(kind: Kind) -> None:
    """A captured message, shown a thousand times: one sign-out, and one write for each more."""
    box = guarded(kind)
    token = box.token()
    for _ in range(MANY):
        box.send(token)
    assert box.pool.signed_out == ["ada"]
    assert len(box.table.asked) <= MANY + 4


def test_a_long_body_is_not_looked_at() -> None:
    """Neither as text nor as base64 is more than 32 KiB taken."""
    box = guarded(Kind.SECURITY_EVENTS)
    for is_encoded in (False, True):
        event = {
            "version": "2.0",
            "headers": {"content-type": "application/secevent+jwt"},
            "requestContext": {"http": {"method": "POST"}},
            "body": "YWFh" * 20_000,
            "isBase64Encoded": is_encoded,
        }
        assert box.receiver.handle(event)["statusCode"] == 400
        assert box.reason == "request_malformed"


# Nothing comes out

MARK = "attackers-own-words"


def _texts(kind: Kind) -> dict[str, Any]:
    """Claims that nobody asks for, in every place that a message has."""
    claims = claims_of(kind)
    if kind is Kind.SECURITY_EVENTS:
        event = {"change_type": MARK, "reason_admin": {"en": MARK}, "state": MARK}
        claims |= {"events": {CREDENTIAL_CHANGE: event, f"https://{MARK}": {}}, "txn": MARK}
    return claims | {"jti": f"jti-{MARK}", MARK: MARK}


@KINDS
@pytest.mark.parametrize("name", ["good", *FORGERIES, "claims", "body"])
def test_nothing_of_a_message_comes_out(
    kind: Kind, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No twelve characters of token, secret or body reach log line, metric or answer."""
    box = guarded(kind)
    capsys.readouterr()
    if name == "body":
        token = MARK
        answer = box.post(MARK, {MARK: MARK, "content-type": MARK, "authorization": MARK})
    else:
        claims = _texts(kind)
        if name == "claims":
            claims |= {"iss": f"https://{MARK}", "aud": MARK}
        forge = FORGERIES.get(name)
        token = forge(box) if forge else box.token(**claims)
        answer = box.send(token)
        assert (box.line["outcome"] == "signed_out") is (name == "good")
    segments = [segment for segment in token.split(".") if segment]
    written = capsys.readouterr()
    outputs = "\n".join((box.log.getvalue(), written.out, written.err, json.dumps(answer)))
    assert box.log.getvalue()
    assert "Received_" in written.out
    assert leaked([*segments, MARK, "the-secret-of-the-stream"], outputs) == []


@KINDS
def test_the_search_for_leaks_finds_one(kind: Kind) -> None:
    """A verified subject stands in the log on purpose, and is found."""
    box = Bench(kind)
    subject = "ada-with-a-long-name"
    if kind is Kind.GLOBAL_REVOCATION:
        box.send(body={"sub_id": iss_sub(subject)})
    elif kind is Kind.SECURITY_EVENTS:
        box.send(sub_id=iss_sub(subject))
    else:
        box.send(sub=subject)
    assert leaked([subject], box.log.getvalue())


def test_representations_tell_nothing() -> None:
    """What a debugger prints of signed claims has nothing of them."""
    [transmitter] = _stated().transmitters
    assert repr(SignedClaims(transmitter, {"sub": MARK})) == "SignedClaims()"


def _stated() -> Any:
    from receivers.settings import Settings  # noqa: PLC0415  # for this one test

    stated = {"issuer": ISSUER} | TRANSMITTER[Kind.BACKCHANNEL_LOGOUT]
    environment = {"TRANSMITTERS": json.dumps([stated]), "LEDGER_TABLE": "t"}
    return Settings.from_env(environment, Kind.BACKCHANNEL_LOGOUT)


def test_the_clock_of_the_fixtures() -> None:
    """What the suite refuses, it refuses for its reason: unchanged, its tokens are good."""
    for kind in Kind:
        box = Bench(kind)
        assert box.clock() == NOW + 5
        assert box.send()["statusCode"] in {200, 202, 204}
