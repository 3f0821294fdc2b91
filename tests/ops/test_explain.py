from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.errors import Reason
from jose.compact import UnverifiedToken
from local.forgery import sign_anew
from ops.answers import Exit
from ops.explanation.advice import advice_on
from ops.explanation.checks import TITLES, VERIFIER_REASONS, Check
from tests.ops.bench import OpsBench, Ran


def _states(ran: Ran) -> dict[str, str]:
    return {check["check"]: check["state"] for check in ran.data["checks"]}


def _failures(ran: Ran) -> dict[str, str]:
    return {c["check"]: c["reason"] for c in ran.data["checks"] if c["state"] == "failed"}


def _without(ran: Ran, *checks: str) -> set[str]:
    return {state for check, state in _states(ran).items() if check not in checks}


def test_a_good_token(bench: OpsBench) -> None:
    """A good token passes every check, in the order of the flow, and its claims are shown."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", "--route", "GET /hello", standard_input=f"{tokens.access}\n")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert list(_states(ran)) == [check.value for check in Check]
    assert set(_states(ran).values()) == {"passed"}
    assert ran.data["status"] == 200
    assert ran.data["claims"]["username"] == "ada"
    assert ran.data["session"] == UnverifiedToken.parse(tokens.access).payload["origin_jti"]


def test_nothing_is_written(bench: OpsBench) -> None:
    """Explaining leaves no row, no verdict and no place on a roster behind."""
    tokens = bench.sign_in("ada")
    bench.run("explain", standard_input=tokens.access)
    assert bench.stack.dynamodb.calls["UpdateItem"] == 0


def test_expired_with_a_good_signature_says_both(bench: OpsBench) -> None:
    """An expired token fails its times, passes its signature, and is looked into further."""
    tokens = bench.sign_in("ada")
    bench.clock.advance(3600 + 5)
    ran = bench.run("explain", standard_input=tokens.access)
    assert ran.exit_code == Exit.FINDING
    assert _failures(ran) == {"times": "token_expired", "session": "token_expired"}
    assert _states(ran)["signature"] == "passed"
    assert (ran.data["status"], ran.data["reason"]) == (401, "token_expired")
    assert ran.data["claims"] is not None


def test_everything_that_is_wrong_at_once(bench: OpsBench) -> None:
    """A token of another client that is bound elsewhere and not valid yet fails all three."""
    tokens = bench.sign_in("ada")
    wrong = bench.signed_anew(
        tokens.access, client_id="another", aud="https://else.where", nbf=int(bench.clock()) + 600
    )
    ran = bench.run("explain", standard_input=wrong)
    expected = {
        "times": "token_not_yet_valid",
        "client": "client_not_allowed",
        "audience": "audience_not_allowed",
    }
    # Cognito does not know such a token either.
    assert _failures(ran) == expected | {"session": "refused_by_issuer"}
    assert ran.data["reason"] == "token_not_yet_valid"


def test_a_forged_token_shows_no_claims(bench: OpsBench) -> None:
    """Without a good signature no claim is shown and nobody is asked about the session."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", standard_input=sign_anew(tokens.access))
    assert _failures(ran) == {"signature": "signature_invalid"}
    assert ran.data["claims"] is None
    assert ran.data["session"] is None
    assert _without(ran, "place", "form", "header", "issuer", "key", "signature") == {"not checked"}
    assert "ada" not in ran.everything
    assert bench.stack.cognito.traffic.calls["GetUser"] == 0


@pytest.mark.parametrize(
    ("spoil", "check", "reason"),
    [
        (lambda t: t + "=", "form", "token_malformed"),
        (lambda t: "not.a.token", "form", "token_malformed"),
        (lambda t: t.partition(".")[2], "form", "token_malformed"),
    ],
)
def test_a_token_that_is_none(bench: OpsBench, spoil: Any, check: str, reason: str) -> None:
    """What is no token in its one spelling fails there, and nothing after it is looked at."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", standard_input=spoil(tokens.access))
    assert _failures(ran)[check] == reason
    assert _states(ran)["issuer"] == "not checked"


def test_another_pools_token(bench: OpsBench) -> None:
    """Another pool's token is told by its issuer, and costs no fetch of keys."""
    tokens = bench.sign_in("ada")
    foreign = bench.signed_anew(
        tokens.access, iss="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"
    )
    ran = bench.run("explain", standard_input=foreign)
    assert _failures(ran) == {"issuer": "issuer_not_allowed"}
    assert _states(ran)["key"] == "not checked"


def test_a_withdrawn_key(bench: OpsBench) -> None:
    """A key that the pool does not publish any more is unknown."""
    tokens = bench.sign_in("ada")
    bench.stack.cognito.keys.rotate(bench.stack.pool_id, withdraw_old=True)
    ran = bench.run("explain", standard_input=tokens.access)
    assert _failures(ran) == {"key": "key_unknown"}


def test_a_missing_claim(bench: OpsBench) -> None:
    """A missing claim fails that check, and what is right beside it is still shown."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", standard_input=bench.signed_anew(tokens.access, username=None))
    assert _failures(ran) == {"claims": "claim_missing"}
    assert ran.data["claims"] is not None
    assert ran.data["session"] is None


def test_an_id_token(bench: OpsBench) -> None:
    """An ID token is told by its use, and by that alone."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", standard_input=tokens.identity)
    assert _failures(ran) == {"token_use": "token_use_not_allowed"}


def test_a_machines_token(bench: OpsBench) -> None:
    """A machine's token of a client that is not listed fails for that."""
    token = bench.stack.cognito.machine_token(bench.stack.machine_client_id, "orders/read")
    ran = bench.run("explain", standard_input=token)
    assert _failures(ran) == {"client": "machine_token_not_allowed"}


def test_a_route_that_asks_for_more(bench: OpsBench) -> None:
    """A route whose rule is not met fails with what is missing, and is answered 403."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", "--route", "GET /admin", standard_input=tokens.access)
    assert _failures(ran) == {"route": "route_not_allowed"}
    assert ran.data["status"] == 403
    (route,) = [check for check in ran.data["checks"] if check["check"] == "route"]
    assert "orders/admin" in route["detail"]


def test_a_route_that_is_none(bench: OpsBench) -> None:
    """What is no route is a usage error."""
    tokens = bench.sign_in("ada")
    ran = bench.run("explain", "--route", "FETCH /admin", standard_input=tokens.access)
    assert ran.exit_code == Exit.USAGE


def test_for_people(bench: OpsBench) -> None:
    """Without --json the same is told in tables, and the token stays out of them."""
    tokens = bench.sign_in("ada")
    bench.change("revoke", "user", "ada")
    ran = bench.run("explain", standard_input=tokens.access, is_json=False)
    assert "The API answers 401" in ran.stdout
    assert "is signed by that key" in ran.stdout
    assert "sign in again" in ran.stdout


@pytest.mark.parametrize("text", ["", "one two", "x" * 70_000])
def test_no_token_or_two(bench: OpsBench, text: str) -> None:
    """Standard input with no token, two of them or a whole file is refused."""
    ran = bench.run("explain", standard_input=text)
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "token_input")


def test_from_a_file(bench: OpsBench, tmp_path: Any) -> None:
    """A token is read from a file that only its owner can read."""
    file = tmp_path / "token"
    file.write_text(bench.sign_in("ada").access)
    file.chmod(0o600)
    assert bench.run("explain", "--token-file", str(file)).exit_code == Exit.FINE
    file.chmod(0o640)
    ran = bench.run("explain", "--token-file", str(file))
    assert ran.document["error"]["code"] == "token_file_readable"


def test_from_the_terminal(bench: OpsBench) -> None:
    """Somebody who sits in front of it types the token, without an echo."""
    bench.answers[:] = [bench.sign_in("ada").access]
    assert bench.run("explain", is_terminal=True).exit_code == Exit.FINE


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_advice(reason: Reason) -> None:
    """The README's table, which is shown, has a row for each reason."""
    advice = advice_on(reason)
    assert advice.happened
    assert advice.what_to_do


def test_each_check_has_a_title() -> None:
    """Each check is called something, and each of the verifier's reasons belongs to one check."""
    assert set(TITLES) == set(Check)
    reasons = [reason for reasons in VERIFIER_REASONS.values() for reason in reasons]
    assert len(reasons) == len(set(reasons))
    assert json.dumps([check.value for check in Check])
