"""The app clients whose tokens the authorizer takes."""

from __future__ import annotations

from collections.abc import Iterator

from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import CLIENT_NEEDS, POOL_NEEDS, Description, Site

ADMIN_SCOPE = "aws.cognito.signin.user.admin"
_OPENID = "openid"
#: Grants by which users get tokens; the third one is for machines.
_FOR_USERS = frozenset({"code", "implicit"})

_PROVIDER_DOCS = (
    "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html"
)
_ATTRIBUTE_DOCS = (
    "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html"
)

CLIENT_GONE = Kind(
    "client_missing",
    Severity.HIGH,
    "Tokens of a client that was deleted cannot be told from those of one that was never there.",
    "Take it out of userPoolClientIds (or newClientNames) and deploy.",
    "docs/settings.md",
)
ADMIN_SCOPE_MISSING = Kind(
    "admin_scope_missing",
    Severity.HIGH,
    "GetUser takes only tokens with this scope: without it nobody can say whether a session lives,"
    " and the token is refused, or let in unchecked.",
    "Allow the scope for the client and let the app ask for it; or set userinfoUrl, for clients"
    " with openid.",
    _PROVIDER_DOCS,
)
REVOCATION_OFF = Kind(
    "revocation_off",
    Severity.HIGH,
    "Without it tokens carry no origin_jti: they name no session, are refused by the authorizer,"
    " and cannot be revoked.",
    "Switch EnableTokenRevocation on for the client; tokens issued before stay as they are.",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html",
)
WRITABLE = Kind(
    "dangerous_write_attributes",
    Severity.MEDIUM,
    "The scope that lets a session be checked lets its bearer change these attributes of the user:"
    " a stolen token can take an account over by its address, and custom attributes that stand for"
    " rights can be given to oneself.",
    "Restrict the client's write attributes to what users may change, as infra/new_user_pool.py"
    " does.",
    _ATTRIBUTE_DOCS,
)

#: By which an account is found again, or proved: https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
_OF_THE_ACCOUNT = frozenset({"email", "phone_number", "preferred_username"})


def _exist(site: Site) -> Iterator[Finding]:
    for client_id, client in site.app_clients.items():
        if client is None:
            yield CLIENT_GONE.at(client_id, "the pool has no such app client")


def _scopes(site: Site) -> Iterator[Finding]:
    settings = site.deployment.settings
    clients = {i: c for i, c in _found(site).items() if _users_by_oauth(c)}
    if not clients:
        raise DoesNotApplyError("no app client signs users in by OAuth")
    for client_id, client in clients.items():
        scopes = client.get("AllowedOAuthScopes", [])
        by_userinfo = settings.userinfo_url is not None and _OPENID in scopes
        if ADMIN_SCOPE not in scopes and not by_userinfo:
            yield ADMIN_SCOPE_MISSING.at(client_id, f"it may not ask for {ADMIN_SCOPE}")


def _revocation(site: Site) -> Iterator[Finding]:
    for client_id, client in _found(site).items():
        if not client.get("EnableTokenRevocation", False):
            yield REVOCATION_OFF.at(client_id, "token revocation is switched off")


def _writable(site: Site) -> Iterator[Finding]:
    mutable = {
        attribute["Name"]
        for attribute in site.pool.get("SchemaAttributes", [])
        if attribute.get("Mutable", True) and not attribute.get("DeveloperOnlyAttribute", False)
    }
    # Without a list Cognito lets a client write every standard attribute.
    standard = {name for name in mutable if ":" not in name}
    for client_id, client in _found(site).items():
        listed = client.get("WriteAttributes")
        writable = standard if listed is None else set(listed) & mutable
        dangerous = sorted(
            name for name in writable if name in _OF_THE_ACCOUNT or name.startswith("custom:")
        )
        if dangerous:
            given = "by default" if listed is None else "by its list"
            yield WRITABLE.at(client_id, f"its users may change, {given}: {', '.join(dangerous)}")


def _found(site: Site) -> dict[str, Description]:
    machines = site.deployment.settings.machine_client_ids
    return {
        client_id: client
        for client_id, client in site.app_clients.items()
        if client is not None and client_id not in machines
    }


def _users_by_oauth(client: Description) -> bool:
    is_on = client.get("AllowedOAuthFlowsUserPoolClient", False)
    return bool(is_on and _FOR_USERS & set(client.get("AllowedOAuthFlows", [])))


CHECKS = (
    Check("clients", "app clients exist", _exist, CLIENT_NEEDS, (CLIENT_GONE,)),
    Check("scopes", "their tokens can be checked", _scopes, CLIENT_NEEDS, (ADMIN_SCOPE_MISSING,)),
    Check(
        "revocation", "their tokens can be revoked", _revocation, CLIENT_NEEDS, (REVOCATION_OFF,)
    ),
    Check(
        "attributes",
        "what their users may change",
        _writable,
        (*CLIENT_NEEDS, *POOL_NEEDS),
        (WRITABLE,),
    ),
)
