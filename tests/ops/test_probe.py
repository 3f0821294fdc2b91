"""``probe`` on the local stack: what it measures, and that it leaves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from local.stack import StackSettings
from ops.answers import Exit
from ops.command import NEEDS
from ops.probe.measuring import PLAIN_TRIES
from ops.probe.place import PREFIX
from tests.ops.bench import OpsBench, open_ops_bench
from tests.ops.probe_bench import ProbeBench
from tests.ops.scripted_aws import promised_members
from tests.ops.watched_aws import needed

_FEW = ("--yes", "--tries", "11", "--revocations", "2", "--turns-per-second", "8")
_ONE = ("--yes", "--tries", "1", "--revocations", "1")

_PASSWORD, _SRP, _ADMIN = "USER_PASSWORD_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"
_REFRESH, _ROTATED = "REFRESH_TOKEN_AUTH", "GetTokensFromRefreshToken, rotating"


@pytest.fixture(scope="module")
def stack() -> Iterator[OpsBench]:
    """A stack for all tests in here: each probe has a pool of its own."""
    with open_ops_bench(StackSettings(has_hook=False, ledger=False)) as bench:
        yield bench


@pytest.fixture
def account(stack: OpsBench) -> ProbeBench:
    """An account to probe."""
    return ProbeBench(stack)


def _flows(data: dict[str, Any], *, signed_out: bool) -> dict[str, Any]:
    return {f["flow"]: f for f in data["flows"] if f["signed_out_by_the_trigger"] is signed_out}


def test_what_it_measures(account: ProbeBench) -> None:
    """On the local stack it measures what that is documented to do, and deletes everything."""
    ran = account.run(*_FEW)
    assert ran.exit_code == Exit.FINE, ran.everything
    looked_on, signed_out = (_flows(ran.data, signed_out=is_so) for is_so in (False, True))
    assert {flow: found["trigger_sources"] for flow, found in looked_on.items()} == {
        _PASSWORD: {"TokenGeneration_Authentication": PLAIN_TRIES},
        _SRP: {"TokenGeneration_Authentication": PLAIN_TRIES},
        _ADMIN: {"TokenGeneration_Authentication": PLAIN_TRIES},
        _REFRESH: {"TokenGeneration_RefreshTokens": PLAIN_TRIES},
        _ROTATED: {"TokenGeneration_Authentication": PLAIN_TRIES},
    }
    assert {flow: found["killed"] for flow, found in looked_on.items()} == dict.fromkeys(
        looked_on, 0
    )
    # A sign-in makes its session after the trigger; a refresh has one that the trigger ends.
    assert {flow: (found["tries"], found["killed"]) for flow, found in signed_out.items()} == {
        _PASSWORD: (11, 0),
        _SRP: (11, 0),
        _ADMIN: (11, 0),
        _REFRESH: (11, 11),
        _ROTATED: (11, 11),
    }
    assert looked_on[_ROTATED]["origin_jti"] == {"same": PLAIN_TRIES, "other": 0}
    for way in ran.data["revocations"]:
        assert way["seconds"] == {"count": 2, "p50": 0, "p99": 0, "max": 0}
        assert (way["never"], way["came_back"]) == (0, 0)
        text = "User is disabled." if way["way"] == "AdminDisableUser" else "has been revoked"
        assert text in next(iter(way["texts"]))
    assert ran.data["texts"] == {
        "not a token": "NotAuthorizedException: Invalid Access Token",
        "ID token": "NotAuthorizedException: Invalid Access Token",
        "signature changed": "NotAuthorizedException: Could not verify signature for Access Token",
        "unknown key": "NotAuthorizedException: Invalid Access Token",
        "payload of another token": (
            "NotAuthorizedException: Could not verify signature for Access Token"
        ),
        "user deleted": "UserNotFoundException: User does not exist.",
    }
    assert ran.data["getuser_ms"]["count"] > 50
    assert [each["what"] for each in ran.data["unmeasured"]] == ["TokenGeneration_HostedAuth"]
    assert set(ran.data) == set(
        re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", promised_members("probe")))
    )
    assert account.everything() == []


def test_within_the_quotas(account: ProbeBench) -> None:
    """It stays within Cognito's own quotas, a user's ten reads a second among them."""
    account.stack.stack.cognito.traffic.has_quotas = True
    ran = account.run(*_FEW)
    assert ran.data["getuser_ms"]["no_answers"] == {}
    assert ran.exit_code == Exit.FINE


@pytest.mark.parametrize(
    "operation",
    ["cognito-idp:CreateUserPoolClient", "iam:PutRolePolicy", "cognito-idp:CreateUserPool"],
)
def test_a_failure_half_way(account: ProbeBench, operation: str) -> None:
    """Whatever fails while the place is made, what was made of it is deleted."""
    account.stack.broken.add(operation)
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert account.stack.called["iam:CreateRole"] == 1
    assert account.everything() == []


def test_ctrl_c(account: ProbeBench) -> None:
    """Ctrl-C in the middle leaves nothing behind."""
    waits = iter(range(60))

    def press() -> None:
        if next(waits) == 50:
            raise KeyboardInterrupt

    account.passing = press
    assert account.run(*_FEW).exit_code == Exit.INTERRUPTED
    assert account.stack.called["cognito-idp:CreateUserPool"] == 1
    assert account.everything() == []


def test_what_cannot_be_deleted_is_named(account: ProbeBench) -> None:
    """What is left is named, the rest is deleted, and it ends with 5."""
    account.stack.broken.add("iam:DeleteRole")
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.PARTLY
    (left,) = ran.data["left"]
    (role,) = account.everything()
    assert left.startswith(f"role {role} (DeleteRole: AccessDeniedException")


@pytest.mark.parametrize("operation", ["cognito-idp:CreateUserPool", "cognito-idp:AdminCreateUser"])
def test_what_is_left_of_a_failure_is_named(account: ProbeBench, operation: str) -> None:
    """What a failure half-way leaves is named as well, beside the failure, and it ends with 5."""
    account.stack.broken |= {operation, "iam:DeleteRole"}
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.PARTLY
    (role,) = account.everything()
    said = ran.document["error"]["message"]
    assert said.startswith(f"{operation.partition(':')[2]}: AccessDeniedException")
    assert f"still there: role {role} (DeleteRole: AccessDeniedException" in said


def test_what_is_left_of_an_interruption_is_named(account: ProbeBench) -> None:
    """Whoever presses Ctrl-C while it deletes is told what it did not come to."""
    account.interrupt_at = "DeleteUserPool"
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.PARTLY
    (pool,) = account.everything()
    assert pool.startswith(PREFIX)
    said = ran.document["error"]["message"]
    assert re.fullmatch(r"interrupted; still there: user pool \S+ \(cut off: .*\)", said)


_CUT_OFF = ReadTimeoutError(endpoint_url="https://aws.example.com")


@pytest.mark.parametrize(
    "operation",
    ["iam:CreateRole", "lambda:CreateFunction", "iam:PutRolePolicy", "events:PutRule"],
)
@pytest.mark.parametrize("error", [_CUT_OFF, KeyboardInterrupt()], ids=["time-out", "Ctrl-C"])
def test_an_answer_that_is_lost(account: ProbeBench, operation: str, error: BaseException) -> None:
    """What was made, and not heard of, is deleted by its name."""
    account.stack.lost[operation] = error
    ran = account.run(*_ONE, "--events")
    assert ran.exit_code == (Exit.UNAVAILABLE if error is _CUT_OFF else Exit.INTERRUPTED)
    assert account.stack.called[operation] == 1
    assert "still there" not in ran.everything
    assert account.everything() == []


@pytest.mark.parametrize("error", [_CUT_OFF, KeyboardInterrupt()], ids=["time-out", "Ctrl-C"])
@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ("cognito-idp:CreateUserPool", "a user pool"),
        ("apigateway:CreateRestApi", "an API"),
        ("sqs:CreateQueue", "a queue"),
    ],
)
def test_what_cannot_be_found_again_is_named(
    account: ProbeBench, operation: str, what: str, error: BaseException
) -> None:
    """What has no id yet may be there: that is said, by its name."""
    account.stack.lost[operation] = error
    ran = account.run(*_ONE, "--events", "--gateway")
    assert ran.exit_code == Exit.PARTLY
    (name,) = account.everything()
    assert f"still there: perhaps {what} named {name}" in ran.everything


def test_a_refusal_leaves_nothing(account: ProbeBench) -> None:
    """What Cognito, IAM or Lambda refused to make is not named, whatever becomes of deleting it."""
    account.stack.broken |= {"iam:CreateRole", "iam:DeleteRole"}
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert "still there" not in ran.everything
    assert account.stack.called["iam:DeleteRole"] == 0


def test_what_is_kept_of_a_failure_is_named(account: ProbeBench) -> None:
    """With --keep a failure ends as it would without, and names what is there."""
    account.stack.broken.add("cognito-idp:CreateUserPool")
    ran = account.run(*_ONE, "--keep")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert len(account.everything()) == 2
    assert re.search(r"still there: function (\S+); role \1$", ran.document["error"]["message"])


def test_keep(account: ProbeBench) -> None:
    """What is kept is there, and named."""
    ran = account.run(*_ONE, "--keep")
    assert ran.exit_code == Exit.FINE
    assert set(account.everything()) == {ran.data["name"]}
    assert len(ran.data["left"]) == 4
    assert not [op for op in account.stack.called if ":Delete" in op]


def test_a_measurement_that_fails(account: ProbeBench) -> None:
    """What cannot be measured is named, the rest is measured, and it ends with 3."""
    account.stack.failing["cognito-idp:RevokeToken"] = ("UnsupportedTokenTypeException", "no")
    ran = account.run(*_ONE)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert [each["what"] for each in ran.data["unmeasured"]] == [
        "RevokeToken",
        "TokenGeneration_HostedAuth",
    ]
    ways = [way["way"] for way in ran.data["revocations"]]
    assert ways == ["GlobalSignOut", "AdminUserGlobalSignOut", "AdminDisableUser"]
    assert account.everything() == []


@pytest.mark.parametrize("code", ["TooManyRequestsException", "UserLambdaValidationException"])
def test_no_verdict_is_no_kill(account: ProbeBench, code: str) -> None:
    """A sign-in that was throttled, or whose trigger failed, says nothing of sessions."""
    account.stack.failing["cognito-idp:AdminInitiateAuth"] = (code, "not now")
    flows = _flows(account.run(*_ONE).data, signed_out=True)
    assert flows[_ADMIN]["killed"] == 0
    assert flows[_ADMIN]["unanswered"] == {f"{code}: not now": 1}


@pytest.mark.parametrize(("failures", "exit_code"), [(19, Exit.FINE), (20, Exit.UNAVAILABLE)])
def test_permissions_take_their_time(account: ProbeBench, failures: int, exit_code: Exit) -> None:
    """It waits until the trigger may do what it is to do, and not for ever."""
    account.stack.failing["cognito-idp:InitiateAuth"] = ("UserLambdaValidationException", "no")
    waits = iter(range(1, 10_000))

    def pass_by() -> None:
        # Users are made at a pace, too.
        if account.stack.called["cognito-idp:InitiateAuth"] and next(waits) == failures:
            account.stack.failing.clear()

    account.passing = pass_by
    assert account.run(*_ONE).exit_code == exit_code
    assert account.everything() == []


def test_nobody_confirms(account: ProbeBench) -> None:
    """Without a confirmation nothing is made; what would be, and its price, is said."""
    assert account.run("--tries", "1").exit_code == Exit.NOT_CONFIRMED
    account.answers = ["no"]
    ran = account.run("--tries", "1")
    assert ran.exit_code == Exit.NOT_CONFIRMED
    assert account.asked == ['Type "yes": ']
    for said in ("123456789012", "eu-west-1", PREFIX, "user pool with 20 users", "USD"):
        assert said in ran.stderr
    assert set(account.stack.called) == {"sts:GetCallerIdentity"}


def test_confirmed_at_the_terminal(account: ProbeBench) -> None:
    """Somebody who types yes gets a table to share."""
    account.answers = ["yes"]
    ran = account.run("--tries", "1", "--revocations", "1", is_json=False)
    assert ran.exit_code == Exit.FINE, ran.everything
    for said in ("AdminDisableUser", "TokenGeneration_RefreshTokens", "Invalid Access Token"):
        assert said in ran.stdout


def test_events(account: ProbeBench) -> None:
    """The way of a revocation to EventBridge is timed, and what its event tells is named."""
    account.passing = account.deliver
    ran = account.run(*_ONE, "--events")
    assert ran.exit_code == Exit.FINE, ran.everything
    events = ran.data["events"]
    assert (events["count"], events["expected"]) == (6, 6)
    # The first wait is ten seconds, and all of them are in the queue when it is over.
    assert 0 <= events["max"] <= 12
    assert events["members"]["RevokeToken"] == [
        "requestParameters.clientId",
        "requestParameters.token",
        "additionalEventData.sub",
    ]
    assert account.everything() == []


def test_events_that_do_not_come(account: ProbeBench) -> None:
    """Without a trail no event comes: that is said, and it ends with 3."""
    ran = account.run(*_ONE, "--events")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert ran.data["events"]["count"] == 0
    assert "events" in [each["what"] for each in ran.data["unmeasured"]]
    assert account.everything() == []


def test_which_answers_the_gateway_repeats(account: ProbeBench) -> None:
    """The local gateway repeats policies, and asks again after errors, 401s among them."""
    account.unready = 3
    ran = account.run(*_ONE, "--gateway")
    assert ran.exit_code == Exit.FINE, ran.everything
    gateway = ran.data["gateway"]
    assert {kind: (found["asked"], found["statuses"]) for kind, found in gateway.items()} == {
        "allow": (1, {"200": 6}),
        "deny": (1, {"403": 6}),
        "unauthorized": (6, {"401": 6}),
        "fail": (6, {"500": 6}),
    }
    assert [kind for kind, found in gateway.items() if found["is_repeated"]] == ["allow", "deny"]
    assert account.everything() == []


def test_the_gateways_answers_for_people(account: ProbeBench) -> None:
    """In a table to share; what would be made is said before."""
    account.answers = ["yes"]
    ran = account.run("--tries", "1", "--revocations", "1", "--gateway", is_json=False)
    assert "REST API" in ran.stderr
    assert "Which answers does API Gateway repeat?" in ran.stdout
    assert re.search(r"unauthorized +│ 401 +│ 6 +│ 6 +│ no", ran.stdout)


@pytest.mark.parametrize(
    ("sandboxes", "unready"), [(["sandbox-1", "sandbox-2"], 0), (["sandbox-1"], 1000)]
)
def test_a_gateway_that_tells_nothing(
    account: ProbeBench, sandboxes: list[str], unready: int
) -> None:
    """Two sandboxes count apart, and an API may never be there: that is said, not guessed."""
    account.sandboxes, account.unready = sandboxes, unready
    ran = account.run(*_ONE, "--gateway")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert ran.data["gateway"] is None
    assert "gateway" in [each["what"] for each in ran.data["unmeasured"]]
    assert account.everything() == []


def test_each_right_is_used(account: ProbeBench) -> None:
    """It needs what it calls, and nothing else but to hand its role to its functions."""
    account.passing = account.deliver
    assert account.run(*_ONE, "--events", "--gateway").exit_code == Exit.FINE
    assert needed(account.stack.called) | {"iam:PassRole"} == set(NEEDS["probe"])


def test_its_rights_are_about_its_own_things() -> None:
    """It needs no right on users of other pools but those that a pool's ARN narrows."""
    listing = [action for action in NEEDS["probe"] if re.search(r":List|:Update", action)]
    assert listing == []
