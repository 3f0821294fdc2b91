"""A pool that nobody deployed, with settings of its own; and what a deployment does to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.aws.clients import Clients
from local.bench import GRANTED, LAPTOP, PHONE, Bench, Outcome
from local.runtime.bench import DeployedBench
from local.runtime.provider import PushingProvider
from local.story.telling import Chapter, Step

#: What ``UpdateUserPool`` resets when it is not given.
_SETTINGS: Mapping[str, Any] = {
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 14,
            "RequireUppercase": True,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 3,
        }
    },
    "AutoVerifiedAttributes": ["email"],
    "MfaConfiguration": "OFF",
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "EmailVerificationSubject": "Our own subject",
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]},
    "LambdaConfig": {
        "PostConfirmation": "arn:aws:lambda:eu-west-1:123456789012:function:somebody-elses"
    },
    "UserPoolTags": {"team": "identity"},
    "UserPoolTier": "PLUS",
    "DeletionProtection": "INACTIVE",
}
_OF_THE_MOMENT = frozenset({"LastModifiedDate", "EstimatedNumberOfUsers"})


class ExistingPool:
    """One such pool, with an app client for each device.

    Attributes:
        pool_id: of the pool.
        client_ids: by device.
    """

    def __init__(self, clients: Clients, devices: Sequence[str]) -> None:
        self._sdk = clients.of("cognito-idp")
        pool = self._sdk.create_user_pool(PoolName="before-us", **_SETTINGS)
        self.pool_id = str(pool["UserPool"]["Id"])
        self.client_ids = {device: self._new_client(device) for device in devices}

    def described(self) -> Mapping[str, Any]:
        """Its settings as Cognito tells them, without what changes with every write."""
        pool = self._sdk.describe_user_pool(UserPoolId=self.pool_id)["UserPool"]
        return {name: value for name, value in pool.items() if name not in _OF_THE_MOMENT}

    def _new_client(self, name: str) -> str:
        client = self._sdk.create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName=name,
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )
        return str(client["UserPoolClient"]["ClientId"])


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The settings that are not as they were."""
    return [
        f"{name} was {_text(before.get(name))} and is {_text(after.get(name))}"
        for name in sorted({*before, *after})
        if _text(before.get(name)) != _text(after.get(name))
    ]


def with_trigger(pool: Mapping[str, Any], hook_arn: str) -> dict[str, Any]:
    """The same settings with the hook as Pre Token Generation trigger, and nothing else."""
    config = {
        **pool.get("LambdaConfig", {}),
        "PreTokenGeneration": hook_arn,
        "PreTokenGenerationConfig": {"LambdaArn": hook_arn, "LambdaVersion": "V1_0"},
    }
    return {**pool, "LambdaConfig": config}


def tell(bench: DeployedBench, provider: PushingProvider) -> Iterator[Step]:
    """Hook and routes work in a pool that was there before them."""
    yield from _tell_of_the_hook(bench)
    yield from _tell_of_the_routes(bench, provider)


def _tell_of_the_hook(bench: Bench) -> Iterator[Step]:
    chapter = Chapter(bench, "An existing pool")
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in on the laptop, call /hello", laptop.access, 200, GRANTED)
    bench.advance(60)
    phone = bench.sign_in(user, PHONE)
    yield chapter.call(
        "phone signs in later; the laptop calls", laptop.access, 401, "signed_in_elsewhere"
    )
    yield chapter.call("the phone calls", phone.access, 200, GRANTED)


def _tell_of_the_routes(bench: DeployedBench, provider: PushingProvider) -> Iterator[Step]:
    chapter = Chapter(bench, "Routes that end sessions")
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    yield chapter.call("sign in on the laptop, call /hello", laptop.access, 200, GRANTED)
    yield _answer(chapter, "sign out at /sign-out", 200, bench.sign_out(laptop.access))
    yield chapter.call("the old token calls", laptop.access, 401, "session_revoked")
    yield _answer(chapter, "sign out again", 200, bench.sign_out(laptop.access))
    bench.advance(60)
    phone = bench.sign_in(user, PHONE)
    yield chapter.call("sign in on the phone, call /hello", phone.access, 200, GRANTED)
    forged = provider.logout_token(user, is_forged=True)
    yield _answer(chapter, "a stranger pushes a logout", 400, bench.push_logout(forged))
    yield chapter.call("the phone calls", phone.access, 200, GRANTED)
    bench.advance(1)
    signed = provider.logout_token(user)
    yield _answer(chapter, "the provider pushes a logout", 200, bench.push_logout(signed))
    yield chapter.call("the phone calls", phone.access, 401, "session_revoked")


def _answer(chapter: Chapter, what: str, expected: int, actual: int) -> Step:
    return chapter.step(what, Outcome(expected, ""), Outcome(actual, ""))


def _text(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True)
