"""Why a client whose refresh tokens rotate cannot be under the single-session hook."""

from __future__ import annotations

#: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
WHY_REFUSED = (
    "AWS documents the refresh of a client with refresh token rotation to arrive at the trigger"
    " as TokenGeneration_Authentication, as a sign-in does, so the single-session hook would"
    " sign the user out at every refresh: switch rotation off, or exempt the client"
)


def rotation_problem(client: str) -> str:
    """The sentence that refuses ``client``."""
    return f"{client} has refresh token rotation; {WHY_REFUSED}"
