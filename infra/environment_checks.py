"""What an account's and a stage's settings must look like, and what of them goes together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.context_reader import ContextReader
from infra.deployment_name import is_deployment_name

if TYPE_CHECKING:
    from infra.settings import DeploymentSettings

_BOUNDARY = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]{1,512}")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9A-Za-z-]{1,64}")
_SUBNET = re.compile(r"subnet-[0-9a-f]{8,17}")
_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]{8,17}")

#: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_TAG_NAME = re.compile(r"(?!aws:)[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


def check(settings: DeploymentSettings, read: ContextReader) -> None:
    """Record every problem with ``read``."""
    _check_account(settings, read)
    _check_network(settings, read)
    _check_concurrency(settings, read)
    _check_snap_start(settings, read)


def _check_account(settings: DeploymentSettings, read: ContextReader) -> None:
    boundary = settings.permissions_boundary_arn
    if boundary and _BOUNDARY.fullmatch(boundary) is None:
        read.problem("permissionsBoundaryArn", "must be the ARN of a managed policy")
    key = settings.functions.kms_key_arn
    if key and _KEY.fullmatch(key) is None:
        # An alias may be pointed at another key, which could not read what this one wrote.
        read.problem("kmsKeyArn", "must be the ARN of a key, and not of an alias")
    chosen = settings.functions.deployment_name
    if not is_deployment_name(chosen or settings.stack_name):
        read.problem(
            "deploymentName",
            "must be 1 to 64 letters, digits, hyphens or underscores, and be there with a"
            " stackName that is longer",
        )
    for name, value in settings.tags:
        if _TAG_NAME.fullmatch(name) is None or _TAG_VALUE.fullmatch(value) is None:
            read.problem(
                "tags",
                "must have names of 1 to 128 and values of 0 to 256 letters, digits, spaces or any"
                " of .:/=+@_- and no name that begins with aws:",
            )


def _check_network(settings: DeploymentSettings, read: ContextReader) -> None:
    options = settings.functions
    if not all(_SUBNET.fullmatch(name) for name in options.subnet_ids):
        read.problem("subnetIds", "must each look like subnet-0123456789abcdef0")
    if not all(_SECURITY_GROUP.fullmatch(name) for name in options.security_group_ids):
        read.problem("securityGroupIds", "must each look like sg-0123456789abcdef0")
    if bool(options.subnet_ids) != bool(options.security_group_ids):
        read.problem("subnetIds", "must be given together with securityGroupIds, or neither")


def _check_concurrency(settings: DeploymentSettings, read: ContextReader) -> None:
    release = settings.release
    if 0 < release.reserved_concurrency < release.provisioned_concurrency:
        read.problem("provisionedConcurrency", "must not be above reservedConcurrency")


def _check_snap_start(settings: DeploymentSettings, read: ContextReader) -> None:
    release = settings.release
    if not release.snap_start:
        return
    if settings.ledger:
        read.problem(
            "snapStart",
            "must not be true with ledger=true: SnapStart hands out credentials by an endpoint and"
            " not in the environment, where the ledger's signer reads them",
        )
    if "introspectionSecretParameter" in settings.authorizer.oidc_issuers:
        read.problem(
            "snapStart",
            "must not be true with an introspectionSecretParameter: it is read with the same"
            " credentials",
        )
    if release.provisioned_concurrency:
        read.problem("snapStart", "must not be true with provisionedConcurrency: it is either")
