"""The exact texts of GetUser's refusals, by what is wrong with the token."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from ops.probe.asking import Asking, Pace, Tokens

TEXT_NEEDS = ("cognito-idp:AdminDeleteUser",)

ACCEPTED = "accepted"


def measure_texts(asking: Asking, pace: Pace, user: str) -> Mapping[str, str]:
    """Each case with what Cognito says. The user is deleted at the end. Raises ClientError."""
    tokens = asking.sign_in(user, asking.place.plain_client_id)
    said: dict[str, str] = {}
    for case, token in _cases(tokens).items():
        pace.wait()
        said[case] = asking.get_user(token).text or ACCEPTED
    asking.run.aws.client("cognito-idp").admin_delete_user(
        UserPoolId=asking.place.pool_id, Username=user
    )
    pace.wait()
    said["user deleted"] = asking.get_user(tokens.access).text or ACCEPTED
    return said


def _cases(tokens: Tokens) -> dict[str, str]:
    header, payload, signature = tokens.access.split(".")
    # The last letter of a signature may hold bits that do not count.
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    other_key = _encoded({"kid": "no-such-key", "alg": "RS256"})
    return {
        "not a token": "not-a-token",
        "ID token": tokens.identity,
        "signature changed": f"{header}.{payload}.{flipped}",
        "unknown key": f"{other_key}.{payload}.{signature}",
        "payload of another token": f"{header}.{tokens.identity.split('.')[1]}.{signature}",
    }


def _encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()
