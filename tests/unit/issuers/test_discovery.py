"""Where a provider publishes its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from issuers.discovery import discover
from jose.key_set import KeySetError
from tests.unit.issuers.profiles import AUTH0
from transport import Answer, Deadline

KEYS = "https://tenant.eu.auth0.com/.well-known/jwks.json"
DEADLINE = Deadline(at=1.0, clock=lambda: 0.0)


class Provider:
    """Serves one discovery document. Remembers who asked for what."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self.answer = Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode())
        self.asked: list[str] = []

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        assert (method, body) == ("GET", None)
        assert max_bytes > 0
        self.asked.append(url)
        return self.answer


def test_the_key_sets_address_is_found() -> None:
    """The well-known address is that of the issuer without its trailing slash."""
    provider = Provider({"issuer": AUTH0, "jwks_uri": KEYS})
    assert discover(AUTH0, provider)(DEADLINE) == KEYS
    assert provider.asked == ["https://tenant.eu.auth0.com/.well-known/openid-configuration"]


def test_a_local_provider_is_as_plain_as_its_issuer() -> None:
    """A plain address of keys is taken from a plain issuer only."""
    issuer = "http://localhost:4801"
    provider = Provider({"issuer": issuer, "jwks_uri": f"{issuer}/jwks"})
    assert discover(issuer, provider)(DEADLINE) == f"{issuer}/jwks"


@pytest.mark.parametrize(
    "provider",
    [
        Provider({"issuer": AUTH0, "jwks_uri": KEYS}, status=404),
        Provider(b"<html>"),
        Provider([]),
        Provider({"issuer": AUTH0.rstrip("/"), "jwks_uri": KEYS}),
        Provider({"issuer": "https://evil.example/", "jwks_uri": KEYS}),
        Provider({"issuer": AUTH0}),
        Provider({"issuer": AUTH0, "jwks_uri": KEYS.replace("https", "http")}),
        Provider({"issuer": AUTH0, "jwks_uri": "file:///etc/passwd"}),
        Provider({"issuer": AUTH0, "jwks_uri": "https://"}),
        Provider({"issuer": AUTH0, "jwks_uri": "https://[x"}),
        Provider({"issuer": AUTH0, "jwks_uri": "https://a@b/c"}),
        Provider({"issuer": AUTH0, "jwks_uri": "https://a b/c"}),
        Provider({"issuer": AUTH0, "jwks_uri": 1}),
    ],
)
def test_other_documents_are_not_followed(provider: Provider) -> None:
    """Another issuer's document, or one without a usable address, is no document."""
    with pytest.raises(KeySetError):
        discover(AUTH0, provider)(DEADLINE)


def test_other_metadata_than_openid_connects() -> None:
    """Asked where they are, and held to the issuer all the same."""
    elsewhere = "https://tenant.eu.auth0.com/.well-known/ssf-configuration"
    provider = Provider({"issuer": AUTH0, "jwks_uri": KEYS})
    assert discover(AUTH0, provider, document_url=elsewhere)(DEADLINE) == KEYS
    assert provider.asked == [elsewhere]
