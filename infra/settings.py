"""The deployment's settings: read once from CDK context, frozen, safe by default.

They stand in ``cdk.json`` as one context object, ``authorizer``; ``-c authorizer:<key>=<value>``
overrides a member of it. ``docs/settings.md`` has the table. What the Lambdas read at their
start is checked by their own readers, so that a wrong value fails synth and not a sign-in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authorizer.choices import Enforcement, OutageRule, TokenUse, UncheckedSessionRule
from environment import SettingsError
from infra.authorizer_options import AuthorizerOptions
from infra.context_reader import ContextReader
from infra.function_options import RETENTION_BY_DAYS, FunctionOptions, Removal
from infra.hook_options import HookOptions
from infra.refresh_rotation import rotation_problem
from pre_token_hook.settings import FailureRule

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_POOL_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]{1,55}")
_CLIENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_ORIGIN = re.compile(r"\*|https://[A-Za-z0-9.-]+(:\d{1,5})?|http://localhost(:\d{1,5})?")
_MIN_MEMORY_MB, _MAX_MEMORY_MB = 128, 10_240

#: Variables of the Lambdas whose context key is not their own name in another spelling.
_KEYS_OF_VARIABLES = {
    "CLIENT_IDS": "userPoolClientIds",
    "FAILURE_RULE": "signOutFailureRule",
    "JWKS_FILE": "bundledJwksFile",
}
_VARIABLE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentSettings:
    """Everything the app can be told. Each field is a context key in snake case, and so are
    those of the three groups of options.
    """

    stack_name: str
    existing_user_pool_id: str
    user_pool_client_ids: tuple[str, ...]
    new_client_names: tuple[str, ...]
    gateway_ttl_seconds: int
    strict_gateway_ttl_seconds: int
    single_session: bool
    clients_with_refresh_token_rotation: tuple[str, ...]
    cors_allow_origin: str
    manage_api_gateway_log_role: bool
    authorizer: AuthorizerOptions
    hook: HookOptions
    functions: FunctionOptions

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> DeploymentSettings:
        """Read and check every setting in CDK's context (``app.node.get_all_context()``).

        Raises:
            infra.context_reader.ContextError: with every problem, each by its context key.
        """
        read = ContextReader(context)
        existing_pool = read.text("existingUserPoolId")
        settings = cls(
            stack_name=read.text("stackName", "CognitoSessionAuthorizer"),
            existing_user_pool_id=existing_pool,
            user_pool_client_ids=read.names("userPoolClientIds"),
            new_client_names=read.names("newClientNames", () if existing_pool else ("Web",)),
            gateway_ttl_seconds=read.integer("gatewayTtlSeconds", 0),
            strict_gateway_ttl_seconds=read.integer("strictGatewayTtlSeconds", 0),
            # A pool of someone else's gets no trigger unasked.
            single_session=read.flag("singleSession", default=not existing_pool),
            clients_with_refresh_token_rotation=read.names("clientsWithRefreshTokenRotation"),
            cors_allow_origin=read.text("corsAllowOrigin", "*"),
            manage_api_gateway_log_role=read.flag("manageApiGatewayLogRole", default=True),
            authorizer=_authorizer_options(read),
            hook=_hook_options(read),
            functions=_function_options(read),
        )
        _check_pool(settings, read)
        _check_api(settings, read)
        _check_functions(settings, read)
        read.finish()
        return settings


def _authorizer_options(read: ContextReader) -> AuthorizerOptions:
    default = AuthorizerOptions()
    return AuthorizerOptions(
        verdict_ttl_seconds=read.integer("verdictTtlSeconds", default.verdict_ttl_seconds),
        outage_rule=read.choice("outageRule", OutageRule, default.outage_rule),
        stale_grace_seconds=read.integer("staleGraceSeconds", default.stale_grace_seconds),
        unchecked_session_rule=read.choice(
            "uncheckedSessionRule", UncheckedSessionRule, default.unchecked_session_rule
        ),
        enforcement=read.choice("enforcement", Enforcement, default.enforcement),
        token_uses=read.choices("tokenUses", TokenUse, default.token_uses),
        token_source=read.text("tokenSource", default.token_source),
        route_rules=read.document("routeRules", default.route_rules),
        userinfo_url=read.text("userinfoUrl", default.userinfo_url),
        bundled_jwks_file=read.text("bundledJwksFile", default.bundled_jwks_file),
        machine_client_ids=read.names("machineClientIds", default.machine_client_ids),
        audiences=read.names("audiences", default.audiences),
        max_revocation_delay_seconds=read.integer(
            "maxRevocationDelaySeconds", default.max_revocation_delay_seconds
        ),
        accept_unbounded_revocation_delay=read.flag(
            "acceptUnboundedRevocationDelay", default=default.accept_unbounded_revocation_delay
        ),
    )


def _hook_options(read: ContextReader) -> HookOptions:
    default = HookOptions()
    return HookOptions(
        sign_out_failure_rule=read.choice(
            "signOutFailureRule", FailureRule, default.sign_out_failure_rule
        ),
        exempt_client_ids=read.names("exemptClientIds", default.exempt_client_ids),
        exempt_groups=read.names("exemptGroups", default.exempt_groups),
    )


def _function_options(read: ContextReader) -> FunctionOptions:
    default = FunctionOptions()
    options = FunctionOptions(
        memory_size_mb=read.integer("memorySizeMb", default.memory_size_mb),
        log_retention_days=read.integer("logRetentionDays", default.log_retention_days),
        removal_policy=read.choice("removalPolicy", Removal, default.removal_policy),
    )
    if not _MIN_MEMORY_MB <= options.memory_size_mb <= _MAX_MEMORY_MB:
        read.problem("memorySizeMb", f"must be {_MIN_MEMORY_MB} to {_MAX_MEMORY_MB}")
    if options.log_retention_days not in RETENTION_BY_DAYS:
        read.problem("logRetentionDays", f"must be one of: {_listed(RETENTION_BY_DAYS)}")
    return options


def _check_pool(settings: DeploymentSettings, read: ContextReader) -> None:
    if _STACK_NAME.fullmatch(settings.stack_name) is None:
        read.problem("stackName", "must be letters, digits and hyphens, and begin with a letter")
    if settings.existing_user_pool_id:
        if _POOL_ID.fullmatch(settings.existing_user_pool_id) is None:
            read.problem("existingUserPoolId", "must look like eu-west-1_AbCdEfGhI")
        if settings.new_client_names:
            read.problem("newClientNames", "is for a new pool; see userPoolClientIds")
    else:
        if settings.user_pool_client_ids:
            read.problem("userPoolClientIds", "is for an existing pool; see newClientNames")
        if not all(_CLIENT_NAME.fullmatch(name) for name in settings.new_client_names):
            read.problem(
                "newClientNames", "each must be letters and digits, and begin with a letter"
            )
    if settings.single_session:
        rotating = settings.clients_with_refresh_token_rotation
        for client_id in rotating:
            if client_id not in settings.hook.exempt_client_ids:
                read.problem("clientsWithRefreshTokenRotation", rotation_problem(client_id))


def _check_api(settings: DeploymentSettings, read: ContextReader) -> None:
    origin = settings.cors_allow_origin
    if _ORIGIN.fullmatch(origin) is None:
        read.problem("corsAllowOrigin", "must be an origin such as https://app.example.com, or *")
    if origin == "*" and settings.authorizer.token_source.startswith("cookie"):
        read.problem("corsAllowOrigin", "must be one origin where tokens come as cookies")
    if settings.strict_gateway_ttl_seconds > settings.gateway_ttl_seconds:
        read.problem("strictGatewayTtlSeconds", "must not be above gatewayTtlSeconds")


def _check_functions(settings: DeploymentSettings, read: ContextReader) -> None:
    """Let each Lambda's own reader judge the environment it will start with."""
    try:
        settings.authorizer.check(
            # New clients get their ids from Cognito; their names stand for them here.
            client_ids=settings.user_pool_client_ids or settings.new_client_names,
            gateway_ttl_seconds=settings.gateway_ttl_seconds,
        )
    except SettingsError as error:
        _translate(error, read)
    try:
        settings.hook.check()
    except SettingsError as error:
        _translate(error, read)
    file = settings.authorizer.bundled_jwks_file
    if file and not _holds_bundled_keys(Path(file)):
        read.problem(
            "bundledJwksFile",
            'must be the path of a JSON file {"fetched_at": …, "issuers": {"<issuer>": …}}',
        )


def _translate(error: SettingsError, read: ContextReader) -> None:
    for problem in error.problems:
        variable, _, what = problem.partition(": ")
        read.problem(_key_of(variable), _VARIABLE.sub(lambda m: _key_of(m.group()), what))


def _key_of(variable: str) -> str:
    first, *rest = variable.lower().split("_")
    return _KEYS_OF_VARIABLES.get(variable, first + "".join(word.title() for word in rest))


def _holds_bundled_keys(file: Path) -> bool:
    """Only its outline: the authorizer checks every key when it starts."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and {"fetched_at", "issuers"} <= set(document)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)
