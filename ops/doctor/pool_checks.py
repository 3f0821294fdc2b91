"""The pool's sessions, and what protects it."""

from __future__ import annotations

from collections.abc import Iterator

from ops.answers import UnavailableError
from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import CLIENT_NEEDS, POOL_NEEDS, STACK_NEEDS, Site
from ops.native import ABSENT

_NATIVE_RESOURCE = "Custom::NativeSessions"
_SESSION_DOCS = "docs/decisions/0007-which-session-mode.md"

NATIVE_OFF = Kind(
    "native_sessions_off",
    Severity.HIGH,
    "The deployment counts on Cognito to end sessions beyond the limit, and it does not.",
    "Deploy the stack anew; native sessions take the tier Essentials or Plus.",
    _SESSION_DOCS,
)
COOKIE = Kind(
    "managed_login_cookie",
    Severity.MEDIUM,
    "A sign-out does not clear managed login's cookie: for that long the browser gets new tokens"
    " without a password.",
    "Send users to /logout when they sign out; where the tier has session management, set"
    " SSOSession.MaxValidityMinutes of the client to 0 with SetUserPoolClientSessionConfiguration.",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html",
)
POOL_UNPROTECTED = Kind(
    "pool_unprotected",
    Severity.LOW,
    "One call deletes the pool with all of its users.",
    "Switch the pool's deletion protection on.",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html",
)


def _native(site: Site) -> Iterator[Finding]:
    if not site.names_of(_NATIVE_RESOURCE):
        raise DoesNotApplyError("this deployment does not use native sessions")
    with answering():
        found = site.client("cognito-idp").get_user_pool_session_configuration(
            UserPoolId=site.deployment.user_pool_id
        )
    if found.get("UserSessionTracking") != "ENABLED":
        yield NATIVE_OFF.at(site.deployment.user_pool_id, "the pool does not track sessions")


def _cookie(site: Site) -> Iterator[Finding]:
    if not (site.pool.get("Domain") or site.pool.get("CustomDomain")):
        raise DoesNotApplyError("the pool has no domain, and so no managed login")
    for client_id, client in site.app_clients.items():
        if client is None or "code" not in client.get("AllowedOAuthFlows", []):
            continue
        minutes = _cookie_minutes(site, client_id)
        if minutes:
            yield COOKIE.at(client_id, f"the cookie signs the browser in for {minutes} minutes")


def _protected(site: Site) -> Iterator[Finding]:
    if site.pool.get("DeletionProtection") != "ACTIVE":
        yield POOL_UNPROTECTED.at(site.deployment.user_pool_id, "deletion protection is off")


def _cookie_minutes(site: Site, client_id: str) -> int:
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolClientSessionConfiguration.html
    try:
        with answering():
            found = site.client("cognito-idp").get_user_pool_client_session_configuration(
                UserPoolId=site.deployment.user_pool_id, ClientId=client_id
            )
    except UnavailableError as error:
        # Where there is nothing to configure, it is an hour.
        if error.code in ABSENT:
            return 60
        raise
    return int(found.get("SSOSession", {}).get("MaxValidityMinutes", 60))


CHECKS = (
    Check(
        "native",
        "Cognito's own sessions",
        _native,
        (*STACK_NEEDS, "cognito-idp:GetUserPoolSessionConfiguration"),
        (NATIVE_OFF,),
    ),
    Check(
        "cookie",
        "what a sign-out leaves behind",
        _cookie,
        (*POOL_NEEDS, *CLIENT_NEEDS, "cognito-idp:GetUserPoolClientSessionConfiguration"),
        (COOKIE,),
    ),
    Check("pool", "the pool's deletion protection", _protected, POOL_NEEDS, (POOL_UNPROTECTED,)),
)
