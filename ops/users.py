"""Finds the user whom an operator means, by name or by ``sub``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ops.answers import UsageError
from ops.aws import answering
from ops.run import Run

#: ListUsers and not AdminGetUser, which makes the user a monthly active one.
USER_NEEDS = ("cognito-idp:ListUsers",)

_SUBJECT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class User:
    """A user of the pool. One who is gone has a subject only, and an empty name."""

    username: str
    subject: str
    status: str = ""
    is_enabled: bool = True

    @property
    def is_gone(self) -> bool:
        """Whether the pool does not know him any more."""
        return not self.username


def is_subject(text: str) -> bool:
    """Whether it is written as Cognito writes a ``sub``."""
    return _SUBJECT.fullmatch(text) is not None


def gone_user(subject: str) -> User:
    """A user who was deleted, and whose tokens may still be about.

    Raises:
        UsageError: that is no ``sub``, which is all that is left of him.
    """
    if not is_subject(subject):
        raise UsageError("subject", "a user who is gone is named by the sub of his tokens")
    return User("", subject)


def find_user(run: Run, name: str) -> User:
    """The user of that name, or of that ``sub``.

    Raises:
        UsageError: there is none.
        UnavailableError: Cognito did not say.
    """
    attributes = ("sub", "username") if is_subject(name) else ("username",)
    for attribute in attributes:
        found = _find(run, attribute, name)
        if found is not None:
            return found
    raise UsageError(
        "no_such_user",
        "the pool knows no such user; one who was deleted is named by his sub, with --gone",
    )


def _find(run: Run, attribute: str, value: str) -> User | None:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    with answering():
        users = run.aws.client("cognito-idp").list_users(
            UserPoolId=run.deployment.user_pool_id, Filter=f'{attribute} = "{quoted}"', Limit=1
        )["Users"]
    if not users:
        return None
    user = users[0]
    subject = next((a["Value"] for a in user["Attributes"] if a["Name"] == "sub"), "")
    if not subject:
        raise UsageError("no_such_user", "Cognito does not say the user's sub")
    return User(user["Username"], subject, user.get("UserStatus", ""), user.get("Enabled", True))
