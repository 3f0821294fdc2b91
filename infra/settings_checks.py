"""What of a deployment's settings does not go together, each problem by its context key.

What the Lambdas read at their start is checked by their own readers, so that a wrong value fails
synth and not a sign-in.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from authorizer.choices import DisplacedAnswer
from environment import SettingsError
from infra.authorizer_options import AuthorizerOptions
from infra.context_reader import ContextReader
from infra.hook_options import HookOptions
from infra.pool_trigger import ExistingTriggerRule
from infra.refresh_rotation import rotation_problem
from infra.session_options import SessionMode
from infra.sign_out_options import SignOutOptions
from receivers.transmitters import Kind

if TYPE_CHECKING:
    from infra.settings import DeploymentSettings

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_POOL_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]{1,55}")
_CLIENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_ORIGIN = re.compile(r"\*|https://[A-Za-z0-9.-]+(:\d{1,5})?|http://localhost(:\d{1,5})?")

#: Variables of the Lambdas whose context key is not their own name in another spelling.
_KEYS_OF_VARIABLES = {
    "CLIENT_IDS": "userPoolClientIds",
    "FAILURE_RULE": "signOutFailureRule",
    "JWKS_FILE": "bundledJwksFile",
}
_RECEIVERS = {
    Kind.BACKCHANNEL_LOGOUT: "BACKCHANNEL_LOGOUT",
    Kind.SECURITY_EVENTS: "SECURITY_EVENTS",
    Kind.GLOBAL_REVOCATION: "GLOBAL_REVOCATION",
}
#: What each receiver calls alike is another key for each.
_TRANSMITTER_KEYS = {"TRANSMITTERS": "{}", "ENDPOINT_URL": "{}_URL"}
_VARIABLE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def check(settings: DeploymentSettings, read: ContextReader) -> None:
    """Record every problem with ``read``."""
    _check_pool(settings, read)
    _check_pool_trigger(settings, read)
    _check_sessions(settings, read)
    _check_api(settings, read)
    _check_functions(settings, read)


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
    if settings.has_hook:
        rotating = settings.clients_with_refresh_token_rotation
        for client_id in rotating:
            if client_id not in settings.hook.exempt_client_ids:
                read.problem("clientsWithRefreshTokenRotation", rotation_problem(client_id))


def _check_pool_trigger(settings: DeploymentSettings, read: ContextReader) -> None:
    if settings.pool_trigger_rule is not None:
        return
    is_set = {
        "existingTriggerRule": settings.existing_trigger_rule is ExistingTriggerRule.REPLACE,
        "existingPoolSmsRoleArns": bool(settings.existing_pool_sms_role_arns),
        "existingPoolKeyArns": bool(settings.existing_pool_key_arns),
    }
    for key in [key for key, is_chosen in is_set.items() if is_chosen]:
        read.problem(key, "is about attaching the hook to an existing pool, with sessionMode=hook")


def _check_sessions(settings: DeploymentSettings, read: ContextReader) -> None:
    settings.sessions.check(read)
    mode = settings.sessions.session_mode
    if settings.signing_out != SignOutOptions() and not settings.sign_out:
        read.problem("signOut", "must be true for the settings of signing out to mean anything")
    if not settings.ledger:
        if settings.sign_out:
            read.problem("signOut", "must not be true with ledger=false: it marks the ledger")
        for kind in settings.receiving.kinds:
            read.problem(
                _key_of(_RECEIVERS[kind]), "must be empty with ledger=false: it marks the ledger"
            )
        if mode is SessionMode.LEDGER:
            read.problem("sessionMode", "must not be ledger with ledger=false: it keeps the roster")
        for key in _kept_for_the_ledger(settings):
            read.problem(key, "must be left alone with ledger=false: it is about the ledger")
    elif settings.hook.mark_margin_seconds != HookOptions().mark_margin_seconds and (
        mode is not SessionMode.HOOK
    ):
        read.problem("markMarginSeconds", "is about the hook, which sessionMode=hook makes")
    elif settings.authorizer.displaced_answer is DisplacedAnswer.EXPLAIN and (
        mode not in (SessionMode.HOOK, SessionMode.LEDGER)
    ):
        read.problem(
            "displacedAnswer",
            "must not be explain but with sessionMode hook or ledger: nobody else says why",
        )


def _kept_for_the_ledger(settings: DeploymentSettings) -> list[str]:
    """The keys that mean nothing without a ledger and were set nevertheless."""
    default = AuthorizerOptions()
    told = settings.authorizer
    is_set = {
        "revocationFeed": settings.revocation_feed,
        "memoryTtlSeconds": told.memory_ttl_seconds != default.memory_ttl_seconds,
        "ledgerOutageRule": told.ledger_outage_rule is not default.ledger_outage_rule,
        "displacedAnswer": told.displaced_answer is not default.displaced_answer,
        "markMarginSeconds": (
            settings.hook.mark_margin_seconds != HookOptions().mark_margin_seconds
        ),
    }
    return [key for key, is_chosen in is_set.items() if is_chosen]


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
            has_ledger=settings.ledger,
        )
    except SettingsError as error:
        _translate(error, read)
    try:
        settings.hook.check(has_ledger=settings.ledger)
    except SettingsError as error:
        _translate(error, read)
    for kind in settings.receiving.kinds:
        try:
            settings.receiving.check(kind)
        except SettingsError as error:
            _translate(error, read, transmitters=_RECEIVERS[kind])
    if settings.sign_out:
        try:
            settings.signing_out.check(
                client_ids=settings.user_pool_client_ids or settings.new_client_names,
                oidc_issuers=settings.authorizer.oidc_issuers,
            )
        except SettingsError as error:
            _translate(error, read)
    file = settings.authorizer.bundled_jwks_file
    if file and not _holds_bundled_keys(Path(file)):
        read.problem(
            "bundledJwksFile",
            'must be the path of a JSON file {"fetched_at": …, "issuers": {"<issuer>": …}}',
        )


def _translate(error: SettingsError, read: ContextReader, *, transmitters: str = "") -> None:
    for problem in error.problems:
        variable, _, what = problem.partition(": ")
        if transmitters:
            variable = _TRANSMITTER_KEYS.get(variable, variable).format(transmitters)
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
