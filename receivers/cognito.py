"""The user pool's side of a sign-out: who a name is, and AdminUserGlobalSignOut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cognito.calls import Calls
from cognito.errors import CognitoError, NotCognitoError
from receivers.report import UnavailableError
from receivers.transmitters import CognitoNames
from transport import Deadline

#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html
_FEDERATED = "EXTERNAL_PROVIDER"
#: No such user, or a name that no user can have.
_NOBODY = frozenset({"UserNotFoundException", "InvalidParameterException"})
#: About this user, and the same however often it is asked. All else may be over tomorrow.
_FINAL = frozenset({"NotAuthorizedException"})


@dataclass(frozen=True, slots=True)
class CognitoUser:
    """A user of the pool."""

    username: str
    subject: str
    """``sub`` in the tokens that Cognito issues."""


class CognitoUsers:
    """Finds and signs out users of one pool."""

    def __init__(self, user_pool_id: str, calls: Calls) -> None:
        self._user_pool_id = user_pool_id
        self._calls = calls

    def find(self, names: CognitoNames, name: str, deadline: Deadline) -> CognitoUser | None:
        """The user that a transmitter calls ``name``; None if there is none of its own.

        A federated user's provider stands in the user name, but a pool's own users may choose
        theirs: who is taken for one must be one.
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html

        Raises:
            UnavailableError: nobody can say.
        """
        wanted = names.username(name)
        try:
            answer = self._call("AdminGetUser", wanted, deadline)
            username = answer.get("Username")
            if not isinstance(username, str):
                raise NotCognitoError
        except CognitoError as error:
            if error.code in _NOBODY:
                return None
            raise UnavailableError(error.code) from None
        is_federated = answer.get("UserStatus") == _FEDERATED
        if is_federated != bool(names.provider):
            return None
        if is_federated and username.casefold() != wanted.casefold():
            return None
        subject = _subject(answer)
        if not subject:
            raise UnavailableError("user_without_sub")
        return CognitoUser(username, subject)

    def sign_out(self, user: CognitoUser, deadline: Deadline) -> bool:
        """Revoke all of the user's tokens, of all app clients; False if Cognito never will.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html

        Raises:
            UnavailableError: nobody can say that they are revoked.
        """
        try:
            self._call("AdminUserGlobalSignOut", user.username, deadline)
        except CognitoError as error:
            if error.code in _FINAL:
                return False
            if error.code not in _NOBODY:
                raise UnavailableError(error.code) from None
        return True

    def _call(self, operation: str, username: str, deadline: Deadline) -> Mapping[str, Any]:
        user = {"UserPoolId": self._user_pool_id, "Username": username}
        return self._calls(operation, user, deadline)


def _subject(answer: Mapping[str, Any]) -> str:
    """A user's ``sub``; empty if there is none."""
    attributes = answer.get("UserAttributes")
    for attribute in attributes if isinstance(attributes, list) else []:
        if isinstance(attribute, dict) and attribute.get("Name") == "sub":
            subject = attribute.get("Value")
            return subject if isinstance(subject, str) else ""
    return ""
