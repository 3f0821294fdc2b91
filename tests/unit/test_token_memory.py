"""Remembering what was verified: bounded, by fingerprint, and never for longer than it holds."""

from __future__ import annotations

import hashlib

import pytest

from authorizer.errors import DecisionError, Reason
from authorizer.settings import Settings
from authorizer.token_memory import fingerprint
from authorizer.tokens import VerifiedToken
from authorizer.verification import Verifier
from jose import signature
from jose.keys import KeyStore
from local.clock import MovableClock
from tests.cognito import FakeCognito
from tests.sandbox import ENVIRONMENT, Sandbox
from tests.tokens import ISSUER, NOW, SessionMaker, key_set, public_jwk, sign
from transport import Answer, Deadline, TransportError

DOWN = TransportError("could not connect")


class Bench:
    """A verifier, its issuer and its clock; and how many signatures were verified."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
        settings = Settings.from_env(ENVIRONMENT | {"JWKS_MAX_AGE_SECONDS": "600"} | environment)
        self.clock = MovableClock(NOW)
        self.cognito = FakeCognito()
        self.signatures = 0
        store = KeyStore(
            f"{ISSUER}/.well-known/jwks.json",
            settings.keys,
            transport=self.cognito,
            clock=self.clock,
        )
        self.verifier = Verifier(settings, {ISSUER: store}, clock=self.clock)
        verify = signature.is_rs256_signature

        def count(*args: object) -> bool:
            self.signatures += 1
            return verify(*args)  # type: ignore[arg-type]

        monkeypatch.setattr("jose.signature.is_rs256_signature", count)

    def verify(self, text: str) -> VerifiedToken:
        return self.verifier.verify(text, Deadline.after(1, self.clock))

    def reason(self, text: str) -> Reason:
        with pytest.raises(DecisionError) as raised:
            self.verify(text)
        return raised.value.reason


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_a_token_is_verified_once(bench: Bench) -> None:
    """The same text again costs no signature, and gives the same token, text included."""
    text = sign(SessionMaker().access(**{"cognito:groups": ["staff"]}))
    assert bench.verify(text) == bench.verify(text)
    assert bench.verify(text).text == text
    assert bench.signatures == 1


def test_no_token_is_kept(bench: Bench) -> None:
    """The memory's names are SHA-256 digests, and no text of a token is in what they name."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    assert fingerprint(text) == hashlib.sha256(text.encode()).digest()
    ((name, entry),) = bench.verifier._memory._entries.items()
    assert name == fingerprint(text)
    assert entry.token.text == ""
    assert not any(part in repr(tuple(entry.token)) for part in text.split("."))


def test_memory_can_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With TOKEN_MEMORY_MAX_ENTRIES=0 each token is verified each time."""
    bench = Bench(monkeypatch, TOKEN_MEMORY_MAX_ENTRIES="0")
    text = sign(SessionMaker().access())
    assert bench.verify(text) == bench.verify(text)
    assert bench.signatures == 2
    assert len(bench.verifier._memory) == 0


def test_the_least_recently_used_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; a token in use stays, one that is not goes."""
    bench = Bench(monkeypatch, TOKEN_MEMORY_MAX_ENTRIES="2")
    first, second, third = (sign(SessionMaker().access()) for _ in range(3))
    for text in (first, second, first, third, first):
        bench.verify(text)
    assert bench.signatures == 3
    bench.verify(second)
    assert bench.signatures == 4
    assert len(bench.verifier._memory) == 2


def test_forged_tokens_push_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was verified takes room, so a flood of forged tokens costs no memory."""
    bench = Bench(monkeypatch, TOKEN_MEMORY_MAX_ENTRIES="1")
    text = sign(SessionMaker().access())
    bench.verify(text)
    for _ in range(5):
        forged = sign(SessionMaker().access(), key="attacker", header={"kid": "key1"})
        assert bench.reason(forged) is Reason.SIGNATURE_INVALID
    bench.verify(text)
    assert bench.signatures == 6


@pytest.mark.parametrize("seconds", [3604.9, 3605])
def test_a_remembered_token_expires(bench: Bench, seconds: float) -> None:
    """A token is refused at the end of its leeway to the moment, however often it was seen."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    bench.clock.advance(seconds)
    if seconds < 3605:
        assert bench.verify(text).expires_at == NOW + 3600
    else:
        assert bench.reason(text) is Reason.TOKEN_EXPIRED
        assert len(bench.verifier._memory) == 0


@pytest.mark.parametrize("claim", ["iat", "auth_time", "nbf"])
def test_a_clock_that_goes_back_is_obeyed(bench: Bench, claim: str) -> None:
    """A remembered token is not yet valid on a clock before its moments, and valid again after."""
    text = sign(SessionMaker(signed_in_at=NOW - 100).access(**{claim: NOW}))
    bench.verify(text)
    bench.clock.advance(-5)
    bench.verify(text)
    bench.clock.advance(-0.1)
    assert bench.reason(text) is Reason.TOKEN_NOT_YET_VALID
    bench.clock.advance(0.1)
    bench.verify(text)


def test_a_withdrawn_key_ends_what_it_has_verified(bench: Bench) -> None:
    """When the key set is read anew and the key is gone, its tokens are unknown tokens again."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    bench.cognito.keys = key_set("key2")
    bench.clock.advance(599.9)
    bench.verify(text)
    bench.clock.advance(0.1)
    assert bench.reason(text) is Reason.KEY_UNKNOWN


def test_another_key_of_the_same_name_ends_it_too(bench: Bench) -> None:
    """A name that stands for another key since the last reading verifies by that key alone."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    bench.cognito.keys = {"keys": [public_jwk("key2", kid="key1")]}
    bench.clock.advance(600)
    assert bench.reason(text) is Reason.SIGNATURE_INVALID
    bench.cognito.keys = key_set("key1")
    bench.clock.advance(600)
    bench.verify(text)


def test_the_same_key_read_anew_verifies_anew(bench: Bench) -> None:
    """After each reading of the key set every signature is verified once more."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    bench.clock.advance(600)
    bench.verify(text)
    bench.verify(text)
    assert (bench.signatures, bench.cognito.key_set_fetches) == (2, 2)


def test_keys_that_are_spent_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the key set cannot be had, a remembered token lives as long as the stale keys do."""
    bench = Bench(monkeypatch, JWKS_MAX_STALE_SECONDS="300")
    text = sign(SessionMaker().access())
    bench.verify(text)
    bench.cognito.key_set_failure = DOWN
    bench.clock.advance(899.9)
    bench.verify(text)
    bench.clock.advance(0.1)
    assert bench.reason(text) is Reason.KEYS_UNAVAILABLE


def test_a_remembered_token_has_the_key_set_read(bench: Bench) -> None:
    """A token that is seen again and again has the keys fetched when they are due."""
    text = sign(SessionMaker().access())
    for _ in range(10):
        bench.verify(text)
        bench.clock.advance(300)
    assert bench.cognito.key_set_fetches == 5


def test_another_spelling_gains_nothing(bench: Bench) -> None:
    """A spelling that decoders would take for the same token is not the one that is known."""
    text = sign(SessionMaker().access())
    bench.verify(text)
    for other in (f"{text}==", f"{text}=", f" {text}", f"{text}\n", text.replace(".", "=.", 1)):
        assert fingerprint(other) != fingerprint(text)
        assert bench.reason(other) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize("text", ["", "\u00fc", "\ud800", "a.b.c", "\x00" * 9000])
def test_any_text_has_a_fingerprint(bench: Bench, text: str) -> None:
    """What is no token's text is looked up, not found, and refused."""
    assert len(fingerprint(text)) == 32
    assert bench.reason(text) is Reason.TOKEN_MALFORMED


def test_a_revoked_session_gains_nothing() -> None:
    """That its token is known says nothing of the session: Cognito is asked as before."""
    sandbox = Sandbox({"VERDICT_TTL_SECONDS": "0"})
    session = SessionMaker()
    text = sign(session.access())
    assert sandbox.call(text).status == 200
    sandbox.cognito.revoked.add(session.origin_jti)
    assert sandbox.call(text).reason == Reason.SESSION_REVOKED
    assert sandbox.cognito.getuser_calls == 2


def test_cognito_is_shown_the_token_itself() -> None:
    """The question about a known token's session carries its text, taken from the request."""
    sandbox = Sandbox({"USERINFO_URL": "https://login.example.com/oauth2/userInfo"})
    for scope in ("aws.cognito.signin.user.admin", "openid"):
        text = sign(SessionMaker().access(scope=scope))
        for _ in range(2):
            assert sandbox.call(text).status == 200
    assert (sandbox.cognito.getuser_calls, sandbox.cognito.userinfo_calls) == (2, 2)


def test_an_outage_is_not_remembered(bench: Bench) -> None:
    """What could not be verified for want of keys is verified when there are some."""
    text = sign(SessionMaker().access())
    bench.cognito.key_set_failure = Answer(500, b"")
    assert bench.reason(text) is Reason.KEYS_UNAVAILABLE
    bench.cognito.key_set_failure = None
    bench.clock.advance(5)
    bench.verify(text)
