"""Shared signals pushed as security event tokens: one test for each rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.rows import LedgerError
from receivers.security_events import CREDENTIAL_CHANGE, SESSION_REVOKED
from receivers.transmitters import Kind
from tests.tokens import NOW
from tests.unit.receivers.bench import (
    CLIENT,
    ISSUER,
    OTHER,
    SECRET,
    Bench,
    iss_sub,
    opaque,
    refused,
)
from transport import TransportError

RISC = "https://schemas.openid.net/secevent/risc/event-type"
SSF = "https://schemas.openid.net/secevent/ssf/event-type"
TOKENS_REVOKED = "https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked"
DAY = 86_400


def bench(**more: Any) -> Bench:
    return Bench(Kind.SECURITY_EVENTS, **more)


def complex_subject(**members: Any) -> dict[str, Any]:
    return {"format": "complex", **members}


def assert_error(box: Bench, answer: dict[str, Any], code: str, reason: str) -> None:
    """RFC 8935, section 2.3: a 400 with `err` and `description`, whose language is said."""
    assert answer["statusCode"] == 400
    document = json.loads(answer["body"])
    assert document == {"err": code, "description": reason.replace("_", " ")}
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Content-Language"] == "en"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert box.reason == reason
    assert box.table.rows == {}


def test_a_revoked_session() -> None:
    """CAEP 1.0, section 3.1: the user's sessions end; RFC 8935, section 2.2: 202 and no body."""
    box = bench()
    answer = box.send()
    assert (answer["statusCode"], answer["body"]) == (202, "")
    assert box.user().not_before == NOW + 1
    assert (box.line["outcome"], box.line["event"]) == ("signed_out", "session-revoked")


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({CREDENTIAL_CHANGE: {"change_type": "update"}}, "credential-change"),
        ({CREDENTIAL_CHANGE: {"change_type": "revoke"}}, "credential-change"),
        ({CREDENTIAL_CHANGE: {}}, "credential-change"),
        ({f"{RISC}/account-disabled": {"reason": "hijacking"}}, "account-disabled"),
        ({f"{RISC}/account-purged": {}}, "account-purged"),
        ({f"{RISC}/sessions-revoked": {}}, "sessions-revoked"),
        ({TOKENS_REVOKED: {}}, "tokens-revoked"),
    ],
)
def test_events_that_end_all_of_a_user(event: dict[str, Any], name: str) -> None:
    """CAEP 1.0, section 3.3, and RISC 1.0: whatever session is named beside, all of them end."""
    box = bench()
    subject = complex_subject(user=iss_sub(), session=opaque("sid1"))
    assert box.send(events=event, sub_id=subject)["statusCode"] == 202
    assert box.user().not_before == NOW + 1
    assert box.session().revoked_at == 0
    assert box.line["event"] == name


@pytest.mark.parametrize("kind", ["iss-sub", "iss_sub"])
def test_an_event_as_google_writes_it(kind: str) -> None:
    """The subject stands in the event, and its format is called its type, as in RISC's drafts."""
    box = bench()
    subject = {"subject_type": kind} | {k: v for k, v in iss_sub().items() if k != "format"}
    event = {f"{RISC}/account-disabled": {"subject": subject, "reason": "hijacking"}}
    assert box.send(events=event, sub_id=None)["statusCode"] == 202
    assert box.user().not_before == NOW + 1


def test_a_further_credential_ends_nothing() -> None:
    """CAEP 1.0, section 3.3: who enrols another key keeps what is signed in."""
    box = bench()
    assert box.send(events={CREDENTIAL_CHANGE: {"change_type": "create"}})["statusCode"] == 202
    assert box.table.rows == {}
    assert (box.line["outcome"], box.line["event"]) == ("ignored", "credential-change")


@pytest.mark.parametrize("base", [SSF, RISC])
def test_a_verification_is_acknowledged(base: str) -> None:
    """Shared Signals Framework 1.0, section 8.1.4: its state is nobody's to read."""
    box = bench()
    events = {f"{base}/verification": {"state": "VGhpcyBpcyBhIHN0YXRl"}}
    assert box.send(events=events, sub_id=opaque("stream1"))["statusCode"] == 202
    assert box.line["outcome"] == "verification"
    assert "VGhpcyBp" not in box.log.getvalue()
    assert box.table.asked == []


@pytest.mark.parametrize(
    ("uri", "name"),
    [(f"{SSF}/stream-updated", "stream-updated"), ("https://x.example.com/event", "unknown")],
)
def test_other_events_are_acknowledged(uri: str, name: str) -> None:
    """RFC 8935, section 2.2: an event that nothing is done about has been delivered."""
    box = bench()
    assert box.send(events={uri: {}}, sub_id=None)["statusCode"] == 202
    assert (box.line["outcome"], box.line["event"]) == ("ignored", name)
    assert "x.example.com" not in box.log.getvalue()
    assert box.table.asked == []


def test_alternative_names_of_one_event() -> None:
    """Shared Signals Framework 1.0, section 4.1: several names of one event are one."""
    box = bench()
    box.send(events={"https://x.example.com/alias": {}, f"{RISC}/account-disabled": {}})
    assert box.user().not_before == NOW + 1


# Who is meant


def test_a_session_and_its_user() -> None:
    """CAEP 1.0, section 3.1: the session ends, and the user says whose it is."""
    box = bench()
    box.send(sub_id=complex_subject(user=iss_sub(), session=opaque("sid1")))
    assert box.session().revoked_at == NOW + 5
    assert box.user().not_before == 0


@pytest.mark.parametrize(
    "subject",
    [
        complex_subject(user=iss_sub(), device=opaque("device1"), tenant=opaque("t")),
        complex_subject(user=opaque("ada")),
        {"user": iss_sub(), "device": opaque("device1")},
        complex_subject(user=iss_sub(), session={"format": "uri", "uri": "urn:x"}),
    ],
)
def test_a_user_beside_what_no_token_names(subject: dict[str, Any]) -> None:
    """Section 3.6 of the framework: as much is processed as can be; rather all than none."""
    box = bench()
    box.send(sub_id=subject)
    assert box.user().not_before == NOW + 1
    assert box.session().revoked_at == 0


def test_a_session_alone() -> None:
    """A session that is named without its user is found by its name."""
    box = bench()
    box.send(sub_id=complex_subject(session=opaque("sid1")))
    assert box.session().revoked_at == NOW + 5


def test_an_opaque_name_may_be_either() -> None:
    """RFC 9493, section 3.2.4 gives it no meaning: it stands for a session, and for a user."""
    box = bench()
    box.send(sub_id=opaque("x1"))
    assert box.session("x1").revoked_at == NOW + 5
    assert box.user("x1").not_before == NOW + 1


def test_an_older_events_subject() -> None:
    """Section 3.1.1 of the framework: existing events may have their subject inside."""
    box = bench()
    box.send(sub_id=None, events={SESSION_REVOKED: {"subject": iss_sub()}})
    assert box.user().not_before == NOW + 1


def test_the_outer_subject_counts() -> None:
    """Section 3.1 of the framework: the primary subject is the one at the top."""
    box = bench()
    box.send(events={SESSION_REVOKED: {"subject": iss_sub("bob")}})
    assert box.user().not_before == NOW + 1
    assert box.user("bob").not_before == 0


SESSION = complex_subject(session=opaque("sid1"))
ADA = complex_subject(user=iss_sub())


@pytest.mark.parametrize(
    "events",
    [
        {SESSION_REVOKED: iss_sub(), f"{RISC}/account-disabled": iss_sub("bob")},
        {SESSION_REVOKED: SESSION, CREDENTIAL_CHANGE: ADA},
        {CREDENTIAL_CHANGE: ADA, SESSION_REVOKED: SESSION},
    ],
)
def test_events_about_different_subjects(events: dict[str, Any]) -> None:
    """RFC 8417, section 2.2: they are one event; none is passed over with a 202."""
    box = bench()
    inside = {uri: {"subject": subject} for uri, subject in events.items()}
    answer = box.send(sub_id=None, events=inside)
    assert_error(box, answer, "invalid_request", "subjects_differ")


def test_events_about_one_subject() -> None:
    """However it is written; of a session and all of its user, all end."""
    box = bench()
    google = {"subject_type": "iss-sub", "iss": ISSUER, "sub": "ada"}
    session = complex_subject(user=iss_sub(), session=opaque("sid1"))
    events = {SESSION_REVOKED: session, CREDENTIAL_CHANGE: ADA, TOKENS_REVOKED: google}
    inside = {uri: {"subject": subject} for uri, subject in events.items()}
    assert box.send(sub_id=None, events=inside)["statusCode"] == 202
    assert box.user().not_before == NOW + 1


@pytest.mark.parametrize("named", [CREDENTIAL_CHANGE, SESSION_REVOKED])
def test_a_subject_inside_one_of_two_events(named: str) -> None:
    """It is the other's, too, whichever stands first."""
    box = bench()
    events = {CREDENTIAL_CHANGE: {}, SESSION_REVOKED: {}, named: {"subject": iss_sub()}}
    assert box.send(sub_id=None, events=events)["statusCode"] == 202
    assert box.user().not_before == NOW + 1


def test_who_is_named_by_an_event_that_ends_nothing() -> None:
    """Only those count that something would end for."""
    box = bench()
    created = {"subject": iss_sub("bob"), "change_type": "create"}
    events = {CREDENTIAL_CHANGE: created, SESSION_REVOKED: {"subject": iss_sub()}}
    assert box.send(sub_id=None, events=events)["statusCode"] == 202
    assert (box.user().not_before, box.user("bob").not_before) == (NOW + 1, 0)


@pytest.mark.parametrize(
    "subject",
    [
        {"format": "email", "email": "ada@example.com"},
        {"format": "phone_number", "phone_number": "+1"},
        {"format": "aliases", "identifiers": [iss_sub()]},
        complex_subject(tenant=opaque("t")),
        complex_subject(user={"format": "email", "email": "ada@example.com"}),
    ],
)
def test_who_is_named_by_nothing_that_tokens_carry(subject: dict[str, Any]) -> None:
    """RFC 8935, section 2: it is delivered; that it ends nothing is ours to see."""
    box = bench()
    assert box.send(sub_id=subject)["statusCode"] == 202
    assert box.line["outcome"] == "not_actionable"
    assert box.table.asked == []


@pytest.mark.parametrize(
    "subject",
    [
        None,
        "ada",
        [],
        {},
        {"format": 1},
        {"format": "iss_sub", "iss": ISSUER},
        {"format": "iss_sub", "sub": "ada"},
        {"format": "opaque", "id": 7},
        {"format": "opaque", "id": "x" * 2049},
        {"format": "email"},
        complex_subject(user="ada"),
        complex_subject(user=complex_subject(user=iss_sub()), session="x"),
    ],
)
def test_what_names_nobody(subject: Any) -> None:
    """RFC 9493, section 3: a subject identifier has a format, and that format's members."""
    box = bench()
    assert_error(box, box.send(sub_id=subject), "invalid_request", "subject_malformed")


@pytest.mark.parametrize("issuer", [OTHER, f"{ISSUER}/", "https://evil.example.com"])
def test_another_issuers_user(issuer: str) -> None:
    """RFC 8935, section 2.4: the transmitter is not authorized to speak of others' users."""
    box = bench()
    for subject in (iss_sub(issuer=issuer), complex_subject(user=iss_sub(issuer=issuer))):
        assert_error(box, box.send(sub_id=subject), "access_denied", "subject_foreign")


def test_users_of_the_issuer_whose_sessions_end() -> None:
    """A transmitter may name them by the issuer of their tokens, if that is stated."""
    box = bench(stated={"sessionsOf": OTHER})
    box.send(sub_id=iss_sub(issuer=OTHER))
    assert box.user(issuer=OTHER).not_before == NOW + 1


# The token: RFC 8417, and section 4.1 of the framework


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/jwt"}])
def test_another_media_type(headers: dict[str, str]) -> None:
    """RFC 8935, section 2.1: the body is application/secevent+jwt."""
    box = bench()
    answer = box.post(box.token(), headers)
    assert_error(box, answer, "invalid_request", "request_malformed")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_post_delivers(method: str) -> None:
    """RFC 8935, section 2.1: a POST."""
    box = bench()
    answer = box.post(box.token(), {"content-type": "application/secevent+jwt"}, method)
    assert_error(box, answer, "invalid_request", "request_malformed")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "\u00e4.b.c", "a.b.c.d.e"])
def test_what_is_no_token(text: str) -> None:
    """RFC 8935, section 2.4: the body can't be parsed."""
    box = bench()
    assert_error(box, box.send(text), "invalid_request", "token_malformed")


@pytest.mark.parametrize("kind", [None, "JWT", "logout+jwt", "at+jwt"])
def test_another_type(kind: str | None) -> None:
    """Section 4.1.1 of the framework: explicit typing is a must."""
    box = bench()
    token = box.token({"typ": kind})
    assert_error(box, box.send(token), "invalid_request", "header_not_allowed")


def test_an_algorithm_that_is_not_stated() -> None:
    """RFC 8935, section 2.4: a key that is not acceptable."""
    box = bench()
    answer = box.send(box.token({"alg": "none"}))
    assert_error(box, answer, "invalid_key", "algorithm_not_allowed")


def test_a_key_that_is_not_the_transmitters() -> None:
    """RFC 8935, section 2.4: a key that is not acceptable."""
    box = bench()
    assert_error(box, box.send(box.token({"kid": "x"})), "invalid_key", "key_unknown")


def test_a_forged_signature() -> None:
    """RFC 8935, section 2.4: the transmitter could not be authenticated."""
    box = bench()
    answer = box.send(box.token(key="attacker"))
    assert_error(box, answer, "authentication_failed", "signature_invalid")


@pytest.mark.parametrize("issuer", [OTHER, "https://evil.example.com", None])
def test_another_issuer(issuer: str | None) -> None:
    """Section 4.1.6 of the framework: `iss` is the stream's; nobody is asked for keys."""
    box = bench()
    assert_error(box, box.send(iss=issuer), "invalid_issuer", "issuer_not_allowed")
    assert box.network.asked == []


@pytest.mark.parametrize("audience", ["other", [], ["other"]])
def test_another_audience(audience: Any) -> None:
    """RFC 8935, section 2.4: the token is not for this recipient."""
    box = bench()
    assert_error(box, box.send(aud=audience), "invalid_audience", "audience_not_allowed")


def test_one_audience_among_several() -> None:
    """Section 4.1.8 of the framework: `aud` may name several receivers."""
    assert bench().send(aud=["other", CLIENT])["statusCode"] == 202


@pytest.mark.parametrize("claim", ["aud", "iat", "jti", "events"])
def test_a_missing_claim(claim: str) -> None:
    """RFC 8417, section 2.2: `iat`, `jti` and `events` are required, here `aud` as well."""
    box = bench()
    assert_error(box, box.send(**{claim: None}), "invalid_request", "claim_missing")


@pytest.mark.parametrize(
    ("claim", "value"),
    [("jti", 1), ("jti", ""), ("iat", "x"), ("aud", 1), ("events", {SESSION_REVOKED: "x"})],
)
def test_a_claim_of_another_type(claim: str, value: Any) -> None:
    """RFC 8417, section 2.2: every claim has its type."""
    box = bench()
    assert_error(box, box.send(**{claim: value}), "invalid_request", "claim_malformed")


def test_a_token_that_ends_nothing_is_held_to_the_same_rules() -> None:
    """RFC 8417, section 2.2: `jti` is asked of every token, whatever its events are."""
    box = bench()
    answer = box.send(jti=1, events={f"{SSF}/verification": {}})
    assert_error(box, answer, "invalid_request", "claim_malformed")


@pytest.mark.parametrize("events", [{}, [], "x", [SESSION_REVOKED]])
def test_without_events(events: Any) -> None:
    """RFC 8417, section 2.2: `events` is an object, with one event at least."""
    box = bench()
    assert_error(box, box.send(events=events), "invalid_request", "event_missing")


@pytest.mark.parametrize(("claim", "value"), [("sub", "ada"), ("sub", ""), ("exp", NOW + 60)])
def test_what_an_id_token_has(claim: str, value: Any) -> None:
    """Sections 4.1.2 and 4.1.7 of the framework: neither `sub` nor `exp`, of whatever value."""
    box = bench()
    assert_error(box, box.send(**{claim: value}), "invalid_request", "claim_not_allowed")


@pytest.mark.parametrize(("early", "status"), [(35, 202), (36, 400)])
def test_a_token_of_the_future(early: int, status: int) -> None:
    """`iat` lies in the past, but for the clocks' difference."""
    box = bench()
    assert box.send(iat=NOW + early)["statusCode"] == status
    assert box.reason == ("" if status == 202 else "token_not_yet_valid")


@pytest.mark.parametrize(("seconds", "status"), [(7 * DAY, 202), (7 * DAY + 1, 400)])
def test_an_old_token(seconds: int, status: int) -> None:
    """What does not expire is taken for as long as it is remembered."""
    box = bench()
    token = box.token()
    box.clock.advance(seconds - 5)
    assert box.send(token)["statusCode"] == status
    assert box.reason == ("" if status == 202 else "token_too_old")


def test_a_late_delivery_spares_what_began_since() -> None:
    """The event says what had begun when it was issued."""
    box = bench()
    token = box.token()
    box.clock.advance(DAY)
    box.send(token)
    assert box.user().not_before == NOW + 1


def test_a_token_that_comes_again_is_acknowledged() -> None:
    """RFC 8935, section 4: the transmitter may have missed the answer; nothing is done twice."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    token = box.token()
    box.send(token)
    marked = dict(box.table.rows)
    box.clock.advance(600)
    other = bench(table=box.table, pool=box.pool, clock=box.clock)
    answer = other.send(token)
    assert (answer["statusCode"], answer["body"]) == (202, "")
    assert other.line["outcome"] == "repeated"
    assert box.table.rows == marked
    assert box.pool.signed_out == ["ada"]


def test_the_row_outlives_the_token() -> None:
    """It is remembered for as long as anybody would take it."""
    box = bench()
    box.send()
    [row] = [row for name, row in box.table.rows.items() if name.startswith("replay#")]
    assert int(row["ttl"]["N"]) > NOW + 7 * DAY


def test_an_outage_is_not_acknowledged() -> None:
    """RFC 8935, section 2.3: a general error, upon which the transmitter sends it again."""
    box = bench()
    token = box.token()
    box.table.failure = LedgerError("down")
    answer = box.send(token)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "2")
    box.table.failure = None
    assert box.send(token)["statusCode"] == 202
    assert box.user().not_before == NOW + 1


def test_keys_that_can_not_be_had() -> None:
    """Nobody can say who has sent it: no refusal."""
    box = bench()
    box.network.failure = TransportError("down")
    assert box.send()["statusCode"] == 503
    assert box.table.asked == []


def test_keys_are_found_by_the_streams_metadata() -> None:
    """Section 7.2 of the framework: the path goes behind the well-known part."""
    more = {"issuer": OTHER, "audiences": [CLIENT]}
    box = bench(others=(more,))
    token = box.token(iss=OTHER, key="key2", sub_id=iss_sub(issuer=OTHER))
    assert box.send(token)["statusCode"] == 202
    assert box.network.asked == [
        "https://id.example.com/.well-known/ssf-configuration/other",
        f"{OTHER}/keys",
    ]


def test_a_pinned_key_set_needs_no_metadata() -> None:
    """A stated address is asked as it is."""
    box = bench(stated={"keySetUrl": f"{ISSUER}/keys"})
    assert box.send()["statusCode"] == 202
    assert box.network.asked == [f"{ISSUER}/keys"]


# The stream's secret


def send_with(box: Bench, authorization: str | None) -> int:
    headers = {"content-type": "application/secevent+jwt"}
    if authorization is not None:
        headers["authorization"] = authorization
    status: int = box.post(box.token(), headers)["statusCode"]
    return status


def secret_bench() -> Bench:
    return bench(stated={"authorizationParameter": "/receivers/stream"})


def parameter_reads(box: Bench) -> int:
    return sum("ssm" in url for url in box.network.asked)


def test_a_streams_secret_is_asked_for() -> None:
    """RFC 8935, section 3: beside the signature, the header that the stream was set up with."""
    box = secret_bench()
    assert send_with(box, SECRET) == 202
    assert send_with(box, SECRET) == 202
    assert parameter_reads(box) == 1


@pytest.mark.parametrize("header", [None, "", "Bearer other", f"{SECRET} ", "\u00e4", "\ud800"])
def test_another_secret(header: str | None) -> None:
    """RFC 8935, section 2.4: the transmitter could not be authenticated."""
    box = secret_bench()
    shown = {} if header is None else {"authorization": f"x{header}"}
    answer = box.post(box.token(), {"content-type": "application/secevent+jwt"} | shown)
    assert_error(box, answer, "authentication_failed", "secret_invalid")


def test_a_new_secret_is_taken_soon_and_an_old_one_not_for_long() -> None:
    """A header that is not the one that was read is held against the parameter read anew."""
    box = secret_bench()
    send_with(box, SECRET)
    box.network.secret = "Bearer new"
    box.clock.advance(299)
    assert send_with(box, SECRET) == 202
    box.clock.advance(1)
    assert send_with(box, SECRET) == 400
    assert send_with(box, "Bearer new") == 202
    box.network.secret = "Bearer newer"
    box.clock.advance(0.9)
    assert send_with(box, "Bearer newer") == 400
    box.clock.advance(0.1)
    assert send_with(box, "Bearer newer") == 202


def test_wrong_secrets_do_not_spend_the_accounts_reads() -> None:
    """Whoever has a signed token and no secret has the parameter read once in a second."""
    box = secret_bench()
    for _ in range(20):
        assert send_with(box, "Bearer wrong") == 400
    assert parameter_reads(box) == 1


def test_a_clock_that_goes_back_makes_no_secret_last() -> None:
    """An age that is negative tells nothing: the parameter is read anew."""
    box = secret_bench()
    send_with(box, SECRET)
    box.network.secret = "Bearer new"
    box.clock.advance(-1)
    assert send_with(box, SECRET) == 400


def test_a_secret_that_can_not_be_read() -> None:
    """Nobody can say whether it is the stream's."""
    box = secret_bench()
    box.network.secret_failure = TransportError("down")
    assert send_with(box, SECRET) == 503
    assert box.line["reason"] == "secret_unavailable"


def test_nobody_reads_the_secret_for_a_forged_token() -> None:
    """It is asked for behind the signature."""
    box = secret_bench()
    box.send(box.token(key="attacker"))
    assert parameter_reads(box) == 0


# Users that map to Cognito


def test_a_federated_user() -> None:
    """Cognito calls them by provider and subject."""
    box = bench(stated={"cognitoUser": "provider:Okta"})
    box.pool.add("okta_ada", status="EXTERNAL_PROVIDER")
    assert box.send()["statusCode"] == 202
    assert box.pool.signed_out == ["okta_ada"]
    assert box.cognito_user.not_before == NOW + 6


def test_a_user_by_email() -> None:
    """Where the settings say that an address, too, names the user; it is not written anywhere."""
    box = bench(stated={"cognitoUser": "username", "cognitoEmail": True})
    box.pool.add("ada@example.com")
    box.send(sub_id={"format": "email", "email": "ada@example.com"})
    assert box.pool.signed_out == ["ada@example.com"]
    assert box.cognito_user.not_before == NOW + 6
    assert "ada@" not in box.log.getvalue()


def test_a_user_that_cognito_will_not_sign_out() -> None:
    """RFC 8935, section 2: it was delivered, and to send it again would change nothing."""
    box = bench(stated={"cognitoUser": "username"})
    box.pool.add("ada")
    box.pool.failures["AdminUserGlobalSignOut"] = refused("NotAuthorizedException")
    assert box.send()["statusCode"] == 202
    assert box.line["outcome"] == "not_signed_out"
    assert box.cognito_user.not_before == NOW + 6
