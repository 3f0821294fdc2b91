"""What ``explain`` says of the tokens of OpenID providers beside the pool."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from ledger.roster import SessionPolicy
from local.server import LoopbackServer
from local.stack import StackSettings
from ops.answers import Exit
from tests.ops.bench import OpsBench, Ran, open_ops_bench
from tests.ops.deployed import aws_client
from tests.providers import sign_by
from tests.tokens import public_jwk

MARKED, ASKED = "https://id.example.com/", "https://asked.example.com/"
SECRET = "the-secret-of-the-introspecting-client"
PARAMETER = "/authorizer/introspection"


@dataclass
class Provider:
    """Keys and introspection of both."""

    is_active: bool = True
    clients: list[tuple[str | None, str | None]] = field(default_factory=list)
    """Who has asked, with which password."""

    def answer(self, request: Request) -> Response:
        """What is published at a path."""
        if request.path == "/keys":
            return Response(json.dumps({"keys": [public_jwk("key1")]}))
        assert request.authorization is not None
        self.clients.append((request.authorization.username, request.authorization.password))
        return Response(json.dumps({"active": self.is_active}))


@pytest.fixture
def provider() -> Provider:
    """Which says that every token is active, until it is told otherwise."""
    return Provider()


@pytest.fixture
def bench(provider: Provider) -> Iterator[OpsBench]:
    """A deployment that goes by marks for one issuer's tokens, and asks about another's."""
    with LoopbackServer(Request.application(provider.answer)) as server:
        stated = {
            "audiences": ["api"],
            "clientIds": ["web"],
            "machineClientIds": ["robot"],
            "keySetUrl": f"{server.url}/keys",
        }
        asked = {
            "sessionCheck": "introspection",
            "sessionClaim": "sid",
            "introspectionUrl": f"{server.url}/introspect",
            "introspectionClientId": "api-client",
            "introspectionSecretParameter": PARAMETER,
        }
        issuers = [{"issuer": MARKED, **stated}, {"issuer": ASKED, **asked, **stated}]
        settings = StackSettings(
            has_hook=False,
            session_policy=SessionPolicy.EVICT_OLDEST,
            authorizer_environ={"OIDC_ISSUERS": json.dumps(issuers)},
        )
        with open_ops_bench(settings) as bench:
            ssm = aws_client(bench.stack.cognito.url, "ssm")
            ssm.put_parameter(Name=PARAMETER, Value=SECRET, Type="SecureString", Overwrite=True)
            bench.secrets.add(SECRET)
            yield bench


def _explain(bench: OpsBench, issuer: str, **changes: Any) -> Ran:
    now = int(bench.clock())
    claims = {
        "iss": issuer,
        "aud": "api",
        "sub": "auth0|ada",
        "sid": "session-1",
        "client_id": "web",
        "iat": now,
        "exp": now + 600,
        "jti": "jti",
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return bench.run("explain", standard_input=sign_by("RS256", claims, key="key1"))


def _found(ran: Ran) -> dict[str, str]:
    """What is not passed, with its reason."""
    return {c["check"]: c["reason"] for c in ran.data["checks"] if c["state"] not in _FINE}


_FINE = ("passed", "not checked")


def test_a_good_token_that_marks_judge(bench: OpsBench, provider: Provider) -> None:
    """It passes every check, and nobody is asked about it."""
    ran = _explain(bench, MARKED)
    assert (ran.exit_code, ran.data["status"]) == (Exit.FINE, 200), ran.everything
    assert ran.data["claims"]["sub"] == "auth0|ada"
    details = {check["check"]: check["detail"] for check in ran.data["checks"]}
    assert details["session"] == "judged by marks alone"
    assert details["roster"] == "sessions are not limited"
    assert provider.clients == []


@pytest.mark.parametrize(("subject", "client"), [("auth0|ada", "web"), ("robot", "robot")])
def test_a_token_that_its_issuer_is_asked_about(
    bench: OpsBench, provider: Provider, subject: str, client: str
) -> None:
    """A user's or a machine's, by the secret that the operator may read; what it says counts."""
    ran = _explain(bench, ASKED, sub=subject, client_id=client)
    assert (ran.exit_code, ran.data["status"]) == (Exit.FINE, 200), ran.everything
    provider.is_active = False
    ran = _explain(bench, ASKED, sub=subject, client_id=client)
    assert _found(ran) == {"session": "session_revoked"}
    assert provider.clients == [("api-client", SECRET)] * 2


def test_no_verdict_on_the_session_counts_for_another_of_its_tokens(bench: OpsBench) -> None:
    """Where tokens are asked about one by one, none is said to be let in by another's verdict."""
    assert _explain(bench, ASKED).data["shared_verdict"] == {"asked_at": None, "used_until": None}


def test_a_secret_that_cannot_be_read(bench: OpsBench, provider: Provider) -> None:
    """It is not known whether the session lives, and what is missing is said."""
    aws_client(bench.stack.cognito.url, "ssm").delete_parameter(Name=PARAMETER)
    ran = _explain(bench, ASKED)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert _found(ran) == {"session": "issuer_misconfigured"}
    assert any(f"the secret in {PARAMETER}" in warning for warning in ran.document["warnings"])
    assert provider.clients == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"aud": "another-api"}, {"audience": "audience_not_allowed"}),
        ({"client_id": "another"}, {"client": "client_not_allowed"}),
        ({"client_id": None, "cid": "another"}, {"client": "client_not_allowed"}),
        ({"sub": "a", "client_id": "a"}, {"client": "machine_token_not_allowed"}),
        ({"iat": 2, "exp": 3}, {"times": "token_expired"}),
        (
            {"aud": "another-api", "client_id": "another", "iat": 2, "exp": 3},
            {
                "audience": "audience_not_allowed",
                "client": "client_not_allowed",
                "times": "token_expired",
            },
        ),
    ],
)
def test_everything_that_is_wrong_with_it(
    bench: OpsBench, changes: dict[str, Any], found: dict[str, str]
) -> None:
    """A provider's lists are held against its tokens one by one, as the pool's are."""
    assert _found(_explain(bench, MARKED, **changes)) == found
