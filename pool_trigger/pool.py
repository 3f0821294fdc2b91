"""Changes who holds a pool's trigger, and nothing else of the pool.

``UpdateUserPool`` has no condition on what it replaces, so two writers at once can't be kept apart.
What can be done is done: the pool is read just before it is written, Cognito's own refusal of
concurrent changes leads back to reading, and a second read says whether anything else changed.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from pool_trigger.sdk import UNKNOWN, PoolClient
from pool_trigger.translation import UnknownSettingsError, differences, update_of
from pool_trigger.trigger import Holder, holder_of, lambda_config, others_of

GONE = "ResourceNotFoundException"
_BUSY = "ConcurrentModificationException"

#: Of the whole change, and of reading back; each read and write is repeated by the SDK besides.
_TRIES = 3
_PAUSE_SECONDS = 2.0

#: Says who is to hold the trigger when it is held as described; may raise instead.
Decide = Callable[[Holder | None], Holder | None]


class PoolError(Exception):
    """Cognito did not do it. ``code`` is its error code or the SDK's class name."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code = code


class PoolChangedError(Exception):
    """The write was done, and the pool is not what it should be. ``paths`` are the settings."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(", ".join(paths))
        self.paths = paths


class UserPools:
    """Reads pools, and changes one trigger of theirs."""

    def __init__(
        self,
        client: PoolClient,
        *,
        pause: Callable[[float], None],
        keep: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """
        Args:
            client: of an SDK that knows all of a pool's settings, or says which it does not.
            pause: waits for some seconds.
            keep: told of a pool's description before the pool is written.
        """
        self._client = client
        self._pause = pause
        self._keep = keep

    def holder(self, user_pool_id: str) -> Holder | None:
        """Who holds the pool's trigger.

        Raises:
            PoolError: if Cognito does not say.
        """
        return holder_of(self._describe(user_pool_id)[0])

    def change(self, user_pool_id: str, decide: Decide) -> None:
        """Let ``decide``'s choice hold the trigger. Without a difference nothing is written.

        Raises:
            PoolError: if that can't be said to have happened.
            UnknownSettingsError: nothing was written, because a setting would be reset by it.
            PoolChangedError: it was written, and something else changed with it.
        """
        tries = 1
        while True:
            before, unknown = self._describe(user_pool_id)
            found = holder_of(before)
            wanted = decide(found)
            if found == wanted:
                return
            if unknown:
                raise UnknownSettingsError(unknown)
            try:
                self._write(before, wanted)
            except PoolError as error:
                if error.code != _BUSY or tries == _TRIES:
                    raise
            else:
                self._read_back(before, wanted)
                return
            tries += 1
            self._pause(_PAUSE_SECONDS)

    def _write(self, before: Mapping[str, Any], wanted: Holder | None) -> None:
        update = update_of(before) | {"LambdaConfig": lambda_config(before, wanted)}
        self._keep(before)
        try:
            self._client.update_user_pool(**update)
        except (ClientError, BotoCoreError) as error:
            raise _pool_error(error) from None

    def _read_back(self, before: Mapping[str, Any], wanted: Holder | None) -> None:
        reads = 1
        while changed := self._changed(before, wanted):
            if reads == _TRIES:
                raise PoolChangedError(changed)
            reads += 1
            # A description may lag behind the write.
            self._pause(_PAUSE_SECONDS)

    def _changed(self, before: Mapping[str, Any], wanted: Holder | None) -> list[str]:
        after, _ = self._describe(before["Id"])
        paths = differences(_without_trigger(before), _without_trigger(after))
        found = holder_of(after)
        if found != wanted and not (wanted is not None and wanted.is_same(found)):
            paths.append("LambdaConfig.PreTokenGenerationConfig")
        return paths

    def _describe(self, user_pool_id: str) -> tuple[Mapping[str, Any], list[str]]:
        try:
            answer = self._client.describe_user_pool(UserPoolId=user_pool_id)
        except (ClientError, BotoCoreError) as error:
            raise _pool_error(error) from None
        return answer["UserPool"], answer.get(UNKNOWN, [])


def _without_trigger(description: Mapping[str, Any]) -> dict[str, Any]:
    return {**description, "LambdaConfig": others_of(description)}


def _pool_error(error: Exception) -> PoolError:
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return PoolError(str(said.get("Code", "")), str(said.get("Message", "")))
    if isinstance(error, ParamValidationError):
        # The SDK's own judgement of what the pool was described to have.
        return PoolError(type(error).__name__, str(error))
    return PoolError(type(error).__name__, "")
