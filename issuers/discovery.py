"""OpenID Connect Discovery 1.0, and its likes: where a provider publishes its key set.

Asked at each fetch of the keys, so that an address which the provider changes is followed within
the keys' maximum age. Only the key set's address is taken from the document: what is trusted
beside it (algorithms, audiences) is the deployment's to state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from jose.key_set import KeySetError
from transport import Deadline, Transport

_MAX_BYTES = 65_536


def discover(
    issuer: str, transport: Transport, *, document_url: str | None = None
) -> Callable[[Deadline], str]:
    """What finds the key set's address of ``issuer`` each time it is called.

    Args:
        issuer: as it stands in its tokens.
        transport: how to reach it.
        document_url: where its metadata are, if they are not those of OpenID Connect Discovery.

    The result raises:
        jose.key_set.KeySetError: the document is not the issuer's, or names no usable address.
        transport.TransportError: it could not be fetched.
    """
    # Section 4.1: a trailing slash of the issuer is removed first.
    url = document_url or f"{issuer.rstrip('/')}/.well-known/openid-configuration"

    def locate(deadline: Deadline) -> str:
        answer = transport.request(
            "GET",
            url,
            headers={"Accept": "application/json"},
            body=None,
            max_bytes=_MAX_BYTES,
            deadline=deadline,
        )
        if answer.status != 200:
            raise KeySetError("no discovery document")
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise KeySetError("no discovery document") from None
        # Section 4.3: it must be exactly the issuer that was asked.
        if not isinstance(document, dict) or document.get("issuer") != issuer:
            raise KeySetError("another issuer's discovery document")
        return _key_set_url(document.get("jwks_uri"), issuer)

    return locate


def _key_set_url(value: object, issuer: str) -> str:
    """As secure as the issuer's own address, which a deployment has stated."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if (
        not isinstance(value, str)
        or parts is None
        or parts.scheme not in {"https", urlsplit(issuer).scheme}
        or not parts.hostname
        or parts.username is not None
        or not (value.isascii() and value.isprintable() and " " not in value)
    ):
        raise KeySetError("no usable address of a key set")
    return value
