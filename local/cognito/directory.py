"""Pools, app clients, users and groups as moto keeps them, read through typed views.

The only module that looks into moto's memory; the rest of this package sees what is defined
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cognitoidp.models import cognitoidp_backends

from local.cognito.errors import CognitoError, no_such_client, no_such_user

_UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a client's tokens live."""

    access_seconds: int
    id_seconds: int
    refresh_seconds: int


@dataclass(frozen=True, slots=True)
class Client:
    """An app client. ``rotation_grace_seconds`` is None while refresh tokens do not rotate."""

    client_id: str
    pool_id: str
    secret: str | None
    lifetimes: Lifetimes
    rotation_grace_seconds: int | None


@dataclass(frozen=True, slots=True)
class User:
    """A user, as of now."""

    username: str
    subject: str
    status: str
    is_enabled: bool
    attributes: Mapping[str, str]
    groups: tuple[str, ...]
    role_arns: tuple[str, ...]


class Directory:
    """Finds things in all of moto's accounts and Regions; their ids are unique."""

    def client(self, client_id: str) -> Client:
        """The app client of that id.

        Raises:
            CognitoError: ResourceNotFoundException.
        """
        for pool in _pools():
            client = pool.clients.get(client_id)
            if client is not None:
                return _client(client)
        raise no_such_client(client_id)

    def lambda_config(self, pool_id: str) -> Mapping[str, Any]:
        """The pool's ``LambdaConfig``, empty if it has none."""
        config: Mapping[str, Any] = self._pool(pool_id).extended_config.get("LambdaConfig") or {}
        return config

    def user(self, pool_id: str, name: str) -> User:
        """The user that goes by ``name``, be it the user name or an alias.

        Raises:
            CognitoError: UserNotFoundException.
        """
        user = self._pool(pool_id)._get_user(name)
        if user is None:
            raise no_such_user()
        return User(
            username=user.username,
            subject=user.id,
            status=getattr(user.status, "value", user.status),
            is_enabled=user.enabled,
            attributes=dict(user.attribute_lookup),
            groups=tuple(sorted(group.group_name for group in user.groups)),
            role_arns=tuple(sorted(group.role_arn for group in user.groups if group.role_arn)),
        )

    def remember_access_token(self, pool_id: str, client_id: str, name: str, token: str) -> None:
        """Let moto's own operations that take an access token recognise this one."""
        self._pool(pool_id).access_tokens[token] = (client_id, name)

    def forget_tokens(self) -> None:
        """Empty moto's lists of tokens and challenges, made or told of, which only grow."""
        for pool in _pools():
            for tokens in (pool.access_tokens, pool.id_tokens, pool.refresh_tokens):
                tokens.clear()
        for backend in _backends():
            backend.sessions.clear()

    def _pool(self, pool_id: str) -> Any:
        for pool in _pools():
            if pool.id == pool_id:
                return pool
        raise CognitoError("ResourceNotFoundException", f"User pool {pool_id} does not exist.")


def _backends() -> Iterator[Any]:
    for regions in list(cognitoidp_backends.values()):
        yield from list(regions.values())


def _pools() -> Iterator[Any]:
    for backend in _backends():
        yield from list(backend.user_pools.values())


def _client(client: Any) -> Client:
    config = client.extended_config
    rotation = config.get("RefreshTokenRotation") or {}
    return Client(
        client_id=client.id,
        pool_id=client.user_pool_id,
        secret=client.secret if client.generate_secret else None,
        lifetimes=Lifetimes(
            access_seconds=_seconds(config, "AccessToken", 1, "hours"),
            id_seconds=_seconds(config, "IdToken", 1, "hours"),
            refresh_seconds=_seconds(config, "RefreshToken", 30, "days"),
        ),
        rotation_grace_seconds=(
            rotation.get("RetryGracePeriodSeconds", 0)
            if rotation.get("Feature") == "ENABLED"
            else None
        ),
    )


def _seconds(config: Mapping[str, Any], token: str, default: int, default_unit: str) -> int:
    # 0 asks for the default: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
    value: int = config.get(f"{token}Validity") or default
    unit: str = (config.get("TokenValidityUnits") or {}).get(token, default_unit)
    return value * _UNIT_SECONDS[unit]
