"""Finds the user whom an operator means: the pool's by what he signs in with, or by ``sub``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from issuers.profile import OidcIssuer
from ledger.rows import session_name
from ops.answers import UsageError, printable
from ops.aws import answering
from ops.run import Run

#: ListUsers and not AdminGetUser, which makes the user a monthly active one.
USER_NEEDS = ("cognito-idp:ListUsers", "cognito-idp:DescribeUserPool")

#: As many as are named where there is more than one.
_SEVERAL = 10

#: Cognito proves these before it takes them for a name of the user's; others it keeps unique.
_PROVEN_BY = {"email": "email_verified", "phone_number": "phone_number_verified"}

#: For commands that have the option.
_GONE_HINT = "; one who was deleted is named by his sub, with --gone"

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
    typed: str = ""
    """What he was found by."""

    @property
    def title(self) -> str:
        """Who was found; by both names, unless the one that was typed says it."""
        if not self.username:
            return self.subject
        name = printable(self.username)
        if self.username in (self.typed, self.subject):
            return name
        return f"{name} (sub {self.subject})"

    @property
    def found_lines(self) -> list[str]:
        """For a view: who was found, if that is not what was typed."""
        return [f"User: {self.title}"] if self.username and self.username != self.typed else []

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
    return gone_user(run, name) if is_gone else find_user(run, name, hint=_GONE_HINT)


def gone_user(run: Run, subject: str) -> User:
    """A user who was deleted, and whose tokens may still be about.

    Raises:
        UsageError: that is no ``sub``, which is all that is left of him; or he is still there.
        UnavailableError: Cognito did not say.
    """
    if not is_subject(subject):
        raise UsageError("subject", "a user who is gone is named by the sub of his tokens")
    found = _find(run, "sub", subject)
    if found is not None:
        raise UsageError("not_gone", f"the pool has that user, {found.title}: leave out --gone")
    return User("", subject, run.deployment.issuer)


def find_user(run: Run, name: str, *, hint: str = "") -> User:
    """The user of that name or ``sub``, or of what the pool signs users in by besides.

    Users write their attributes themselves. An address or preferred user name is somebody's only
    where the pool signs in by it, and an alias only once it is proven. Two are not guessed between.
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html

    Args:
        hint: what else is told where there is none.

    Raises:
        UsageError: there is none, or more than one.
        UnavailableError: Cognito did not say.
    """
    for attribute in ("sub", "username") if is_subject(name) else ("username",):
        found = _find(run, attribute, name)
        if found is not None:
            return found
    further = _attributes(name)
    aliases, addresses = _signing_in(run) if further else (set(), set())
    for attribute in further:
        if attribute not in aliases | addresses:
            continue
        proof = "" if attribute in addresses else _PROVEN_BY.get(attribute, "")
        found = _find(run, attribute, name, proof)
        if found is not None:
            return found
    raise UsageError(
        "no_such_user",
        "the pool knows nobody of that name or sub, and signs nobody in by it: an e-mail address,"
        " phone number or preferred user name counts where it does, addresses once they are"
        f" verified{hint}",
    )


def _attributes(name: str) -> tuple[str, ...]:
    """What else it may be, the likeliest first."""
    if is_subject(name):
        # Nobody else may take the sub of one who is gone for his own name.
        return ()
    if "@" in name:
        return "email", "preferred_username"
    return ("phone_number" if name.startswith("+") else "preferred_username",)


def _signing_in(run: Run) -> tuple[set[str], set[str]]:
    """Attributes that are aliases of users' names, and those that are the names themselves."""
    with answering():
        pool = run.aws.client("cognito-idp").describe_user_pool(
            UserPoolId=run.deployment.user_pool_id
        )["UserPool"]
    return set(pool.get("AliasAttributes", [])), set(pool.get("UsernameAttributes", []))


def _find(run: Run, attribute: str, value: str, proof: str = "") -> User | None:
    """Who has it; with ``proof`` only if that attribute of his is true."""
    # https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    with answering():
        # All pages: who claims an address that is not his may be many.
        pages = run.aws.client("cognito-idp").get_paginator("list_users")
        found = pages.paginate(
            UserPoolId=run.deployment.user_pool_id, Filter=f'{attribute} = "{quoted}"'
        ).build_full_result()["Users"]
    users = [user for user in found if not proof or _attribute(user, proof) == "true"]
    if not users:
        return None
    subjects = [_subject(user) for user in users]
    if len(users) > 1:
        named = ", ".join(subjects[:_SEVERAL])
        raise UsageError("several_users", f"that {attribute} is of several users, by sub: {named}")
    [user], [subject] = users, subjects
    return User(
        user["Username"],
        subject,
        run.deployment.issuer,
        status=user.get("UserStatus", ""),
        is_enabled=user.get("Enabled", True),
        typed=value,
    )


def _subject(user: Mapping[str, Any]) -> str:
    subject = _attribute(user, "sub")
    if not subject:
        raise UsageError("no_such_user", "Cognito does not say the user's sub")
    return subject


def _attribute(user: Mapping[str, Any], name: str) -> str:
    """Its value; empty if he has none."""
    return next((str(a["Value"]) for a in user["Attributes"] if a["Name"] == name), "")
