"""What a deployment states about an OpenID provider."""

from __future__ import annotations

from typing import Any

import pytest

from environment import EnvironmentReader, SettingsError
from issuers.profile import Algorithm, SessionCheck, read_oidc_issuers
from tests.unit.issuers.profiles import API, AUTH0, document, profile, read_all

INTROSPECTION = {
    "sessionCheck": "introspection",
    "introspectionUrl": "https://id.example.com/introspect",
    "introspectionClientId": "api",
    "introspectionSecretParameter": "/api/secret",
}


def test_the_least_that_must_be_stated() -> None:
    """Issuer and audience; the rest has safe defaults."""
    issuer = profile()
    assert issuer.issuer == AUTH0
    assert issuer.audiences == {API}
    assert issuer.algorithms == {Algorithm.RS256}
    assert issuer.session_check is SessionCheck.LEDGER
    assert (issuer.scope_claim, issuer.session_claim) == ("scope", "")
    assert not issuer.machine_client_ids
    assert issuer.key_set_url is None


def test_no_issuers_are_none() -> None:
    """Without the variable there are no others than Cognito."""
    assert read_oidc_issuers(EnvironmentReader({}), allows_loopback=False) == ()


def test_everything_that_can_be_stated() -> None:
    """Types are compared in lower case; several issuers stand side by side."""
    first, second = read_all(
        document(**INTROSPECTION, algorithms=["ES256", "PS256"], tokenTypes=["AT+JWT"]),
        document(
            issuer="https://id.example.com",
            sessionCheck="userinfo",
            userinfoUrl="https://id.example.com/me",
            permissionsClaim="permissions",
        ),
    )
    assert first.algorithms == {Algorithm.ES256, Algorithm.PS256}
    assert first.token_types == {"at+jwt"}
    assert first.introspection_secret_parameter == "/api/secret"
    assert second.userinfo_url == "https://id.example.com/me"
    assert second.permissions_claim == "permissions"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": None},
        {"issuer": "http://tenant.example.com"},
        {"issuer": "https://"},
        {"issuer": "https://[x"},
        {"issuer": "https://u:p@id.example.com"},
        {"issuer": "https://id.example.com?x"},
        {"issuer": "https://id.example.com#x"},
        {"issuer": "https://id.example.com/ x"},
        {"issuer": "https://id.ex\u00e4mple.com"},
        {"issuer": 1},
        {"audiences": None},
        {"audiences": []},
        {"audiences": "api"},
        {"audiences": ["a b"]},
        {"audiences": [1]},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"keySetUrl": "http://id.example.com/jwks"},
        {"scopeClaim": "a b"},
        {"sessionClaim": 1},
        {"sessionCheck": "never"},
        {"sessionCheck": []},
        {"sessionCheck": "userinfo"},
        {"sessionCheck": "introspection"},
        INTROSPECTION | {"introspectionClientId": None},
        {"audience": ["a"]},
    ],
)
def test_what_can_not_be_used(changes: dict[str, Any]) -> None:
    """Each problem names the variable, and the issuer by its place in the list."""
    with pytest.raises(SettingsError) as raised:
        profile(**changes)
    assert all(p.startswith("OIDC_ISSUERS: issuer 1 ") for p in raised.value.problems)


@pytest.mark.parametrize("raw", ["{}", "[", "1", "[" * 5000, str([{}] * 11).replace("'", '"')])
def test_what_is_no_list_of_issuers(raw: str) -> None:
    """A list of at most ten, or nothing starts."""
    read = EnvironmentReader({"OIDC_ISSUERS": raw})
    assert read_oidc_issuers(read, allows_loopback=False) == ()
    with pytest.raises(SettingsError):
        read.finish()


def test_an_issuer_is_named_once() -> None:
    """Two statements about one issuer could contradict each other."""
    with pytest.raises(SettingsError):
        read_all(document(), document())


def test_a_member_of_another_type_is_no_issuer() -> None:
    """A list of texts is not a list of issuers."""
    with pytest.raises(SettingsError):
        read_all(AUTH0)


def test_plain_addresses_of_this_machine_are_for_local_stacks() -> None:
    """They are taken where that is allowed, and only there; others never are."""
    local = document(issuer="http://localhost:4801")
    assert read_all(local, allows_loopback=True)[0].issuer == "http://localhost:4801"
    with pytest.raises(SettingsError):
        read_all(local)
    with pytest.raises(SettingsError):
        read_all(document(issuer="http://id.example.com"), allows_loopback=True)
