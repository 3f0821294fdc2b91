"""The plain calls with a token in hand: GetUser, refresh, revoke, sign out.

All are unsigned: whoever holds the token may make them, without AWS credentials.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from botocore.exceptions import ClientError

from ops.answers import Exit, OpsError, UsageError
from ops.aws import Aws, answering, error_code

#: What Cognito says when the token, or whoever it belongs to, is not good, and what it means.
_MEANINGS = {
    "NotAuthorizedException": "the token is refused",
    "UserNotFoundException": "the user was deleted",
    "UserNotConfirmedException": "the user must confirm first",
    "PasswordResetRequiredException": "the user has to choose a new password",
    "RefreshTokenReuseException": "the refresh token was rotated, and is used again too late",
    "UnsupportedTokenTypeException": "that is no refresh token: only those can be revoked",
    "UnauthorizedException": "the refresh token is another client's, or the client's secret wrong",
    "ResourceNotFoundException": "Cognito knows no such app client",
    "UserLambdaValidationException": "a trigger refused it",
    "UnsupportedOperationException": "token revocation is switched off for the app client",
    "InvalidParameterException": "Cognito does not take that: is it the right kind of token?",
}

_FILE_MODE = 0o600


class RefusedError(OpsError):
    """Cognito's answer is no. That is an answer, not a failure to get one."""

    def __init__(self, code: str, said: str) -> None:
        meaning = _MEANINGS[code]
        super().__init__(code, f"{meaning} ({code}: {said})", Exit.FINDING)


@contextmanager
def asking() -> Iterator[None]:
    """Tell what Cognito refuses from what could not be asked.

    Raises:
        RefusedError: Cognito refuses.
        UnavailableError: Cognito did not answer, or is throttling.
    """
    with answering():
        try:
            yield
        except ClientError as error:
            code = error_code(error)
            if code not in _MEANINGS:
                raise
            said = str(error.response.get("Error", {}).get("Message", ""))
            raise RefusedError(code, said) from None


@dataclass(frozen=True, slots=True)
class UserOfToken:
    """Whom an access token belongs to."""

    username: str
    attributes: Mapping[str, str]


def get_user(aws: Aws, access_token: str) -> UserOfToken:
    """GetUser. Raises OpsError; see :func:`asking`."""
    with asking():
        found = aws.client("cognito-idp").get_user(AccessToken=access_token)
    attributes = {a["Name"]: a.get("Value", "") for a in found["UserAttributes"]}
    return UserOfToken(found["Username"], attributes)


@dataclass(frozen=True, slots=True)
class AppClient:
    """The app client that a refresh token belongs to, with its secret if it has one."""

    client_id: str
    secret: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """As Cognito's operations take it."""
        secret = {"ClientSecret": self.secret} if self.secret else {}
        return {"ClientId": self.client_id} | secret


def refresh(aws: Aws, refresh_token: str, client: AppClient) -> Mapping[str, Any]:
    """GetTokensFromRefreshToken, which serves with rotation and without: the tokens.

    Raises:
        ClientError: Cognito refuses.
    """
    answer = aws.client("cognito-idp").get_tokens_from_refresh_token(
        RefreshToken=refresh_token, **client.parameters
    )
    result: Mapping[str, Any] = answer["AuthenticationResult"]
    return result


def revoke_token(aws: Aws, refresh_token: str, client: AppClient) -> None:
    """RevokeToken: the refresh token and every access token made from it. Raises ClientError."""
    aws.client("cognito-idp").revoke_token(Token=refresh_token, **client.parameters)


def sign_out(aws: Aws, access_token: str) -> None:
    """GlobalSignOut: all of the user's sessions. Raises ClientError."""
    aws.client("cognito-idp").global_sign_out(AccessToken=access_token)


@contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """A new file that nobody else can read, made before there is anything to write into it.

    It is gone again if nothing was written, however that came about.

    Raises:
        UsageError: it is there already, or cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    except OSError as error:
        raise UsageError(
            "out", f"the file for the tokens cannot be made: {error.strerror}"
        ) from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            yield file
    finally:
        if path.stat().st_size == 0:
            path.unlink()


def write_tokens(file: TextIO, result: Mapping[str, Any]) -> tuple[str, ...]:
    """Write the tokens of an answer as JSON; the names of those that are in it."""
    tokens = {
        name: result[member]
        for name, member in (
            ("access_token", "AccessToken"),
            ("id_token", "IdToken"),
            ("refresh_token", "RefreshToken"),
        )
        if result.get(member)
    }
    json.dump(tokens, file, indent=2)
    file.write("\n")
    # Whatever happens from now on: with rotation the old token is spent.
    file.flush()
    return tuple(tokens)
