"""The operations that moto lacks, or does in another way than AWS.

moto judges passwords and challenges; every token that comes of them is made here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.cognito.directory import Client, Directory
from local.cognito.errors import CognitoError, not_authorized
from local.cognito.sessions import SessionBook
from local.cognito.tokens import ADMIN_SCOPE, AccessTokenJudge, TokenMint, Tokens
from local.cognito.traffic import Traffic
from local.cognito.trigger import PreTokenTrigger, TriggerSource

Body = Mapping[str, Any]
#: Puts a request to moto and returns its answer; raises CognitoError if that is an error.
Forward = Callable[[], dict[str, Any]]
Operation = Callable[[Body, Forward], dict[str, Any]]

_REFRESH_FLOWS = frozenset({"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Operations:
    """What Cognito does, on the parts that this package is made of."""

    directory: Directory
    sessions: SessionBook
    mint: TokenMint
    judge: AccessTokenJudge
    trigger: PreTokenTrigger
    traffic: Traffic

    def named(self, operation: str) -> Operation:
        """What to do for an operation; moto does those that are not here."""
        own: dict[str, Operation] = {
            "AdminDisableUser": self._admin_disable_user,
            "AdminInitiateAuth": self._initiate_auth,
            "AdminRespondToAuthChallenge": self._respond_to_auth_challenge,
            "AdminUserGlobalSignOut": self._admin_user_global_sign_out,
            "GetTokensFromRefreshToken": self._get_tokens_from_refresh_token,
            "GetUser": self._get_user,
            "GlobalSignOut": self._global_sign_out,
            "InitiateAuth": self._initiate_auth,
            "RespondToAuthChallenge": self._respond_to_auth_challenge,
            "RevokeToken": self._revoke_token,
        }
        return own.get(operation, self._pass_on)

    def sign_in(
        self,
        client: Client,
        name: str,
        *,
        source: TriggerSource,
        scopes: tuple[str, ...] = (ADMIN_SCOPE,),
        client_metadata: Mapping[str, str] | None = None,
    ) -> Tokens:
        """Call the trigger for a user who has proved who he is, then make a session."""
        user = self.directory.user(client.pool_id, name)
        added = self.trigger.fire(source, client, user, scopes, client_metadata=client_metadata)
        session, refresh = self.sessions.begin(client, user, scopes)
        tokens = self.mint.user_tokens(session, client, user, refresh=refresh, added=added)
        self.directory.remember_access_token(
            client.pool_id, client.client_id, user.username, tokens.access
        )
        return tokens

    def _initiate_auth(self, body: Body, forward: Forward) -> dict[str, Any]:
        client = self.directory.client(body.get("ClientId", ""))
        parameters = body.get("AuthParameters") or {}
        if body.get("AuthFlow") in _REFRESH_FLOWS:
            if client.rotation_grace_seconds is not None:
                raise CognitoError(
                    "InvalidParameterException",
                    "Refresh token rotation is on: use GetTokensFromRefreshToken.",
                )
            tokens = self._refresh(
                parameters.get("REFRESH_TOKEN", ""), client, TriggerSource.REFRESH, {}
            )
            return _authentication_result(tokens)
        answer = forward()
        if "AuthenticationResult" not in answer:
            return answer
        tokens = self.sign_in(client, parameters["USERNAME"], source=TriggerSource.SIGN_IN)
        return _authentication_result(tokens)

    def _respond_to_auth_challenge(self, body: Body, forward: Forward) -> dict[str, Any]:
        answer = forward()
        if "AuthenticationResult" not in answer:
            return answer
        is_new_password = body["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        tokens = self.sign_in(
            self.directory.client(body["ClientId"]),
            body["ChallengeResponses"]["USERNAME"],
            source=TriggerSource.NEW_PASSWORD if is_new_password else TriggerSource.SIGN_IN,
            client_metadata=body.get("ClientMetadata"),
        )
        return _authentication_result(tokens)

    def _get_tokens_from_refresh_token(self, body: Body, _: Forward) -> dict[str, Any]:
        client = self.directory.client(body.get("ClientId", ""))
        _check_secret(body, client, "NotAuthorizedException")
        # Documented as the source for this operation, though nobody signs in:
        # https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
        tokens = self._refresh(
            body.get("RefreshToken", ""),
            client,
            TriggerSource.SIGN_IN,
            body.get("ClientMetadata") or {},
        )
        return _authentication_result(tokens)

    def _get_user(self, body: Body, _: Forward) -> dict[str, Any]:
        session, user = self.judge.judge(body.get("AccessToken"))
        self.traffic.admit_read_of(session.subject)
        return {
            "Username": user.username,
            "UserAttributes": [
                {"Name": name, "Value": value} for name, value in user.attributes.items()
            ],
        }

    def _global_sign_out(self, body: Body, _: Forward) -> dict[str, Any]:
        session, _user = self.judge.judge(body.get("AccessToken"))
        self.sessions.revoke_all(session.subject)
        return {}

    def _admin_user_global_sign_out(self, body: Body, _: Forward) -> dict[str, Any]:
        self._revoke_all(body)
        return {}

    def _admin_disable_user(self, body: Body, forward: Forward) -> dict[str, Any]:
        answer = forward()
        self._revoke_all(body)
        return answer

    def _revoke_token(self, body: Body, _: Forward) -> dict[str, Any]:
        client = self.directory.client(body.get("ClientId", ""))
        _check_secret(body, client, "UnauthorizedException")
        token = body.get("Token", "")
        if token.count(".") == 2:
            raise CognitoError("UnsupportedTokenTypeException", "Unsupported token type")
        self.sessions.revoke(token, client)
        return {}

    def _pass_on(self, body: Body, forward: Forward) -> dict[str, Any]:
        if "AccessToken" in body:
            self.judge.judge(body["AccessToken"])
        return forward()

    def _refresh(
        self,
        refresh_token: str,
        client: Client,
        source: TriggerSource,
        client_metadata: Mapping[str, str],
    ) -> Tokens:
        session = self.sessions.redeem(refresh_token, client)
        user = self.directory.user(session.pool_id, session.username)
        if user.subject != session.subject:
            raise not_authorized("Invalid Refresh Token.")
        added = self.trigger.fire(
            source, client, user, session.scopes, client_metadata=client_metadata or None
        )
        # The function may have ended the very session that is being refreshed.
        self.sessions.redeem(refresh_token, client)
        renewed = None
        if client.rotation_grace_seconds is not None:
            renewed = self.sessions.rotate(
                refresh_token, grace_seconds=client.rotation_grace_seconds
            )
        tokens = self.mint.user_tokens(session, client, user, refresh=renewed, added=added)
        self.directory.remember_access_token(
            client.pool_id, client.client_id, user.username, tokens.access
        )
        return tokens

    def _revoke_all(self, body: Body) -> None:
        user = self.directory.user(body.get("UserPoolId", ""), body.get("Username", ""))
        self.sessions.revoke_all(user.subject)


def _check_secret(body: Body, client: Client, code: str) -> None:
    given = str(body.get("ClientSecret", ""))
    if client.secret is not None and not hmac.compare_digest(given, client.secret):
        raise CognitoError(code, f"Unable to verify secret for client {client.client_id}")


def _authentication_result(tokens: Tokens) -> dict[str, Any]:
    result = {
        "AccessToken": tokens.access,
        "IdToken": tokens.id,
        "ExpiresIn": tokens.expires_in_seconds,
        "TokenType": "Bearer",
    }
    if tokens.refresh is not None:
        result["RefreshToken"] = tokens.refresh
    return {"AuthenticationResult": result, "ChallengeParameters": {}}
