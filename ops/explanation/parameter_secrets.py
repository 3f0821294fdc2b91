"""Secrets of introspection clients, read with the operator's own rights, and never shown."""

from __future__ import annotations

from collections.abc import Callable

from issuers.secret import SecretError
from ops.answers import OpsError
from ops.aws import answering
from ops.run import Run
from transport import Deadline

#: What reading one takes; those that a key of the customer's encrypts take kms:Decrypt besides.
SECRET_NEEDS = ("ssm:GetParameter",)


class ParameterSecrets:
    """Reads SecureString parameters.

    Attributes:
        failures: why those that were needed could not be read.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.failures: list[str] = []

    def reader(self, name: str) -> Callable[[Deadline], str]:
        """What reads the parameter of that name; see :func:`issuers.secret.parameter_secret`."""

        def read(_deadline: Deadline) -> str:
            try:
                with answering():
                    found = self._run.aws.client("ssm").get_parameter(
                        Name=name, WithDecryption=True
                    )
            except OpsError as error:
                said = f"the provider was not asked: the secret in {name} cannot be read: {error}"
                self.failures.append(said)
                raise SecretError("the parameter can't be read") from None
            secret: str = found["Parameter"]["Value"]
            self._run.secrets.append(secret)
            return secret

        return read
