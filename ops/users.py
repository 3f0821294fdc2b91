"""Finds the user whom an operator means: the pool's by what he signs in with, or by ``sub``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from issuers.profile import OidcIssuer
from ledger.rows import session_name
from ops.answers import UsageError
from ops.aws import answering
from ops.run import Run

#: ListUsers and not AdminGetUser, which makes the user a monthly active one.
USER_NEEDS = ("cognito-idp:ListUsers",)

#: As many as are named where there is more than one.
_SEVERAL = 10

_SUBJECT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class User:
    """A user of the pool, or of a provider beside it.

    One who is gone from the pool has a subject only, and an empty name; so has a provider's.
    """

    username: str
    subject: str
    issuer: str
    """As it stands in the ledger."""
    provider: OidcIssuer | None = None
    """Whose user it is, if not the pool's."""
    status: str = ""
    is_enabled: bool = True

    @property
    def is_gone(self) -> bool:
        """Whether the pool, whose user it was, does not know him any more."""
        return not self.username and self.provider is None

    def row_of(self, session_id: str) -> str:
        """The ledger's name of one of the user's sessions."""
        # A provider that names sessions names each uniquely, and a logout may say nothing else.
        is_unique = self.provider is not None and bool(self.provider.session_claim)
        return session_name(self.issuer, "" if is_unique else self.subject, session_id)


def is_subject(text: str) -> bool:
    """Whether it is written as Cognito writes a ``sub``."""
    return _SUBJECT.fullmatch(text) is not None


def the_user(run: Run, name: str, *, is_gone: bool, issuer: str) -> User:
    """Whom the command line means.

    Args:
        name: what :func:`find_user` takes, or a provider's ``sub``.
        is_gone: whether the pool's user was deleted.
        issuer: of the provider; empty for the pool.

    Raises:
        UsageError: there is no such user or provider, or nobody looks for him there.
        UnavailableError: Cognito did not say.
    """
    if issuer:
        if is_gone:
            raise UsageError("gone", "nobody looks for a provider's user: --gone is the pool's")
        provider = run.deployment.provider(issuer)
        return User("", name, issuer, provider)
    return gone_user(run, name) if is_gone else find_user(run, name)


def gone_user(run: Run, subject: str) -> User:
    """A user who was deleted, and whose tokens may still be about.

    Raises:
        UsageError: that is no ``sub``, which is all that is left of him.
    """
    if not is_subject(subject):
        raise UsageError("subject", "a user who is gone is named by the sub of his tokens")
    return User("", subject, run.deployment.issuer)


def find_user(run: Run, name: str) -> User:
    """The user of that name, ``sub``, e-mail address, phone number or preferred user name.

    In a pool whose users sign in with an address, the name that Cognito gives them is their
    ``sub``. Addresses need not be anybody's alone: two users of one are not guessed between.
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html

    Raises:
        UsageError: there is none, or more than one.
        UnavailableError: Cognito did not say.
    """
    for attribute in _attributes(name):
        found = _find(run, attribute, name)
        if found is not None:
            return found
    raise UsageError(
        "no_such_user",
        "the pool knows nobody of that name, sub, e-mail address or phone number; one who was"
        " deleted is named by his sub, with --gone",
    )


def _attributes(name: str) -> tuple[str, ...]:
    """What it may be, the likeliest first."""
    if is_subject(name):
        return "sub", "username"
    if "@" in name:
        return "username", "email", "preferred_username"
    return "username", "phone_number" if name.startswith("+") else "preferred_username"


def _find(run: Run, attribute: str, value: str) -> User | None:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    with answering():
        users = run.aws.client("cognito-idp").list_users(
            UserPoolId=run.deployment.user_pool_id,
            Filter=f'{attribute} = "{quoted}"',
            Limit=_SEVERAL,
        )["Users"]
    if not users:
        return None
    subjects = [_subject(user) for user in users]
    if len(users) > 1:
        named = ", ".join(subjects)
        raise UsageError("several_users", f"that {attribute} is of several users, by sub: {named}")
    [user], [subject] = users, subjects
    return User(
        user["Username"],
        subject,
        run.deployment.issuer,
        status=user.get("UserStatus", ""),
        is_enabled=user.get("Enabled", True),
    )


def _subject(user: Mapping[str, Any]) -> str:
    for attribute in user["Attributes"]:
        if attribute["Name"] == "sub":
            subject: str = attribute["Value"]
            return subject
    raise UsageError("no_such_user", "Cognito does not say the user's sub")
