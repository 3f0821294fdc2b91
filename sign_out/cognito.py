"""Cognito's own revocation. What it refuses is signed out already, or was never signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito.calls import Calls
from cognito.errors import CognitoError
from sign_out.revocation import RevocationError
from sign_out.settings import LinkedSessions, Settings
from transport import Deadline

#: A word about the token. Quotas, faults, a web ACL in the way, a pool set up otherwise are none.
_REFUSALS = frozenset(
    {
        "InvalidParameterException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UnauthorizedException",
        "UnsupportedTokenTypeException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)


class Cognito:
    """Revokes tokens of one pool's app clients; see :class:`sign_out.revocation.Revocation`."""

    def __init__(self, settings: Settings, calls: Calls) -> None:
        self._settings = settings
        self._calls = calls
        self._secrets: dict[str, str] = {}

    def revoke_token(self, refresh_token: str, client_id: str, deadline: Deadline) -> bool:
        """Revoke a refresh token and the access tokens it has brought; False if it was unknown.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html

        Raises:
            RevocationError: nobody can say that it is revoked.
        """
        arguments = {"Token": refresh_token, "ClientId": client_id}
        if self._settings.linked_sessions is LinkedSessions.REVOKE:
            arguments["RevokeAssociatedSessions"] = "LINKED"
        if client_id not in self._settings.confidential_client_ids:
            return self._revoke("RevokeToken", arguments, deadline)
        known = self._secrets.pop(client_id, None)
        secret = known or self._secret(client_id, deadline)
        is_revoked = self._revoke("RevokeToken", arguments | {"ClientSecret": secret}, deadline)
        if not is_revoked and known is not None:
            # Cognito refuses a secret that was changed in the words that it has for tokens.
            secret = self._secret(client_id, deadline)
            if secret != known:
                changed = arguments | {"ClientSecret": secret}
                is_revoked = self._revoke("RevokeToken", changed, deadline)
        self._secrets[client_id] = secret
        return is_revoked

    def sign_out_everywhere(self, access_token: str, deadline: Deadline) -> bool:
        """Revoke all tokens of the token's user; False if the token was refused.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html

        Raises:
            RevocationError: nobody can say that they are revoked.
        """
        return self._revoke("GlobalSignOut", {"AccessToken": access_token}, deadline)

    def _revoke(self, operation: str, arguments: Mapping[str, Any], deadline: Deadline) -> bool:
        try:
            self._calls(operation, arguments, deadline)
        except CognitoError as error:
            if error.code in _REFUSALS:
                return False
            raise RevocationError(error.code) from None
        return True

    def _secret(self, client_id: str, deadline: Deadline) -> str:
        """The app client's secret, from Cognito itself: it stands in no setting.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html
        """
        arguments = {"UserPoolId": self._settings.user_pool_id, "ClientId": client_id}
        try:
            answer = self._calls("DescribeUserPoolClient", arguments, deadline)
        except CognitoError as error:
            raise RevocationError(error.code) from None
        client = answer.get("UserPoolClient")
        secret = client.get("ClientSecret") if isinstance(client, dict) else None
        if not isinstance(secret, str):
            raise RevocationError("client_without_secret")
        return secret
