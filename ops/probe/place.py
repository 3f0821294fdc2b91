"""The pool that is probed, and everything around it: made for one run, and deleted with it."""

from __future__ import annotations

import inspect
import io
import json
import secrets
import zipfile
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from ops.answers import UnavailableError
from ops.aws import answering, error_code
from ops.probe import trigger_function
from ops.probe.deletions import Deletions
from ops.run import Run

#: All names begin with it; nothing else is ever deleted. Tags would say no more, and take rights.
PREFIX = "session-probe-"

PLACE_NEEDS = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:GetFunctionConfiguration",
    "cognito-idp:CreateUserPool",
    "cognito-idp:CreateUserPoolClient",
    "cognito-idp:DeleteUserPool",
    "cognito-idp:DescribeUserPool",
)

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_RUNTIME = "python3.13"
#: New roles are not known everywhere at once.
_TRIES, _PAUSE_SECONDS = 20, 3.0


class Place(Deletions):
    """For the length of a ``with``. What could not be deleted stands in ``left``.

    Attributes:
        name: of everything.
        pool_id: the pool.
        plain_client_id: an app client without rotation.
        rotating_client_id: one whose refresh tokens rotate.
    """

    def __init__(self, run: Run, *, is_kept: bool) -> None:
        super().__init__(is_kept=is_kept)
        self.name = f"{PREFIX}{secrets.token_hex(4)}"
        self.pool_id = ""
        self.plain_client_id = ""
        self.rotating_client_id = ""
        self._aws = run.aws
        self._pause = run.world.pause
        self._role_arn = ""

    def __enter__(self) -> Self:
        try:
            with answering():
                self._make()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _make(self) -> None:
        role_arn = self._make_role()
        self._role_arn = role_arn
        function_arn = self.make_function(self.name, trigger_function)
        pool_arn = self._make_pool(function_arn)
        self._allow(function_arn, pool_arn)
        self.plain_client_id = self._make_client("plain", {})
        rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
        self.rotating_client_id = self._make_client("rotating", {"RefreshTokenRotation": rotation})

    def _make_role(self) -> str:
        client = self._aws.client("iam")
        with self.making(f"role {self.name}", lambda: client.delete_role(RoleName=self.name)):
            role = client.create_role(
                RoleName=self.name, AssumeRolePolicyDocument=json.dumps(_TRUST)
            )["Role"]
        return str(role["Arn"])

    def make_function(self, name: str, module: ModuleType) -> str:
        """A function whose whole code is a module with a ``handler``; its ARN.

        Raises:
            ClientError: it could not be made.
            UnavailableError: it does not become active.
        """
        # Its role may not write a log, so none is made.
        client = self._aws.client("lambda")
        with self.making(f"function {name}", lambda: client.delete_function(FunctionName=name)):
            arn = self._again(
                "InvalidParameterValueException",
                lambda: client.create_function(
                    FunctionName=name,
                    Runtime=_RUNTIME,
                    Handler="function.handler",
                    Role=self._role_arn,
                    Code={"ZipFile": _zipped(module)},
                    Timeout=4,
                )["FunctionArn"],
            )
        for _ in range(_TRIES):
            found = client.get_function_configuration(FunctionName=name)
            if found.get("State", "Active") == "Active":
                return str(arn)
            self._pause(_PAUSE_SECONDS)
        raise UnavailableError("function", f"Lambda does not make {name} active")

    def _make_pool(self, function_arn: str) -> str:
        config = {"LambdaArn": function_arn, "LambdaVersion": "V1_0"}
        with self.making(f"a user pool named {self.name}"):
            pool = self._aws.client("cognito-idp").create_user_pool(
                PoolName=self.name,
                LambdaConfig={"PreTokenGenerationConfig": config},
                AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
            )["UserPool"]
            self.pool_id = pool["Id"]
            self.deleting(f"user pool {self.pool_id}", self._delete_pool)
        return str(pool["Arn"])

    def _delete_pool(self) -> None:
        """Delete the pool, if it is the one that was made."""
        client = self._aws.client("cognito-idp")
        found = client.describe_user_pool(UserPoolId=self.pool_id)["UserPool"]
        if found["Name"] != self.name:
            raise UnavailableError("not_ours", "it is not the pool that was made; left alone")
        client.delete_user_pool(UserPoolId=self.pool_id)

    def _allow(self, function_arn: str, pool_arn: str) -> None:
        iam = self._aws.client("iam")
        statements = [
            {
                "Effect": "Allow",
                "Action": "cognito-idp:AdminUserGlobalSignOut",
                "Resource": pool_arn,
            }
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        with self.making(
            f"policy of the role {self.name}",
            lambda: iam.delete_role_policy(RoleName=self.name, PolicyName=self.name),
        ):
            iam.put_role_policy(RoleName=self.name, PolicyName=self.name, PolicyDocument=policy)
        self._aws.client("lambda").add_permission(
            FunctionName=function_arn,
            StatementId="cognito",
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
            SourceArn=pool_arn,
        )

    def _make_client(self, name: str, more: dict[str, Any]) -> str:
        flows = [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        ]
        # Cognito has a client either rotate or take this flow.
        flows += [] if more else ["ALLOW_REFRESH_TOKEN_AUTH"]
        made = self._aws.client("cognito-idp").create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName=name,
            ExplicitAuthFlows=flows,
            EnableTokenRevocation=True,
            **more,
        )
        return str(made["UserPoolClient"]["ClientId"])

    def _again(self, code: str, make: Callable[[], Any]) -> Any:
        for _ in range(_TRIES - 1):
            try:
                return make()
            except ClientError as error:
                if error_code(error) != code:
                    raise
            self._pause(_PAUSE_SECONDS)
        return make()


def _zipped(module: ModuleType) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("function.py", inspect.getsource(module))
    return archive.getvalue()
