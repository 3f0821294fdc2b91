"""OpenID Connect Back-Channel Logout 1.0: one test for each rule."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ledger.rows import LedgerError
from receivers.backchannel_logout import EVENT
from receivers.transmitters import Kind
from tests.providers import ec_jwk
from tests.tokens import NOW, public_jwk
from tests.unit.receivers.bench import CLIENT, ISSUER, Bench, refused
from transport import TransportError

FORM = {"content-type": "application/x-www-form-urlencoded"}


def bench(**more: Any) -> Bench:
    return Bench(Kind.BACKCHANNEL_LOGOUT, **more)


def assert_refused(box: Bench, answer: dict[str, Any], reason: str) -> None:
    """Section 2.6: a token that fails a step is rejected with 400; section 2.8: and its answer."""
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"error": "invalid_request"}
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert box.reason == reason
    assert box.table.rows == {}


def test_a_session_is_ended() -> None:
    """Section 2.7: the session of that `sid`, and not the user's others; section 2.8: 200."""
    box = bench()
    answer = box.send()
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert box.session().revoked_at == NOW + 5
    assert box.user().not_before == 0
    assert box.line["outcome"] == "signed_out"


def test_a_session_is_ended_without_its_user() -> None:
    """Section 2.4: a token may have a `sid` alone."""
    box = bench()
    assert box.send(sub=None)["statusCode"] == 200
    assert box.session().revoked_at == NOW + 5


def test_without_a_session_all_of_the_user_end() -> None:
    """Section 2.4: without `sid` all sessions of the user are meant, this second's too."""
    box = bench()
    assert box.send(sid=None)["statusCode"] == 200
    assert box.user().not_before == NOW + 6


def test_where_no_token_names_a_session_all_of_the_user_end() -> None:
    """Nobody could tell the session's access tokens from the others: better all than none."""
    box = bench(stated={"sessionClaim": None})
    assert box.send()["statusCode"] == 200
    assert box.user().not_before == NOW + 6
    assert box.session().revoked_at == 0


def test_a_session_that_no_token_names_can_not_be_ended() -> None:
    """Section 2.8: a logout that failed is a 400."""
    box = bench(stated={"sessionClaim": None})
    assert box.send(sub=None)["statusCode"] == 400
    assert box.line["outcome"] == "not_actionable"
    assert box.table.rows == {}


def test_a_providers_clock_that_is_ahead_spares_nobody() -> None:
    """Sessions are timed by the provider's clock, and so are those that end."""
    box = bench()
    assert box.send(sid=None, iat=NOW + 20)["statusCode"] == 200
    assert box.user().not_before == NOW + 21


def test_marks_stand_under_the_issuer_of_the_access_tokens() -> None:
    """A provider may sign logout tokens by another name than access tokens, if that is stated."""
    box = bench(stated={"sessionsOf": "https://api.example.com/tokens"})
    box.send()
    assert box.session(issuer="https://api.example.com/tokens").revoked_at == NOW + 5


# Section 2.5: the request


def test_other_members_are_ignored() -> None:
    """Section 2.5: values that are not understood must be ignored."""
    box = bench()
    text = urlencode({"state": "x", "logout_token": box.token(), "iss": "y"})
    answer = box.post(text, {"content-type": "Application/X-WWW-Form-URLencoded; charset=utf-8"})
    assert answer["statusCode"] == 200


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("logout_token=a&logout_token=b", FORM),
        ("token=a", FORM),
        ("", FORM),
        (None, FORM),
        ("&".join(f"a{n}=1" for n in range(21)), FORM),
        ("logout_token=\u00e4", FORM),
        ('{"logout_token": "a"}', {"content-type": "application/json"}),
        ("logout_token=a", {}),
    ],
)
def test_what_is_no_logout_request(text: str | None, headers: dict[str, str]) -> None:
    """Section 2.5: a form with one logout token."""
    box = bench()
    assert_refused(box, box.post(text, headers), "request_malformed")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_signs_out(method: str) -> None:
    """Section 2.5: the request is a POST."""
    box = bench()
    text = urlencode({"logout_token": box.token()})
    assert_refused(box, box.post(text, FORM, method), "request_malformed")


def test_what_is_no_event_of_a_gateway_is_answered() -> None:
    """A body that is too long, and what comes from elsewhere, is a bad request like others."""
    box = bench()
    assert_refused(box, box.receiver.handle({"Records": []}), "request_malformed")
    assert_refused(box, box.post("x" * 32_769, FORM), "request_malformed")


# Section 2.6, steps 1 to 3: the signature


def test_an_encrypted_token_is_refused() -> None:
    """Section 2.6, step 1: no encryption was negotiated."""
    box = bench()
    assert_refused(box, box.send("a.b.c.d.e"), "token_malformed")


def test_a_token_that_is_too_long_is_not_looked_at() -> None:
    """No signature is verified over what no provider sends."""
    box = bench(environment={"TOKEN_MAX_BYTES": "512"})
    assert_refused(box, box.send(), "token_malformed")
    assert box.network.asked == []


def test_a_signature_of_another_key_is_refused() -> None:
    """Section 2.6, step 2: the signature is validated as an ID token's."""
    box = bench()
    assert_refused(box, box.send(box.token(key="attacker")), "signature_invalid")


def test_a_key_that_the_provider_does_not_have_is_refused() -> None:
    """Section 2.6, step 2: keys are the provider's."""
    box = bench()
    assert_refused(box, box.send(box.token({"kid": "unknown"})), "key_unknown")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "ES256", "PS256"])
def test_an_algorithm_that_is_not_stated_is_refused(algorithm: str) -> None:
    """Section 2.6, step 3: `alg` is as it is for ID tokens, RS256 unless stated, `none` never."""
    box = bench()
    header = {"alg": algorithm}
    assert_refused(box, box.send(box.token(header)), "algorithm_not_allowed")


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_an_algorithm_that_is_stated_is_taken(algorithm: str) -> None:
    """Section 2.6, step 3: the provider may be registered with another one."""
    box = bench(stated={"algorithms": [algorithm]})
    key = ec_jwk("key1", kid="kid") if algorithm == "ES256" else public_jwk("key1", kid="kid")
    box.network.key_sets[ISSUER] = {"keys": [key | {"alg": algorithm}]}
    assert box.send(box.token(algorithm=algorithm))["statusCode"] == 200


def test_a_key_that_is_stated_for_another_algorithm_is_refused() -> None:
    """RFC 8725, section 3.1: a key is used with the one algorithm that it says."""
    box = bench(stated={"algorithms": ["RS256", "PS256"]})
    assert_refused(box, box.send(box.token(algorithm="PS256")), "algorithm_not_allowed")


def test_an_algorithm_of_another_transmitters_is_refused() -> None:
    """What one provider is stated to sign by opens nothing for another."""
    box = bench(
        others=({"issuer": "https://b.example.com", "audiences": ["b"], "algorithms": ["PS256"]},)
    )
    assert_refused(box, box.send(box.token(algorithm="PS256")), "header_not_allowed")
    assert box.network.asked == []


@pytest.mark.parametrize("kind", [None, "JWT", "at+jwt", "secevent+jwt", "logout", 1])
def test_another_type_is_refused(kind: Any) -> None:
    """Section 2.4 recommends the type `logout+jwt`: no ID token or access token is taken for it."""
    box = bench()
    assert_refused(box, box.send(box.token({"typ": kind})), "header_not_allowed")


@pytest.mark.parametrize("kind", ["LOGOUT+JWT", "application/logout+jwt"])
def test_the_type_in_its_other_spellings_is_taken(kind: str) -> None:
    """RFC 7515, section 4.1.9: a media type, with or without its first part."""
    box = bench()
    assert box.send(box.token({"typ": kind}))["statusCode"] == 200


@pytest.mark.parametrize(("kind", "status"), [(None, 200), ("JWT", 200), ("at+jwt", 400)])
def test_a_missing_type_is_taken_if_the_settings_say_so(kind: str | None, status: int) -> None:
    """Section 4: older providers send none; another type is refused all the same."""
    box = bench(stated={"requireType": False})
    assert box.send(box.token({"typ": kind}))["statusCode"] == status


@pytest.mark.parametrize("member", ["jku", "jwk", "x5u", "crit", "b64"])
def test_a_header_that_points_elsewhere_is_refused(member: str) -> None:
    """RFC 8725, section 3.10: keys come from where the settings say."""
    box = bench()
    assert_refused(box, box.send(box.token({member: "https://x"})), "header_not_allowed")


# Section 2.6, step 4: iss, aud, iat, exp


@pytest.mark.parametrize("issuer", ["https://evil.example.com", f"{ISSUER}/", "", 1, None])
def test_another_issuer_is_refused(issuer: Any) -> None:
    """Section 2.6, step 4: `iss` is exactly that of a stated provider; nobody is asked for keys."""
    box = bench()
    assert_refused(box, box.send(iss=issuer), "issuer_not_allowed")
    assert box.network.asked == []


@pytest.mark.parametrize("audience", ["other", [], [CLIENT, "other"], ["other"]])
def test_another_audience_is_refused(audience: Any) -> None:
    """Section 2.6, step 4: as for ID tokens, `aud` is our client, and nobody that is not ours."""
    box = bench()
    assert_refused(box, box.send(aud=audience), "audience_not_allowed")


def test_several_clients_of_ours_are_taken() -> None:
    """OpenID Connect Core 1.0, section 3.1.3.7: further audiences that are trusted."""
    box = bench(stated={"audiences": [CLIENT, "client2"]})
    assert box.send(aud=[CLIENT, "client2"])["statusCode"] == 200


@pytest.mark.parametrize("claim", ["aud", "iat", "exp", "jti", "events"])
def test_a_required_claim_that_is_missing(claim: str) -> None:
    """Section 2.4: `iss`, `aud`, `iat`, `exp`, `jti` and `events` are required."""
    box = bench()
    assert_refused(box, box.send(**{claim: None}), "claim_missing")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", 1),
        ("iat", "1"),
        ("iat", 1.5),
        ("exp", True),
        ("jti", ""),
        ("jti", 7),
        ("sub", ""),
        ("sid", ["sid1"]),
        ("nbf", "x"),
    ],
)
def test_a_claim_of_another_type_is_refused(claim: str, value: Any) -> None:
    """Section 2.4: every claim has its type."""
    box = bench()
    assert_refused(box, box.send(**{claim: value}), "claim_malformed")


def test_half_a_character_is_no_name() -> None:
    """RFC 8259, section 8.2: no row could be named after it."""
    box = bench()
    assert_refused(box, box.send(sub="\ud800"), "token_malformed")


@pytest.mark.parametrize(("late", "status"), [(149, 200), (150, 400)])
def test_an_expired_token_is_refused(late: int, status: int) -> None:
    """Section 2.6, step 4: `exp` has passed, but for the clocks' difference."""
    box = bench()
    token = box.token()
    box.clock.advance(late - 5)
    assert box.send(token)["statusCode"] == status
    assert box.reason == ("" if status == 200 else "token_expired")


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize(("early", "status"), [(35, 200), (36, 400)])
def test_a_token_of_the_future_is_refused(claim: str, early: int, status: int) -> None:
    """Section 2.6, step 4: `iat` lies in the past, but for the clocks' difference."""
    box = bench()
    changes: dict[str, Any] = {claim: NOW + early}
    assert box.send(**changes)["statusCode"] == status
    assert box.reason == ("" if status == 200 else "token_not_yet_valid")


@pytest.mark.parametrize(("seconds", "status"), [(600, 200), (601, 400)])
def test_a_token_that_lives_for_long_is_refused(seconds: int, status: int) -> None:
    """Section 4: short lives are encouraged, two minutes at best; ten is the bound here."""
    box = bench()
    assert box.send(exp=NOW + seconds)["statusCode"] == status
    assert box.reason == ("" if status == 200 else "lifetime_too_long")


# Section 2.6, steps 5 to 8


def test_neither_user_nor_session() -> None:
    """Section 2.6, step 5: `sub`, `sid`, or both."""
    box = bench()
    assert_refused(box, box.send(sub=None, sid=None), "claim_missing")


@pytest.mark.parametrize(
    "events", [{}, [EVENT], EVENT, 1, {EVENT: None}, {EVENT: []}, {EVENT: "x"}, {EVENT + "/": {}}]
)
def test_without_the_logout_event(events: Any) -> None:
    """Section 2.6, step 6: `events` is an object with that member; section 2.4: an object too."""
    box = bench()
    assert_refused(box, box.send(events=events), "event_missing")


def test_what_stands_in_the_event_is_ignored() -> None:
    """Section 2.4: the event should be empty, and may have more; other events may stand beside."""
    box = bench()
    assert box.send(events={EVENT: {"revoke_offline_access": True}, "x": 1})["statusCode"] == 200


@pytest.mark.parametrize("nonce", ["n", "", False])
def test_a_nonce_is_refused(nonce: Any) -> None:
    """Section 2.6, step 7: an ID token has one, and must not sign anybody out."""
    box = bench()
    assert_refused(box, box.send(nonce=nonce), "claim_not_allowed")


def test_a_token_that_was_carried_out_is_refused() -> None:
    """Section 2.6, step 8: the same `jti`, shown to any sandbox, ends nothing signed in since."""
    box = bench()
    token = box.token(sid=None)
    assert box.send(token)["statusCode"] == 200
    box.clock.advance(60)
    other = bench(table=box.table, clock=box.clock)
    answer = other.send(token)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"error": "invalid_request"}
    assert other.line["outcome"] == "repeated"
    assert box.user().not_before == NOW + 6


def test_the_row_outlives_the_token() -> None:
    """A replay is refused for as long as the token could be taken."""
    box = bench()
    box.send(jti="jti1")
    [row] = [row for name, row in box.table.rows.items() if name.startswith("replay#")]
    assert int(row["ttl"]["N"]) > NOW + 120 + 30


# Outages


@pytest.mark.parametrize("operation", [1, 2, 3])
def test_a_ledger_that_fails_on_the_way(operation: int) -> None:
    """Section 2.8: a logout that failed is a 400; section 2.5: it can be sent again as it is."""
    box = bench()
    left = [operation]

    def fail(_operation: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise LedgerError("down")

    box.table.before = fail
    token = box.token()
    answer = box.send(token)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"error": "temporarily_unavailable"}
    assert answer["headers"]["Retry-After"] == "2"
    assert (box.line["outcome"], box.line["reason"]) == ("unavailable", "ledger_unavailable")
    assert (box.session().revoked_at > 0) is (operation == 3)
    assert box.send(token)["statusCode"] == 200
    assert box.session().revoked_at == NOW + 5


def test_keys_that_can_not_be_had() -> None:
    """Nobody can say whose token it is: no refusal, and nothing is marked."""
    box = bench()
    box.network.failure = TransportError("down")
    assert json.loads(box.send()["body"]) == {"error": "temporarily_unavailable"}
    assert box.line["reason"] == "keys_unavailable"
    assert box.table.asked == []


# Users that map to Cognito


def test_the_cognito_user_is_signed_out() -> None:
    """Found by the subject, marked by Cognito's own `sub`, and signed out of all app clients."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    assert box.send()["statusCode"] == 200
    assert box.session().revoked_at == NOW + 5
    assert box.cognito_user.not_before == NOW + 6
    assert box.pool.signed_out == ["ada"]


def test_a_session_alone_names_no_cognito_user() -> None:
    """Without `sub` the session is marked, and nobody at Cognito is meant."""
    box = bench(stated={"cognitoUser": "username"})
    assert box.send(sub=None)["statusCode"] == 200
    assert box.pool.calls == []


def test_a_user_that_cognito_does_not_have_is_signed_out() -> None:
    """Section 2.7: who is signed out already is signed out successfully."""
    box = bench(stated={"cognitoUser": "username"})
    assert box.send()["statusCode"] == 200
    assert box.line["outcome"] == "user_unknown"
    assert box.session().revoked_at == NOW + 5


def test_cognito_that_does_not_answer_leaves_marks() -> None:
    """Section 2.8: a logout that failed; what is marked stays so, and it can be sent again."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    box.pool.failures["AdminUserGlobalSignOut"] = refused("TooManyRequestsException")
    token = box.token()
    assert json.loads(box.send(token)["body"]) == {"error": "temporarily_unavailable"}
    assert box.line["reason"] == "TooManyRequestsException"
    assert box.line["steps"] == {"ledger": "done", "cognito": "failed"}
    assert box.session().revoked_at == NOW + 5
    assert box.cognito_user.not_before == NOW + 6
    box.pool.failures.clear()
    assert box.send(token)["statusCode"] == 200
    assert box.pool.signed_out == ["ada", "ada"]
