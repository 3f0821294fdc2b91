"""Attacks by well-signed tokens that were made for something or somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse
from tests.cognito import FakeCognito
from tests.sandbox import Sandbox, new_token
from tests.tokens import (
    CLIENT_ID,
    ISSUER,
    ISSUER_NEW_FORM,
    MACHINE_CLIENT_ID,
    POOL_ID,
    SessionMaker,
    key_set,
    sign,
)

_USER_CLAIMS = ["iss", "sub", "token_use", "iat", "exp", "auth_time", "client_id", "jti"]


@pytest.mark.parametrize(
    "issuer",
    [
        f"{ISSUER}/",
        f"{ISSUER}x",
        ISSUER[:-1],
        ISSUER.upper(),
        ISSUER.lower(),
        ISSUER.replace("https", "http"),
        ISSUER.replace("https", "HTTPS"),
        ISSUER.replace(".com", ".com:443"),
        ISSUER.replace(".com", ".com."),
        ISSUER.replace("cognito", "attacker@cognito"),
        ISSUER.replace("eu-west-1", "eu-west-2"),
        ISSUER.replace("Pool1", "Pool2"),
        f"{ISSUER}/../eu-west-1_Pool2",
        f"{ISSUER}?",
        f"{ISSUER}#",
        f"{ISSUER}\0",
        f" {ISSUER}",
        f"{ISSUER} ",
        ISSUER.replace("/eu", "//eu"),
        ISSUER.replace("_", "%5F"),
        ISSUER.replace("c", "\u0441", 1),
        ISSUER_NEW_FORM,
        POOL_ID,
        f"https://attacker.example/{POOL_ID}",
        f"https://cognito-idp.eu-west-1.amazonaws.com.attacker.example/{POOL_ID}",
        f"https://attacker.example/?{ISSUER}",
        "",
        "*",
        None,
        0,
        True,
        [ISSUER],
        {"iss": ISSUER},
    ],
)
def test_another_issuer_costs_nothing(issuer: Any) -> None:
    """Only the issuer, letter by letter, is its name; any other costs no fetch and no GetUser."""
    token = sign(SessionMaker().access() | {"iss": issuer})
    refuse(token, Reason.ISSUER_NOT_ALLOWED, fetches=0)


def test_a_token_without_issuer_costs_nothing() -> None:
    """A token that names no issuer is refused before any key is looked for."""
    refuse(sign(SessionMaker().access(iss=None)), Reason.ISSUER_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("use", ["refresh", "ACCESS", "access ", "", "id,access", "*"])
def test_another_token_use_is_refused(use: str) -> None:
    """Only the uses that are listed are let in, letter by letter."""
    reason = Reason.TOKEN_USE_NOT_ALLOWED if use else Reason.CLAIM_MALFORMED
    refuse(sign(SessionMaker().access(token_use=use)), reason)


@pytest.mark.parametrize("use", [None, 0, True, ["access"], {"access": 1}])
def test_a_token_use_that_is_no_text_is_refused(use: Any) -> None:
    """A list that holds the right use is not the right use."""
    refuse(sign(SessionMaker().access() | {"token_use": use}), Reason.CLAIM_MALFORMED)


def test_an_id_token_is_no_access_token() -> None:
    """An ID token of the same session and client is refused unless it was switched on."""
    refuse(sign(SessionMaker().identity()), Reason.TOKEN_USE_NOT_ALLOWED)


def test_an_id_token_with_the_claims_of_an_access_token_is_refused() -> None:
    """It is ``token_use`` that tells, not the presence of the other claims."""
    claims = SessionMaker().access() | SessionMaker().identity()
    refuse(sign(claims), Reason.TOKEN_USE_NOT_ALLOWED)


def test_an_access_token_is_no_id_token() -> None:
    """Where only ID tokens are let in, an access token is refused."""
    box = Sandbox({"TOKEN_USES": "id", "UNCHECKED_SESSION_RULE": "allow"})
    assert box.call(new_token()).reason == Reason.TOKEN_USE_NOT_ALLOWED
    assert box.call_with(SessionMaker().identity()).status == 200
    assert box.cognito.getuser_calls == 0


@pytest.mark.parametrize("client", ["client2web", CLIENT_ID.upper(), f"{CLIENT_ID} ", "client1"])
def test_another_client_is_refused(client: str) -> None:
    """A good token of the same pool that was made for another app client is refused."""
    refuse(sign(SessionMaker().access(client_id=client)), Reason.CLIENT_NOT_ALLOWED)


@pytest.mark.parametrize("client", ["", None, 0, True, [CLIENT_ID], {CLIENT_ID: 1}, "c" * 2049])
def test_a_client_that_is_no_short_text_is_refused(client: Any) -> None:
    """An empty client, or a list that holds the right one, is no client."""
    refuse(sign(SessionMaker().access() | {"client_id": client}), Reason.CLAIM_MALFORMED)


def test_an_id_token_for_another_client_is_refused() -> None:
    """The audience of an ID token is held against the same list."""
    box = Sandbox({"TOKEN_USES": "access,id"})
    token = sign(SessionMaker().identity(aud="client2web", client_id=CLIENT_ID))
    refuse(token, Reason.CLIENT_NOT_ALLOWED, sandbox=box)


def test_an_id_token_for_several_audiences_is_refused() -> None:
    """Cognito names one audience; a list that holds the right one is not that."""
    box = Sandbox({"TOKEN_USES": "access,id"})
    token = sign(SessionMaker().identity(aud=[CLIENT_ID, "attacker"]))
    refuse(token, Reason.CLAIM_MALFORMED, sandbox=box)


def test_an_aud_in_an_access_token_is_no_client() -> None:
    """The audience of an access token does not stand in for a client that is not allowed."""
    token = sign(SessionMaker().access(client_id="client2web", aud=CLIENT_ID))
    refuse(token, Reason.CLIENT_NOT_ALLOWED)


def test_a_machine_token_is_refused_unless_listed() -> None:
    """A client-credentials token is refused, whoever its client is, until that client is listed."""
    refuse(sign(SessionMaker().machine()), Reason.MACHINE_TOKEN_NOT_ALLOWED)


def test_a_machine_token_of_a_users_client_is_refused() -> None:
    """A client that is allowed for users is not thereby allowed for machines."""
    token = sign(SessionMaker().machine(sub=CLIENT_ID, client_id=CLIENT_ID))
    refuse(token, Reason.MACHINE_TOKEN_NOT_ALLOWED)


def test_a_users_token_of_a_machine_client_is_refused() -> None:
    """A client that is allowed for machines is not thereby allowed for users."""
    box = Sandbox({"MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID})
    token = sign(SessionMaker().access(client_id=MACHINE_CLIENT_ID))
    refuse(token, Reason.CLIENT_NOT_ALLOWED, sandbox=box)


def test_a_user_who_claims_to_be_the_client_is_refused() -> None:
    """A user's token whose subject is its client does not slip past the session check."""
    token = sign(SessionMaker(subject=CLIENT_ID).access())
    refuse(token, Reason.MACHINE_TOKEN_NOT_ALLOWED)


def test_an_id_token_is_never_a_machines() -> None:
    """A subject that equals the audience does not make an ID token a machine's."""
    box = Sandbox({"TOKEN_USES": "access,id", "MACHINE_CLIENT_IDS": CLIENT_ID})
    seen = box.call_with(SessionMaker(subject=CLIENT_ID).identity())
    assert (seen.status, seen.reason) == (401, Reason.SESSION_NOT_CHECKABLE)


def test_a_token_without_user_name_is_no_users() -> None:
    """A token that is no machine's must name its user."""
    refuse(sign(SessionMaker().access(username=None)), Reason.CLAIM_MISSING)


@pytest.mark.parametrize("claim", [*_USER_CLAIMS, "username"])
def test_a_required_claim_that_is_missing_is_refused(claim: str) -> None:
    """No check runs only if its claim is there."""
    reason = Reason.ISSUER_NOT_ALLOWED if claim == "iss" else Reason.CLAIM_MISSING
    refuse(sign(SessionMaker().access(**{claim: None})), reason)


def test_the_keys_of_one_issuer_verify_nothing_of_another() -> None:
    """With both issuer forms allowed each has its own keys: none is borrowed from the other."""

    class TwoKeySets(FakeCognito):
        def request(self, method: str, url: str, **rest: Any) -> Any:
            self.keys = key_set("key2" if "issuer-" in url else "key1")
            return super().request(method, url, **rest)

    box = Sandbox({"ISSUERS": f"{ISSUER},{ISSUER_NEW_FORM}"}, cognito=TwoKeySets())
    borrowed = sign(SessionMaker().access(iss=ISSUER_NEW_FORM), key="key1")
    refuse(borrowed, Reason.KEY_UNKNOWN, sandbox=box)
    assert box.call(sign(SessionMaker().access(iss=ISSUER_NEW_FORM), key="key2")).status == 200
