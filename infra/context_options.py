"""Reads the groups of options from CDK context, each with the defaults of its own class."""

from __future__ import annotations

from authorizer.choices import (
    DisplacedAnswer,
    Enforcement,
    LedgerOutageRule,
    OutageRule,
    TokenUse,
    UncheckedSessionRule,
)
from infra.authorizer_options import AuthorizerOptions
from infra.context_reader import ContextReader
from infra.function_options import (
    RETENTION_BY_DAYS,
    Architecture,
    FunctionOptions,
    Removal,
    Runtime,
)
from infra.hook_options import HookOptions
from infra.observability.options import ObservabilityOptions
from infra.receiver_options import ReceiverOptions
from infra.release_options import GradualShift, ReleaseOptions
from infra.session_options import RosterPolicy, SessionMode, SessionOptions
from infra.sign_out_options import SignOutOptions
from ledger.roster import Limit
from pre_token_hook.settings import FailureRule
from sign_out.settings import LinkedSessions

_MIN_MEMORY_MB, _MAX_MEMORY_MB = 128, 10_240


def authorizer_options(read: ContextReader, roster: Limit) -> AuthorizerOptions:
    """What the authorizer is told; ``roster`` comes from :func:`session_options`."""
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
        oidc_issuers=read.documents("oidcIssuers", default.oidc_issuers),
        token_memory_max_entries=read.integer(
            "tokenMemoryMaxEntries", default.token_memory_max_entries
        ),
        max_revocation_delay_seconds=read.integer(
            "maxRevocationDelaySeconds", default.max_revocation_delay_seconds
        ),
        accept_unbounded_revocation_delay=read.flag(
            "acceptUnboundedRevocationDelay", default=default.accept_unbounded_revocation_delay
        ),
        memory_ttl_seconds=read.integer("memoryTtlSeconds", default.memory_ttl_seconds),
        ledger_outage_rule=read.choice(
            "ledgerOutageRule", LedgerOutageRule, default.ledger_outage_rule
        ),
        displaced_answer=read.choice("displacedAnswer", DisplacedAnswer, default.displaced_answer),
        roster=roster,
    )


def session_options(read: ContextReader, default_mode: SessionMode) -> SessionOptions:
    """How many sessions a user may have, and who sees to it."""
    default = SessionOptions()
    return SessionOptions(
        session_mode=read.choice("sessionMode", SessionMode, default_mode),
        session_limit=read.integer("sessionLimit", default.session_limit),
        session_policy=read.choice("sessionPolicy", RosterPolicy, default.session_policy),
        session_idle_seconds=read.integer("sessionIdleSeconds", default.session_idle_seconds),
    )


def sign_out_options(read: ContextReader) -> SignOutOptions:
    """What the sign-out endpoint is told."""
    default = SignOutOptions()
    return SignOutOptions(
        logout_endpoint=read.text("logoutEndpoint", default.logout_endpoint),
        return_addresses=read.names("returnAddresses", default.return_addresses),
        allowed_origins=read.names("allowedOrigins", default.allowed_origins),
        access_token_cookie=read.text("accessTokenCookie", default.access_token_cookie),
        refresh_token_cookie=read.text("refreshTokenCookie", default.refresh_token_cookie),
        cleared_cookies=read.names("clearedCookies", default.cleared_cookies),
        cookie_domain=read.text("cookieDomain", default.cookie_domain),
        confidential_client_ids=read.names(
            "confidentialClientIds", default.confidential_client_ids
        ),
        linked_sessions=read.choice("linkedSessions", LinkedSessions, default.linked_sessions),
    )


def receiver_options(read: ContextReader) -> ReceiverOptions:
    """Who may push sign-outs."""
    default = ReceiverOptions()
    return ReceiverOptions(
        backchannel_logout=read.documents("backchannelLogout", default.backchannel_logout),
        security_events=read.documents("securityEvents", default.security_events),
        global_revocation=read.documents("globalRevocation", default.global_revocation),
        global_revocation_url=read.text("globalRevocationUrl", default.global_revocation_url),
    )


def hook_options(read: ContextReader) -> HookOptions:
    """What the hook is told."""
    default = HookOptions()
    return HookOptions(
        sign_out_failure_rule=read.choice(
            "signOutFailureRule", FailureRule, default.sign_out_failure_rule
        ),
        exempt_client_ids=read.names("exemptClientIds", default.exempt_client_ids),
        exempt_groups=read.names("exemptGroups", default.exempt_groups),
        mark_margin_seconds=read.integer("markMarginSeconds", default.mark_margin_seconds),
    )


def function_options(read: ContextReader) -> FunctionOptions:
    """Machine, logs, network and key of each function."""
    default = FunctionOptions()
    options = FunctionOptions(
        memory_size_mb=read.integer("memorySizeMb", default.memory_size_mb),
        log_retention_days=read.integer("logRetentionDays", default.log_retention_days),
        removal_policy=read.choice("removalPolicy", Removal, default.removal_policy),
        architecture=read.choice("architecture", Architecture, default.architecture),
        runtime=read.choice("runtime", Runtime, default.runtime),
        subnet_ids=read.names("subnetIds", default.subnet_ids),
        security_group_ids=read.names("securityGroupIds", default.security_group_ids),
        kms_key_arn=read.text("kmsKeyArn", default.kms_key_arn),
        deployment_name=read.text("deploymentName", default.deployment_name),
        tracing=read.flag("tracing", default=default.tracing),
    )
    if not _MIN_MEMORY_MB <= options.memory_size_mb <= _MAX_MEMORY_MB:
        read.problem("memorySizeMb", f"must be {_MIN_MEMORY_MB} to {_MAX_MEMORY_MB}")
    if options.log_retention_days not in RETENTION_BY_DAYS:
        offered = ", ".join(str(days) for days in RETENTION_BY_DAYS)
        read.problem("logRetentionDays", f"must be one of: {offered}")
    return options


def observability_options(read: ContextReader) -> ObservabilityOptions:
    """Who is told of what, and where the runbook is."""
    default = ObservabilityOptions()
    return ObservabilityOptions(
        alarm_topic_arn=read.text("alarmTopicArn", default.alarm_topic_arn),
        runbook_url=read.text("runbookUrl", default.runbook_url),
        get_user_quota=read.integer("getUserQuota", default.get_user_quota),
        latency_alarm_ms=read.integer("latencyAlarmMs", default.latency_alarm_ms),
        operator_log_retention_days=read.integer(
            "operatorLogRetentionDays", default.operator_log_retention_days
        ),
    )


def release_options(read: ContextReader) -> ReleaseOptions:
    """How a changed authorizer takes over."""
    default = ReleaseOptions()
    return ReleaseOptions(
        gradual_shift=read.choice("gradualShift", GradualShift, default.gradual_shift),
        reserved_concurrency=read.integer("reservedConcurrency", default.reserved_concurrency),
        provisioned_concurrency=read.integer(
            "provisionedConcurrency", default.provisioned_concurrency
        ),
        snap_start=read.flag("snapStart", default=default.snap_start),
    )
