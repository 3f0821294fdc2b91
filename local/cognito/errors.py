"""Cognito's refusals: a code and a text, in the words that AWS uses where they are known."""

from __future__ import annotations


class CognitoError(Exception):
    """An answer of AWS's JSON protocol that is an error: ``__type`` and ``message``."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def not_authorized(message: str) -> CognitoError:
    """The class that covers almost every refusal; the message tells them apart."""
    return CognitoError("NotAuthorizedException", message)


def no_such_user() -> CognitoError:
    """The user was deleted, or never was."""
    return CognitoError("UserNotFoundException", "User does not exist.")


def no_such_client(client_id: str) -> CognitoError:
    """No pool has this app client."""
    return CognitoError(
        "ResourceNotFoundException", f"User pool client {client_id} does not exist."
    )
