"""draft-parecki-oauth-global-token-revocation-06: one test for each rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.rows import LedgerError
from receivers.transmitters import Kind
from tests.tokens import NOW
from tests.unit.receivers.bench import (
    CLIENT,
    ENDPOINT,
    ISSUER,
    OTHER,
    Bench,
    iss_sub,
    opaque,
    refused,
)
from transport import TransportError

JSON = {"content-type": "application/json"}


def bench(**more: Any) -> Bench:
    return Bench(Kind.GLOBAL_REVOCATION, **more)


def assert_refused(box: Bench, answer: dict[str, Any], status: int, reason: str) -> None:
    """Section 3.4: a status, and no body."""
    assert (answer["statusCode"], answer["body"]) == (status, "")
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer["headers"]) is (status == 401)
    assert box.reason == reason
    assert box.table.rows == {}


def assert_used_up(box: Bench, answer: dict[str, Any], status: int, reason: str) -> None:
    """The same for what is wrong with the body: nothing ends, and the JWT is tied to that body."""
    assert len(box.table.rows) == 1
    assert box.marks == set()
    box.table.rows.clear()
    assert_refused(box, answer, status, reason)


@pytest.mark.parametrize("subject", [iss_sub(), opaque("ada")])
def test_all_of_a_user_end(subject: dict[str, str]) -> None:
    """Section 3.3: all tokens, this second's too; section 3.4.1: 204."""
    box = bench()
    answer = box.send(body={"sub_id": subject})
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert box.user().not_before == NOW + 6
    assert box.session("ada").revoked_at == 0
    assert box.line["outcome"] == "signed_out"


def test_a_callers_clock_that_is_ahead_spares_nobody() -> None:
    """Sessions are timed by the provider's clock."""
    box = bench()
    box.send(iat=NOW + 20)
    assert box.user().not_before == NOW + 21


# Section 3.2: the request


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "x",
        "[]",
        "1",
        "{}",
        '{"subject": {"format": "opaque", "id": "ada"}}',
        "[" * 5000,
        '{"sub_id": {"format": "opaque", "id": "\\ud800"}}',
    ],
)
def test_what_is_no_request(text: str | None) -> None:
    """Section 3.4.2: 400 for what is malformed."""
    box = bench()
    answer = box.post(text, JSON | {"authorization": f"Bearer {box.token()}"})
    assert_used_up(box, answer, 400, "request_malformed")


def test_another_media_type() -> None:
    """Section 3.1: the body is application/json."""
    box = bench()
    text = json.dumps({"sub_id": iss_sub()})
    answer = box.post(text, {"authorization": f"Bearer {box.token()}"})
    assert_used_up(box, answer, 400, "request_malformed")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_post_revokes(method: str) -> None:
    """Section 3.1: a POST."""
    box = bench()
    answer = box.post(None, {"authorization": f"Bearer {box.token()}"}, method)
    assert_refused(box, answer, 400, "request_malformed")


@pytest.mark.parametrize(
    "subject", ["ada", {}, {"format": "iss_sub", "sub": "ada"}, {"format": "opaque"}]
)
def test_what_names_nobody(subject: Any) -> None:
    """Section 3.2: `sub_id` is a subject identifier of RFC 9493."""
    box = bench()
    assert_used_up(box, box.send(body={"sub_id": subject}), 400, "subject_malformed")


@pytest.mark.parametrize(
    "subject", [{"format": "email", "email": "ada@example.com"}, {"format": "did", "url": "x"}]
)
def test_identifiers_that_are_not_supported(subject: dict[str, str]) -> None:
    """Section 3.4.2: 400 for an unsupported type of subject identifier."""
    box = bench()
    assert box.send(body={"sub_id": subject})["statusCode"] == 400
    assert box.line["outcome"] == "not_actionable"
    assert box.marks == set()


@pytest.mark.parametrize("issuer", [OTHER, f"{ISSUER}/"])
def test_another_issuers_user(issuer: str) -> None:
    """Section 7.2: a caller may revoke what its own users have; section 3.4.2: 403."""
    box = bench()
    answer = box.send(body={"sub_id": iss_sub(issuer=issuer)})
    assert_used_up(box, answer, 403, "subject_foreign")


# Section 3.5: the caller


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic eDp5", "Bearer a b"])
def test_without_a_bearer_token(authorization: str | None) -> None:
    """Section 3.2: the request must be authenticated; section 3.4.2: 401."""
    box = bench()
    headers = JSON if authorization is None else JSON | {"authorization": authorization}
    answer = box.post(json.dumps({"sub_id": iss_sub()}), headers)
    assert_refused(box, answer, 401, "token_malformed")


def test_who_is_not_authenticated_learns_nothing_of_the_body() -> None:
    """A malformed body is told to callers only."""
    box = bench()
    assert box.post("x", {"authorization": "Bearer x"})["statusCode"] == 401


@pytest.mark.parametrize("claim", ["sub", "aud", "jti", "iat", "exp"])
def test_a_missing_claim(claim: str) -> None:
    """Section 3.5: `iss`, `sub`, `aud`, `jti`, `iat` and `exp` must be there."""
    box = bench()
    assert_refused(box, box.send(**{claim: None}), 401, "claim_missing")


@pytest.mark.parametrize(("claim", "value"), [("sub", 1), ("jti", ""), ("iat", "x"), ("aud", 2)])
def test_a_claim_of_another_type(claim: str, value: Any) -> None:
    """Section 3.5: claims are well-formed."""
    box = bench()
    assert_refused(box, box.send(**{claim: value}), 401, "claim_malformed")


@pytest.mark.parametrize("issuer", [OTHER, "https://evil.example.com", None])
def test_another_issuer(issuer: str | None) -> None:
    """Section 3.5: `iss` is that of a stated provider; nobody is asked for keys."""
    box = bench()
    assert_refused(box, box.send(iss=issuer), 401, "issuer_not_allowed")
    assert box.network.asked == []


@pytest.mark.parametrize(
    "audience", [f"{ENDPOINT}/", f"{ENDPOINT}?x", CLIENT, [ENDPOINT, "https://b.example.com"], []]
)
def test_another_audience(audience: Any) -> None:
    """Section 3.5: `aud` is exactly the endpoint's address, and no other endpoint's beside."""
    box = bench()
    assert_refused(box, box.send(aud=audience), 401, "audience_not_allowed")


def test_the_audience_as_a_list() -> None:
    """RFC 7519, section 4.1.3: one value may stand in a list."""
    assert bench().send(aud=[ENDPOINT])["statusCode"] == 204


def test_another_client() -> None:
    """Section 7.1: the credential is narrow, this client's; section 3.4.2: 403."""
    box = bench()
    assert_refused(box, box.send(sub="another"), 403, "client_not_allowed")


def test_any_client_if_none_is_stated() -> None:
    """Whoever the provider signs for."""
    assert bench(stated={"clientIds": None}).send(sub="another")["statusCode"] == 204


@pytest.mark.parametrize("kind", [None, "JWT", "at+jwt", "secevent+jwt"])
def test_another_type(kind: str | None) -> None:
    """The draft has no type, Okta sends one; without it an ID token could be shown."""
    box = bench()
    assert_refused(box, box.send(box.token({"typ": kind})), 401, "header_not_allowed")


def test_no_type_if_the_settings_say_so() -> None:
    """As the draft has it."""
    box = bench(stated={"requireType": False})
    assert box.send(box.token({"typ": None}))["statusCode"] == 204


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
def test_another_algorithm(algorithm: str) -> None:
    """Section 3.5: asymmetric, and here as it is stated."""
    box = bench()
    answer = box.send(box.token({"alg": algorithm}))
    assert_refused(box, answer, 401, "algorithm_not_allowed")


def test_a_forged_signature() -> None:
    """Section 3.5: the signature must be validated."""
    box = bench()
    assert_refused(box, box.send(box.token(key="attacker")), 401, "signature_invalid")


@pytest.mark.parametrize(("late", "status"), [(329, 204), (330, 401)])
def test_an_expired_token(late: int, status: int) -> None:
    """Section 3.5: `exp` must not have passed, but for the clocks' difference."""
    box = bench()
    token = box.token()
    box.clock.advance(late - 5)
    assert box.send(token)["statusCode"] == status
    assert box.reason == ("" if status == 204 else "token_expired")


@pytest.mark.parametrize(("seconds", "status"), [(600, 204), (601, 401)])
def test_a_token_that_lives_for_long(seconds: int, status: int) -> None:
    """Section 3.5: five minutes are recommended; ten is the bound here."""
    box = bench()
    assert box.send(exp=NOW + seconds)["statusCode"] == status
    assert box.reason == ("" if status == 204 else "lifetime_too_long")


def test_a_token_that_is_not_valid_yet() -> None:
    """RFC 7519, section 4.1.5: `nbf` counts where it is sent."""
    box = bench()
    assert_refused(box, box.send(nbf=NOW + 60), 401, "token_not_yet_valid")


def test_a_token_that_was_used() -> None:
    """Section 3.5: `jti` must not have been used, at any sandbox."""
    box = bench()
    token = box.token()
    assert box.send(token)["statusCode"] == 204
    box.clock.advance(60)
    other = bench(table=box.table, clock=box.clock)
    answer = other.send(token)
    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert other.line["outcome"] == "repeated"
    assert box.user().not_before == NOW + 6


def test_a_captured_token_signs_out_nobody_else() -> None:
    """The signature does not cover the body: it is tied to the first one, finished or not."""
    box = bench()
    token = box.token()
    box.table.before = _failing_at(2)
    assert box.send(token)["statusCode"] == 503
    assert box.send(token, {"sub_id": iss_sub("bob")})["statusCode"] == 401
    assert box.user("bob").not_before == 0
    assert box.send(token)["statusCode"] == 204
    assert box.user().not_before == NOW + 6


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sub_id": {"format": "email", "email": "ada@example.com"}}, 400),
        ({"sub_id": {"format": "nonsense"}}, 400),
        ({"sub_id": "ada"}, 400),
        ({}, 400),
        ({"sub_id": iss_sub(issuer=OTHER)}, 403),
    ],
)
def test_a_token_is_used_up_by_a_body_that_names_nobody(body: Any, status: int) -> None:
    """Whoever captures one that was refused for its body can put no other behind it."""
    box = bench()
    token = box.token()
    assert box.send(token, body)["statusCode"] == status
    assert box.send(token, {"sub_id": iss_sub("bob")})["statusCode"] == 401
    assert box.line["outcome"] == "repeated"
    assert box.marks == set()
    assert box.send(token, body)["statusCode"] == status


def test_a_body_can_come_again_once_the_settings_find_its_user() -> None:
    """The same pair is taken until it is carried out."""
    box = bench()
    token, body = box.token(), {"sub_id": {"format": "email", "email": "ada"}}
    assert box.send(token, body)["statusCode"] == 400
    other = bench(table=box.table, stated={"cognitoUser": "username", "cognitoEmail": True})
    other.pool.add("ada")
    assert [other.send(token, body)["statusCode"] for _ in range(2)] == [204, 401]


@pytest.mark.parametrize("finished", [True, False])
def test_another_body_writes_nothing_into_the_log(*, finished: bool) -> None:
    """Whom it names has nobody signed."""
    box = bench()
    token = box.token()
    box.send(token, None if finished else {})
    box.send(token, {"sub_id": iss_sub("attackers-own-words")})
    assert box.line["outcome"] == "repeated"
    assert "attackers-own-words" not in box.log.getvalue()


@pytest.mark.parametrize("body", [None, {}, {"sub_id": iss_sub(issuer=OTHER)}])
def test_a_ledger_that_is_down_judges_no_body(body: Any) -> None:
    """Nobody would remember what the token came with: it is an outage, whatever that was."""
    box = bench()
    box.table.failure = LedgerError("down")
    assert box.send(body=body)["statusCode"] == 503
    assert (box.line["outcome"], box.line["reason"]) == ("unavailable", "ledger_unavailable")


def _failing_at(number: int) -> Any:
    left = [number]

    def fail(_operation: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise LedgerError("down")

    return fail


# Outages, and users that map to Cognito


def test_keys_that_can_not_be_had() -> None:
    """Nobody can say who asks: neither yes nor no."""
    box = bench()
    box.network.failure = TransportError("down")
    answer = box.send()
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("format_", ["iss_sub", "opaque", "email"])
def test_a_federated_user(format_: str) -> None:
    """Cognito calls them by provider and name, be it a subject or an address."""
    subject = {"format": format_, "iss": ISSUER, "sub": "ada", "id": "ada", "email": "ada"}
    box = bench(stated={"cognitoUser": "provider:Okta", "cognitoEmail": True})
    box.pool.add("Okta_ada", status="EXTERNAL_PROVIDER")
    assert box.send(body={"sub_id": subject})["statusCode"] == 204
    assert box.pool.signed_out == ["Okta_ada"]
    assert box.cognito_user.not_before == NOW + 6


def test_a_user_that_cognito_does_not_have() -> None:
    """Section 3.4.2: 404; what tokens of the provider's own there are end all the same."""
    box = bench(stated={"cognitoUser": "username"})
    assert box.send()["statusCode"] == 404
    assert box.line["outcome"] == "user_unknown"
    assert box.user().not_before == NOW + 6


def test_a_user_that_cognito_will_not_sign_out() -> None:
    """Section 3.4.2: 422, unable to log out the user."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    box.pool.failures["AdminUserGlobalSignOut"] = refused("NotAuthorizedException")
    assert box.send()["statusCode"] == 422
    assert box.line["steps"] == {"ledger": "done", "cognito": "refused"}


@pytest.mark.parametrize("operation", ["AdminGetUser", "AdminUserGlobalSignOut"])
def test_cognito_that_does_not_answer(operation: str) -> None:
    """Nobody can say that it is done: it can be sent again."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    box.pool.failures[operation] = refused("TooManyRequestsException")
    token = box.token()
    assert box.send(token)["statusCode"] == 503
    assert box.user().not_before == NOW + 6
    box.pool.failures.clear()
    assert box.send(token)["statusCode"] == 204
