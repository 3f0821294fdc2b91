"""What GetUser and USERINFO answer, and what that says of a session."""

from __future__ import annotations

import json

import pytest

from authorizer.errors import Reason
from authorizer.revocation.getuser import NOT_AUTHORIZED, VERDICTS
from authorizer.revocation.verdict import Outcome
from tests.cognito import refused
from tests.sandbox import Sandbox, Seen, new_token
from tests.tokens import MACHINE_CLIENT_ID, SessionMaker, sign
from transport import Answer, TransportError

USERINFO = {"USERINFO_URL": "https://login.example.com/oauth2/userInfo"}


def getuser_answers(answer: Answer | TransportError) -> Seen:
    """Call with a good token while GetUser answers this."""
    sandbox = Sandbox()
    sandbox.cognito.session_failure = answer
    return sandbox.call(new_token())


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("NotAuthorizedException", 401, Reason.REFUSED_BY_ISSUER),
        ("UserNotFoundException", 401, Reason.USER_NOT_FOUND),
        ("PasswordResetRequiredException", 401, Reason.PASSWORD_RESET_REQUIRED),
        ("UserNotConfirmedException", 401, Reason.USER_NOT_CONFIRMED),
        ("TooManyRequestsException", 503, Reason.ISSUER_THROTTLED),
        ("ThrottlingException", 503, Reason.ISSUER_THROTTLED),
        ("RequestLimitExceeded", 503, Reason.ISSUER_THROTTLED),
        ("InternalErrorException", 503, Reason.ISSUER_FAULT),
        ("ServiceUnavailableException", 503, Reason.ISSUER_FAULT),
        ("ForbiddenException", 503, Reason.ISSUER_MISCONFIGURED),
        ("InvalidParameterException", 503, Reason.ISSUER_MISCONFIGURED),
        ("OperationNotEnabledException", 503, Reason.ISSUER_MISCONFIGURED),
        ("ResourceNotFoundException", 503, Reason.ISSUER_MISCONFIGURED),
        ("SomethingNewException", 503, Reason.ISSUER_FAULT),
    ],
)
def test_each_error_has_its_answer(code: str, status: int, reason: Reason) -> None:
    """An error class decides between refused and unavailable; an unknown one is no refusal."""
    seen = getuser_answers(refused(code))
    assert (seen.status, seen.reason) == (status, reason)


def test_the_table_is_tested_whole() -> None:
    """Every entry of the table is a parameter of the test above."""
    mark = test_each_error_has_its_answer.pytestmark[0]  # type: ignore[attr-defined]
    assert set(VERDICTS) < {code for code, _, _ in mark.args[1]}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Access Token has been revoked", Reason.SESSION_REVOKED),
        ("Access Token has expired", Reason.TOKEN_EXPIRED),
        ("Access Token does not have required scopes", Reason.SESSION_NOT_CHECKABLE),
        ("Invalid Access Token", Reason.REFUSED_BY_ISSUER),
        ("Could not verify signature for Access Token", Reason.REFUSED_BY_ISSUER),
        ("User is disabled.", Reason.USER_DISABLED),
        ("", Reason.REFUSED_BY_ISSUER),
    ],
)
def test_a_refusals_message_refines_its_reason(message: str, reason: Reason) -> None:
    """The message of NotAuthorizedException names the reason; it never changes the outcome."""
    seen = getuser_answers(refused("NotAuthorizedException", message))
    assert (seen.status, seen.reason) == (401, reason)
    assert all(verdict.outcome is Outcome.REJECTED for _, verdict in NOT_AUTHORIZED)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (TransportError("timed out"), Reason.ISSUER_UNREACHABLE),
        (Answer(200, b"<html>Welcome to the proxy</html>"), Reason.ISSUER_FAULT),
        (Answer(200, b"{}"), Reason.ISSUER_FAULT),
        (Answer(200, b'{"Username": 7}'), Reason.ISSUER_FAULT),
        (Answer(200, b"[]"), Reason.ISSUER_FAULT),
        (Answer(200, b"\xff"), Reason.ISSUER_FAULT),
        (Answer(200, b"[" * 100_000), Reason.ISSUER_FAULT),
        (Answer(302, b""), Reason.ISSUER_FAULT),
        (Answer(400, b"<html>"), Reason.ISSUER_FAULT),
        (Answer(400, b'{"__type": 7}'), Reason.ISSUER_FAULT),
        (Answer(403, b"<html>"), Reason.ISSUER_MISCONFIGURED),
        (Answer(429, b""), Reason.ISSUER_THROTTLED),
        (Answer(500, b""), Reason.ISSUER_FAULT),
    ],
)
def test_what_is_no_answer_is_no_verdict(answer: Answer | TransportError, reason: Reason) -> None:
    """Nothing but Cognito's own words is a verdict: the rest is unavailable, never a refusal."""
    seen = getuser_answers(answer)
    assert (seen.status, seen.reason) == (503, reason)


_ADA = "9b3e6a1c-0000-4000-8000-00000000ada0"


@pytest.mark.parametrize(
    ("username", "attributes", "is_let_in"),
    [
        ("ada", [{"Name": "sub", "Value": _ADA}], True),
        # The subject decides, whatever the name.
        ("eve", [{"Name": "email", "Value": "a@b.c"}, {"Name": "sub", "Value": _ADA}], True),
        ("ada", [{"Name": "sub", "Value": "another"}], False),
        ("ada", [{"Name": "sub", "Value": None}], False),
        ("ada", [{"Name": "sub"}], False),
        (None, [{"Name": "sub", "Value": _ADA}], False),
        # Where it is not told, the name does, in whichever case.
        ("ada", [], True),
        ("ADA", None, True),
        ("ada", {"sub": "another"}, True),
        ("ada", ["sub", {"Name": "email", "Value": _ADA}], True),
        ("eve", [], False),
        ("", [], False),
    ],
)
def test_what_is_said_of_somebody_else_is_no_verdict(
    username: str | None, attributes: object, *, is_let_in: bool
) -> None:
    """An answer that is not about the token's user is a fault: neither a grant nor a refusal."""
    sandbox = Sandbox()
    user = {"Username": username, "UserAttributes": attributes}
    sandbox.cognito.session_failure = Answer(200, json.dumps(user).encode())
    seen = sandbox.call(sign(SessionMaker(subject=_ADA).access()))
    assert (seen.status, seen.reason) == ((200, None) if is_let_in else (503, Reason.ISSUER_FAULT))
    assert sandbox.call(sign(SessionMaker(subject=_ADA).access())).status == seen.status


def test_a_qualified_error_name_is_understood() -> None:
    """AWS services may qualify an error's name with a namespace."""
    seen = getuser_answers(refused("com.amazonaws.cognito#UserNotFoundException"))
    assert seen.reason == Reason.USER_NOT_FOUND


def test_a_message_may_be_spelled_with_a_capital() -> None:
    """Some services call the member Message."""
    body = {"__type": "NotAuthorizedException", "Message": "Access Token has been revoked"}
    seen = getuser_answers(Answer(400, json.dumps(body).encode()))
    assert seen.reason == Reason.SESSION_REVOKED


def test_a_message_that_is_no_text_still_refuses() -> None:
    """The class alone decides the outcome."""
    body = {"__type": "NotAuthorizedException", "message": ["revoked"]}
    seen = getuser_answers(Answer(400, json.dumps(body).encode()))
    assert (seen.status, seen.reason) == (401, Reason.REFUSED_BY_ISSUER)


@pytest.mark.parametrize("scope", ["", "openid", "aws.cognito.signin.user.admins"])
def test_getuser_is_not_asked_without_the_admin_scope(scope: str) -> None:
    """Cognito would refuse in the words of a revocation, so the scope is looked at first."""
    sandbox = Sandbox()
    seen = sandbox.call(new_token(scope=scope))
    assert (seen.status, seen.reason) == (401, Reason.SESSION_NOT_CHECKABLE)
    assert sandbox.cognito.getuser_calls == 0


def test_userinfo_judges_what_getuser_cannot() -> None:
    """With a pool domain configured, a token with openid is judged by USERINFO."""
    sandbox = Sandbox(USERINFO)
    session = SessionMaker()
    assert sandbox.call_with(session.access(scope="openid")).status == 200
    sandbox.cognito.revoked.add(session.origin_jti)
    seen = sandbox.call_with(session.access(scope="openid"))
    assert (seen.status, seen.reason) == (401, Reason.SESSION_REVOKED)
    assert (sandbox.cognito.userinfo_calls, sandbox.cognito.getuser_calls) == (2, 0)


def test_getuser_is_preferred_where_both_can_judge() -> None:
    """GetUser says more precisely why, and has a quota of its own."""
    sandbox = Sandbox(USERINFO)
    sandbox.call(new_token(scope="openid aws.cognito.signin.user.admin"))
    assert (sandbox.cognito.userinfo_calls, sandbox.cognito.getuser_calls) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (Answer(401, b""), 401, Reason.SESSION_REVOKED),
        (Answer(401, b'{"error":"invalid_token"}'), 401, Reason.SESSION_REVOKED),
        (Answer(400, b""), 503, Reason.ISSUER_MISCONFIGURED),
        (Answer(403, b""), 503, Reason.ISSUER_MISCONFIGURED),
        (Answer(429, b""), 503, Reason.ISSUER_THROTTLED),
        (Answer(500, b""), 503, Reason.ISSUER_FAULT),
        (Answer(302, b""), 503, Reason.ISSUER_FAULT),
        (Answer(200, b"<html>"), 503, Reason.ISSUER_FAULT),
        (Answer(200, b'{"sub": "somebody else"}'), 503, Reason.ISSUER_FAULT),
        (TransportError("timed out"), 503, Reason.ISSUER_UNREACHABLE),
    ],
)
def test_userinfo_answers(answer: Answer | TransportError, status: int, reason: Reason) -> None:
    """Only 401 refuses, and only an answer about the token's own subject lets in."""
    sandbox = Sandbox(USERINFO)
    sandbox.cognito.session_failure = answer
    seen = sandbox.call(new_token(scope="openid"))
    assert (seen.status, seen.reason) == (status, reason)


@pytest.mark.parametrize(
    ("answer", "is_remembered"),
    [
        (Answer(401, b'{"error":"invalid_token"}'), True),
        (Answer(401, b"", challenge='Bearer error="invalid_token"'), True),
        (Answer(401, b"<html>sign in here</html>"), False),
        (Answer(401, b'{"error":"invalid_request"}', challenge='Basic realm="proxy"'), False),
    ],
)
def test_a_401_that_names_no_token_is_not_remembered(answer: Answer, is_remembered: bool) -> None:
    """It may be a proxy's: once the way is free again, whoever lives is let in again."""
    sandbox = Sandbox(USERINFO)
    token = new_token(scope="openid")
    sandbox.cognito.session_failure = answer
    assert sandbox.call(token).status == 401
    sandbox.cognito.session_failure = None
    assert sandbox.call(token).status == (401 if is_remembered else 200)


@pytest.mark.parametrize("environment", [{}, USERINFO])
def test_id_tokens_are_judged_by_nobody(environment: dict[str, str]) -> None:
    """Neither GetUser nor USERINFO takes ID tokens: the rule for those applies."""
    sandbox = Sandbox(environment | {"TOKEN_USES": "access,id"})
    seen = sandbox.call_with(SessionMaker().identity())
    assert (seen.status, seen.reason) == (401, Reason.SESSION_NOT_CHECKABLE)
    assert (sandbox.cognito.userinfo_calls, sandbox.cognito.getuser_calls) == (0, 0)


def test_a_listed_machine_needs_no_session() -> None:
    """A machine token of a listed client is granted without asking anybody."""
    sandbox = Sandbox({"MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID})
    seen = sandbox.call_with(SessionMaker().machine(scope="openid aws.cognito.signin.user.admin"))
    assert (seen.status, seen.line["found_by"]) == (200, "machine_rule")
    assert (sandbox.cognito.userinfo_calls, sandbox.cognito.getuser_calls) == (0, 0)
