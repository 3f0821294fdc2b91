"""Attacks by the token's header: which key is named, and what else it asks a reader to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse
from tests.sandbox import Sandbox, new_token
from tests.tokens import SessionMaker, public_jwk, sign, sign_raw

_TRAPS = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/null",
    "file:///dev/null",
    "https://attacker.example/key.json",
    "key1' OR '1'='1",
    "key1'; DROP TABLE keys; --",
    "key1\u0000",
    "\u0000",
    "key1\u0000.pem",
    "key1 ",
    " key1",
    "KEY1",
    "key1\n",
    "$(id)",
    "{{7*7}}",
    "%s%s%n",
    "\u202eyek",
    "__class__",
    "*",
]


@pytest.mark.parametrize("kid", _TRAPS)
def test_a_kid_is_only_ever_compared(kid: str) -> None:
    """A ``kid`` is a name to be found in the issuer's key set: no path, no query, no pattern."""
    token = sign(SessionMaker().access(), header={"kid": kid})
    refuse(token, Reason.KEY_UNKNOWN, fetches=1)


def test_half_a_character_is_refused() -> None:
    """Half of a surrogate pair can be named in JSON, and nobody could write it down."""
    token = sign(SessionMaker().access(), header={"kid": "\ud800"})
    refuse(token, Reason.TOKEN_MALFORMED, fetches=0)
    refuse(sign(SessionMaker().access(sub="ada\udfff")), Reason.TOKEN_MALFORMED, fetches=0)


def test_a_missing_kid_is_refused() -> None:
    """A token that names no key is refused: keys are not tried one by one."""
    token = sign_raw(b'{"alg":"RS256"}', json.dumps(SessionMaker().access()).encode())
    refuse(token, Reason.HEADER_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("kid", ["", None, 0, 1, True, 1.5, ["key1"], {"key1": 1}])
def test_a_kid_that_is_no_text_is_refused(kid: Any) -> None:
    """A ``kid`` that is empty or of another type than text costs no look-up."""
    token = sign(SessionMaker().access(), header={"kid": kid})
    refuse(token, Reason.HEADER_NOT_ALLOWED, fetches=0)


def test_a_kid_of_256_characters_is_looked_up() -> None:
    """The longest ``kid`` that is taken for a name has 256 characters."""
    token = sign(SessionMaker().access(), header={"kid": "k" * 256})
    refuse(token, Reason.KEY_UNKNOWN, fetches=1)


def test_a_kid_of_257_characters_is_refused() -> None:
    """A ``kid`` one character longer than a name may be costs no look-up."""
    token = sign(SessionMaker().access(), header={"kid": "k" * 257})
    refuse(token, Reason.HEADER_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize(
    "members",
    [
        {"jku": "https://attacker.example/jwks.json"},
        {"jku": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1"},
        {"x5u": "https://attacker.example/cert.pem"},
        {"x5c": ["MIIB"]},
        {"jwk": public_jwk("attacker")},
        {"jwk": public_jwk("key1")},
        {"crit": []},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"crit": ["http://attacker.example/ext"], "http://attacker.example/ext": 1},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"cty": "JWT"},
        {"epk": {}},
        {"p2c": 2_147_483_647},
        {"iss": "https://attacker.example"},
        {"JKU": "https://attacker.example/jwks.json"},
        {"": ""},
    ],
    ids="+".join,
)
def test_header_members_that_change_verification_are_never_followed(
    members: dict[str, Any],
) -> None:
    """A header that says where its key is, or how else to read the token, is refused unread."""
    refuse(sign(SessionMaker().access(), header=members), Reason.HEADER_NOT_ALLOWED, fetches=0)


def test_a_key_embedded_by_an_attacker_is_not_used() -> None:
    """A token signed by a key that it brings along itself is refused."""
    header = {"kid": "key1", "jwk": public_jwk("attacker", kid="key1")}
    token = sign(SessionMaker().access(), key="attacker", header=header)
    refuse(token, Reason.HEADER_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("kind", ["JWE", "dpop+jwt", "JWS+JSON", "", None, 1, ["JWT"], {"JWT": 1}])
def test_another_type_of_token_is_refused(kind: Any) -> None:
    """A token that says it is of another kind is not taken for an access token (RFC 8725, 3.11)."""
    token = sign(SessionMaker().access(), header={"typ": kind})
    refuse(token, Reason.HEADER_NOT_ALLOWED, fetches=0)


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
def test_the_types_of_access_tokens_are_taken(kind: str) -> None:
    """The kinds of token that RFC 7519 and RFC 9068 name are no reason to refuse."""
    seen = Sandbox().call(sign(SessionMaker().access(), header={"typ": kind}))
    assert (seen.status, seen.reason) == (200, None)


@pytest.mark.parametrize("header", [b"[]", b'"RS256"', b"null", b"1", b"", b"{", b'{"alg"}'])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    """A header must be a JSON object."""
    token = sign_raw(header, json.dumps(SessionMaker().access()).encode())
    refuse(token, Reason.TOKEN_MALFORMED, fetches=0)


def test_a_flood_of_forged_kids_leaves_the_known_key_usable() -> None:
    """Any number of forged key names costs a bounded number of fetches and refuses nobody else."""
    box = Sandbox()
    for number in range(200):
        seen = box.call(sign(SessionMaker().access(), header={"kid": f"forged{number}"}))
        assert seen.status in {401, 503}
        assert seen.answer is None
    assert box.cognito.key_set_fetches <= 3
    assert box.cognito.getuser_calls == 0
    assert box.call(new_token()).status == 200


@pytest.mark.parametrize("name", ["x5t", "x5t#S256"])
@pytest.mark.parametrize(("key", "reason"), [("key1", None), ("attacker", "signature_invalid")])
def test_a_thumbprint_chooses_no_key(name: str, key: str, reason: str | None) -> None:
    """A certificate's thumbprint is ignored (RFC 7515, section 4): the key is that of ``kid``."""
    token = sign(SessionMaker().access(), key=key, header={"kid": "key1", name: "AAAA"})
    assert Sandbox().call(token).reason == reason
