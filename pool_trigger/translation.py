"""``UpdateUserPool``'s input, made of ``DescribeUserPool``'s output, and what differs between two.

``UpdateUserPool`` sets what it is not given to a default of its own, and its input is not what the
description is. Every member of both is in one of the lists below; a test holds them against the
SDK's model, so that a member that Cognito adds has to be thought about here.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: The same thing under another name in the input.
RENAMED = {"Id": "UserPoolId", "Name": "PoolName"}

#: The same in both.
CARRIED = frozenset(
    {
        "AccountRecoverySetting",
        "AcrConfiguration",
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "DeletionProtection",
        "DeviceConfiguration",
        "EmailConfiguration",
        "EmailVerificationMessage",
        "EmailVerificationSubject",
        "IssuerConfiguration",
        "KeyConfiguration",
        "LambdaConfig",
        "MfaConfiguration",
        "Policies",
        "SmsAuthenticationMessage",
        "SmsConfiguration",
        "SmsVerificationMessage",
        "UserAttributeUpdateSettings",
        "UserPoolAddOns",
        "UserPoolTags",
        "UserPoolTier",
        "VerificationMessageTemplate",
    }
)

#: Documented to stay as it is when left out. Given, it would be replaced as a whole, and switched
#: on where the description should lack ``EnableStatus``.
KEPT_UNSAID = frozenset({"DcrConfiguration"})

#: Decided when the pool was made, kept by other operations, or a mere observation.
READ_ONLY = frozenset(
    {
        "AliasAttributes",
        "Arn",
        "CreationDate",
        "CustomDomain",
        "Domain",
        "EmailConfigurationFailure",
        "EstimatedNumberOfUsers",
        "LastModifiedDate",
        "SchemaAttributes",
        "SmsConfigurationFailure",
        "Status",
        "UsernameAttributes",
        "UsernameConfiguration",
    }
)

#: These change by themselves.
VOLATILE = frozenset(
    {
        "EmailConfigurationFailure",
        "EstimatedNumberOfUsers",
        "LastModifiedDate",
        "SmsConfigurationFailure",
    }
)

#: Lists that Cognito takes with a member only. Of any other list an empty one is a setting.
NEVER_EMPTY = frozenset({"AllowedFirstAuthFactors", "RecoveryMechanisms"})

_DEFAULT_ACR_NAMES = {f"Level{n}": f"urn:cognito:loa:{n}" for n in range(1, 5)}


class UnknownSettingsError(Exception):
    """The pool has settings that can't be passed on, and that a write would therefore reset."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def update_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """The input that leaves a described pool as it is.

    Raises:
        UnknownSettingsError: if the description has a member that is in none of the lists.
    """
    said = dict(_said(description))
    unknown = set(said) - CARRIED - KEPT_UNSAID - READ_ONLY - set(RENAMED)
    if unknown:
        raise UnknownSettingsError(sorted(unknown))
    update = {name: value for name, value in said.items() if name in CARRIED}
    update |= {new: said[old] for old, new in RENAMED.items() if old in said}
    _say_validity_once(update)
    _leave_out_defaults_of_acr(update)
    _leave_out_tags_of_aws(update)
    return {name: value for name, value in update.items() if value != {}}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The settings that are not the same in two descriptions of a pool, each by its path."""
    old, new = _compared(before), _compared(after)
    return [
        path
        for name in sorted((set(old) | set(new)) - VOLATILE)
        for path in _differing(name, old.get(name), new.get(name))
    ]


def _compared(description: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(_said(description))
    _say_validity_once(told)
    return {name: value for name, value in told.items() if value != {}}


def _differing(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(set(old) | set(new)):
            yield from _differing(f"{path}.{name}", old.get(name), new.get(name))
    elif old != new:
        yield path


def _said(container: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Members without those that say nothing and that the operation may refuse.

    An empty structure is one: ``DeviceConfiguration`` switches device tracking on by being there.
    """
    for name, value in container.items():
        told = dict(_said(value)) if isinstance(value, Mapping) else value
        if told is None or told in ("", {}) or (told == [] and name in NEVER_EMPTY):
            continue
        yield name, told


def _say_validity_once(pool: dict[str, Any]) -> None:
    """A pool with ``TemporaryPasswordValidityDays`` refuses the older member for the same thing.

    The description has both, of which Cognito uses the newer one. Only pools whose password policy
    is older than that, which came in 2019, have nothing but the older one.
    """
    policy = pool.get("Policies", {}).get("PasswordPolicy", {})
    if "TemporaryPasswordValidityDays" in policy:
        pool.get("AdminCreateUserConfig", {}).pop("UnusedAccountValidityDays", None)


def _leave_out_defaults_of_acr(update: dict[str, Any]) -> None:
    """The description fills in the default names, and a pool in the tier Lite can't be given any.

    A level that is left out has its default name.
    """
    names = update.get("AcrConfiguration", {})
    for level, name in _DEFAULT_ACR_NAMES.items():
        if names.get(level) == name:
            del names[level]


def _leave_out_tags_of_aws(update: dict[str, Any]) -> None:
    """Tags that AWS services set are theirs to change, and refused from anybody else.

    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    """
    tags = update.get("UserPoolTags", {})
    for key in [key for key in tags if key.lower().startswith("aws:")]:
        del tags[key]
