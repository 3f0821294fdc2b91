"""What a sign-out does, in which order, and what it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.rows import LedgerError
from sign_out.wiring import wire
from tests.cognito import refused as key_set_refused
from tests.dynamodb import FakeDynamoDb
from tests.tokens import CLIENT_ID, ISSUER_NEW_FORM, NOW, sign
from tests.unit.cognito.line import DONE, THROTTLED, Line
from tests.unit.sign_out.bench import APP, ENVIRONMENT, REFRESH_TOKEN, Bench, refused

BYE = f"https://login.example.com/logout?client_id={CLIENT_ID}&logout_uri="
HOME = f"{BYE}https%3A%2F%2Fapp.example.com%2F"


def document(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


def test_an_access_token_ends_its_session() -> None:
    """The session is marked in the ledger; without a refresh token Cognito has nothing to do."""
    bench = Bench()
    answer = bench.send(bearer=bench.token())
    assert answer["statusCode"] == 200
    assert document(answer) == {"signed_out": True, "logout_url": HOME}
    assert bench.session.revoked_at == NOW + 60
    assert bench.operations == []
    assert bench.lines()[-1]["outcome"] == "signed_out"


def test_both_tokens_end_the_session_at_both_layers() -> None:
    """The ledger is marked before Cognito is asked: the authorizer refuses from then on."""
    bench = Bench()
    marked: list[int] = []
    bench.cognito.before = lambda _operation: marked.append(bench.session.revoked_at)
    bench.send({"access_token": bench.token(), "refresh_token": REFRESH_TOKEN})
    assert marked == [NOW + 60]
    assert bench.cognito.calls == [("RevokeToken", {"Token": REFRESH_TOKEN, "ClientId": CLIENT_ID})]


def test_everywhere_ends_every_session() -> None:
    """The user's sessions of this second and earlier are marked, and Cognito signs out globally."""
    bench = Bench()
    token = bench.token()
    bench.send({"everywhere": True}, bearer=token)
    assert bench.user.not_before == NOW + 61
    assert bench.session.revoked_at == NOW + 60
    assert bench.cognito.calls == [("GlobalSignOut", {"AccessToken": token})]


def test_everywhere_without_cognitos_consent() -> None:
    """A token that GlobalSignOut does not take still marks everything in the ledger."""
    bench = Bench()
    bench.send({"everywhere": "true"}, bearer=bench.token(scope="openid"))
    assert bench.user.not_before == NOW + 61
    assert bench.operations == []


@pytest.mark.parametrize(("exp", "not_before"), [(NOW + 55, 0), (NOW + 56, NOW + 61)])
def test_an_expired_token_ends_its_own_session_alone(exp: int, not_before: int) -> None:
    """Whoever finds an old token must not sign its user out everywhere, time and again."""
    bench = Bench()
    bench.send({"everywhere": True}, bearer=bench.token(exp=exp))
    assert bench.session.revoked_at == NOW + 60
    assert bench.user.not_before == not_before
    assert bench.operations == ([] if not_before == 0 else ["GlobalSignOut"])
    assert bench.lines()[-1]["steps"].get("everywhere") == (None if not_before else "refused")


def test_a_refresh_token_alone_does_not_end_everything() -> None:
    """Nobody is told that all is ended where one session would be."""
    bench = Bench()
    answer = bench.send({"everywhere": True, "refresh_token": REFRESH_TOKEN})
    assert answer["statusCode"] == 400
    assert document(answer) == {"message": "Bad request: access_token is needed"}
    assert bench.operations == []


def test_an_expired_token_still_signs_out() -> None:
    """It names the session, whose refresh token may live on."""
    bench = Bench()
    bench.send(bearer=bench.token(exp=NOW - 3600))
    assert bench.session.revoked_at == NOW + 60


def test_a_token_of_the_newer_issuer_form_is_of_the_same_pool() -> None:
    """Both forms of the pool's issuer mark the same rows."""
    bench = Bench()
    bench.send(bearer=bench.token(iss=ISSUER_NEW_FORM))
    assert bench.session.revoked_at == NOW + 60


def test_a_repeat_is_harmless() -> None:
    """The same request again marks nothing anew and answers the same."""
    bench = Bench()
    token = bench.token()
    first = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=token)
    bench.clock.advance(5)
    bench.cognito.failures["RevokeToken"] = refused("InvalidParameterException")
    assert bench.send({"refresh_token": REFRESH_TOKEN}, bearer=token) == first
    assert bench.session.revoked_at == NOW + 60
    assert bench.lines()[-1]["steps"]["revoke_token"] == "refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"},
        {"client_id": "another"},
        {"token_use": "id"},
        {"origin_jti": None},
        {"sub": 1},
    ],
)
def test_an_unknown_token_gets_the_answer_of_a_known_one(changes: dict[str, Any]) -> None:
    """Nobody learns from the answer whether a token is known, and nothing is done for it."""
    known, unknown = Bench(), Bench()
    expected = known.send(bearer=known.token())
    assert unknown.send(bearer=unknown.token(**changes)) == expected
    assert unknown.table.rows == {}
    assert unknown.lines()[-1]["outcome"] == "nothing"


@pytest.mark.parametrize("token", ["a.b.c", "x", "x" * 8192])
def test_what_is_no_token_gets_the_same_answer(token: str) -> None:
    """Nor does anybody learn what a token looks like."""
    known, unknown = Bench(), Bench()
    expected = known.send(bearer=known.token())
    assert unknown.send(bearer=token) == expected
    assert unknown.send({"access_token": token}) == expected
    assert unknown.send() == expected
    assert (unknown.table.rows, unknown.operations) == ({}, [])


def test_a_forged_token_marks_nothing() -> None:
    """A token with another key's signature ends nobody's session."""
    bench = Bench()
    forged = sign(bench.maker.access(), key="attacker", header={"kid": "key1"})
    assert bench.send({"everywhere": True}, bearer=forged)["statusCode"] == 200
    assert bench.table.rows == {}


def test_a_ledger_that_is_down_does_not_keep_cognito_from_revoking() -> None:
    """The rest is done all the same, and the caller is told to come again, cookies kept."""
    bench = Bench()
    bench.table.failure = LedgerError("down")
    answer = bench.send(
        cookies={"__Host-access": bench.token(), "refresh": REFRESH_TOKEN}, headers={"origin": APP}
    )
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "2")
    assert "cookies" not in answer
    assert bench.operations == ["RevokeToken"]
    bench.table.failure = None
    assert bench.send(bearer=bench.token())["statusCode"] == 200


@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "InternalErrorException",
        "ForbiddenException",
        "OperationNotEnabledException",
        "ResourceNotFoundException",
        "UnsupportedOperationException",
        "status 400",
        "status 503",
        "timed out",
        "not an answer of Cognito's",
    ],
)
def test_cognito_that_does_not_answer_leaves_the_mark(code: str) -> None:
    """What was marked stays marked, and the caller is told to come again."""
    bench = Bench()
    bench.cognito.failures = {"RevokeToken": refused(code), "GlobalSignOut": refused(code)}
    answer = bench.send({"everywhere": True, "refresh_token": REFRESH_TOKEN}, bearer=bench.token())
    assert answer["statusCode"] == 503
    assert bench.session.revoked_at == NOW + 60
    assert bench.operations == ["GlobalSignOut", "RevokeToken"]
    assert bench.lines()[-1]["outcome"] == "unavailable"


def test_keys_that_can_not_be_had_are_no_refusal() -> None:
    """Nobody can say whose token it is, so nobody is told that it is signed out."""
    bench = Bench()
    bench.issuer.key_set_failure = key_set_refused("InternalErrorException", status=500)
    answer = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=bench.token())
    assert answer["statusCode"] == 503
    assert bench.operations == ["RevokeToken"]


def test_strangers_refresh_tokens_are_rationed() -> None:
    """What can't be verified draws on a ration; what a living session's token is with does not."""
    bench = Bench({"UNVERIFIED_PER_MINUTE": "8"})
    statuses = [bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] for _ in range(4)]
    assert statuses == [200, 200, 503, 503]
    with_session = bench.send({"refresh_token": REFRESH_TOKEN}, bearer=bench.token())
    assert with_session["statusCode"] == 200
    bench.clock.advance(7.4)
    assert bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] == 503
    bench.clock.advance(0.2)
    assert bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] == 200


@pytest.mark.parametrize(("exp", "status"), [(NOW + 55, 503), (NOW + 56, 200)])
def test_an_expired_token_lifts_no_ration(exp: int, status: int) -> None:
    """An old token from a log lets nobody spend the account's revocations on made-up ones."""
    bench = Bench({"UNVERIFIED_PER_MINUTE": "8"})
    token = bench.token(exp=exp)
    made_up = [{"refresh_token": f"made-up-{number:020}"} for number in range(4)]
    answers = [bench.send(body, bearer=token)["statusCode"] for body in made_up]
    assert answers == [200, 200, status, status]
    assert bench.session.revoked_at == NOW + 60
    assert len(bench.operations) == answers.count(200)


def test_a_refresh_token_alone_is_revoked_for_the_client_that_is_named() -> None:
    """Of several clients one has to be named: Cognito refuses a token for another's."""
    bench = Bench({"CLIENT_IDS": "aaa,bbb"})
    assert bench.send({"refresh_token": REFRESH_TOKEN, "client_id": "bbb"})["statusCode"] == 200
    for body in ({"client_id": "ccc"}, {}, {"access_token": "x"}):
        answer = bench.send({"refresh_token": REFRESH_TOKEN} | body)
        assert document(answer) == {"message": "Bad request: client_id is needed"}
        assert answer["statusCode"] == 400
    assert [arguments["ClientId"] for _, arguments in bench.cognito.calls] == ["bbb"]


def test_a_confidential_clients_secret_comes_from_cognito() -> None:
    """It is asked for once, and stands in no setting."""
    bench = Bench({"CONFIDENTIAL_CLIENT_IDS": CLIENT_ID})
    for _ in range(2):
        bench.send({"refresh_token": REFRESH_TOKEN})
    assert bench.operations == ["DescribeUserPoolClient", "RevokeToken", "RevokeToken"]
    assert bench.cognito.calls[-1][1]["ClientSecret"] == "the-secret"
    assert "the-secret" not in bench.log.getvalue()


def test_a_secret_that_was_changed_is_asked_for_anew() -> None:
    """A refusal for an old secret is no word about the token."""
    bench = Bench({"CONFIDENTIAL_CLIENT_IDS": CLIENT_ID})
    bench.send({"refresh_token": REFRESH_TOKEN})
    client = {"UserPoolClient": {"ClientSecret": "another"}}
    bench.cognito.answers["DescribeUserPoolClient"] = client

    def refuse_the_old(operation: str) -> None:
        bench.cognito.failures = {}
        is_new = bench.operations[-1] == "DescribeUserPoolClient"
        if operation == "RevokeToken" and not is_new:
            bench.cognito.failures = {"RevokeToken": refused("NotAuthorizedException")}

    bench.cognito.before = refuse_the_old
    assert bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] == 200
    assert bench.lines()[-1]["steps"]["revoke_token"] == "done"
    assert bench.cognito.calls[-1][1]["ClientSecret"] == "another"


def test_a_refusal_for_the_same_secret_is_one() -> None:
    """The token is dead, then; it is not sent again."""
    bench = Bench({"CONFIDENTIAL_CLIENT_IDS": CLIENT_ID})
    bench.send({"refresh_token": REFRESH_TOKEN})
    bench.cognito.failures["RevokeToken"] = refused("NotAuthorizedException")
    bench.send({"refresh_token": REFRESH_TOKEN})
    assert bench.lines()[-1]["steps"]["revoke_token"] == "refused"
    assert bench.operations[2:] == ["RevokeToken", "DescribeUserPoolClient"]


def test_a_secret_that_can_not_be_had_is_an_outage() -> None:
    """Without it nothing is revoked, and the caller is told to come again."""
    bench = Bench({"CONFIDENTIAL_CLIENT_IDS": CLIENT_ID})
    bench.cognito.failures["DescribeUserPoolClient"] = refused("AccessDeniedException")
    assert bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] == 503


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"UserPoolClient": "client"},
        {"UserPoolClient": {}},
        {"UserPoolClient": {"ClientSecret": 1}},
    ],
)
def test_a_client_without_a_secret_is_an_outage(answer: dict[str, Any]) -> None:
    """Settings and pool disagree, or the answer is none: nothing can be revoked."""
    bench = Bench({"CONFIDENTIAL_CLIENT_IDS": CLIENT_ID})
    bench.cognito.answers["DescribeUserPoolClient"] = answer
    assert bench.send({"refresh_token": REFRESH_TOKEN})["statusCode"] == 503
    assert bench.operations == ["DescribeUserPoolClient"]


@pytest.mark.parametrize(
    "code",
    [
        "InvalidParameterException",
        "NotAuthorizedException",
        "UnauthorizedException",
        "UnsupportedTokenTypeException",
        "UserNotFoundException",
    ],
)
def test_what_cognito_refuses_is_signed_out(code: str) -> None:
    """A token that it no longer takes brings nobody in."""
    bench = Bench()
    bench.cognito.failures = {"RevokeToken": refused(code), "GlobalSignOut": refused(code)}
    answer = bench.send({"everywhere": True, "refresh_token": REFRESH_TOKEN}, bearer=bench.token())
    assert answer["statusCode"] == 200
    assert bench.lines()[-1]["steps"]["revoke_token"] == "refused"


def test_the_wired_endpoint_calls_cognito_in_the_pools_region() -> None:
    """Without a signature and once more after a fault, with nothing but the network replaced."""
    line = Line([THROTTLED, DONE])
    endpoint = wire(
        ENVIRONMENT,
        transport=line,
        monotonic=line.monotonic,
        pause=line.pause,
        ledger_calls=FakeDynamoDb(),
        service="sign-out-over-a-line",
    )
    event = {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST"}},
        "body": json.dumps({"refresh_token": REFRESH_TOKEN}),
        "isBase64Encoded": False,
    }
    assert endpoint.handle(event)["statusCode"] == 200
    host = "cognito-idp.eu-west-1.amazonaws.com"
    assert [sent["url"] for sent in line.sent] == [f"https://{host}/"] * 2
    assert json.loads(line.sent[0]["body"]) == {"Token": REFRESH_TOKEN, "ClientId": CLIENT_ID}


def test_linked_sessions_end_where_that_is_asked_for() -> None:
    """With native sessions Cognito ends those of the same sign-in too."""
    bench = Bench({"LINKED_SESSIONS": "revoke"})
    bench.send({"refresh_token": REFRESH_TOKEN})
    assert bench.cognito.calls[-1][1]["RevokeAssociatedSessions"] == "LINKED"


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
def test_only_post_signs_out(method: str) -> None:
    """A link or an image signs nobody out."""
    bench = Bench()
    answer = bench.send(bearer=bench.token(), method=method)
    assert answer["statusCode"] == 400
    assert bench.table.rows == {}


def test_what_is_no_event_is_a_bad_request() -> None:
    """An event of another kind is answered, and reported."""
    bench = Bench()
    assert bench.endpoint.handle({"Records": []})["statusCode"] == 400
    assert bench.lines()[-1]["outcome"] == "malformed"
