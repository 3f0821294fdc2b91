"""The authorizer's settings, its keys, and the delays that come of it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from authorizer.choices import Enforcement
from ops import gateways
from ops.answers import UnavailableError
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import POOL_NEEDS, Site
from ops.gateways import GATEWAY_NEEDS

_DAY_SECONDS = 86_400
_LAYER_NEEDS = (*GATEWAY_NEEDS, "dynamodb:BatchGetItem", "cloudformation:DescribeStacks")
_DELAY_DOCS = "docs/decisions/0004-default-delays.md"
_SETTINGS = "docs/settings.md"

SHADOW = Kind(
    "shadow_enforcement",
    Severity.HIGH,
    "Refusals for revocation are counted and not carried out: every revoked token is let in.",
    "Set enforcement to enforce and deploy, once WouldRefuse shows what is expected.",
    _SETTINGS,
)
UNSAFE = Kind(
    "unsafe_choice",
    Severity.MEDIUM,
    "Under this setting some tokens are let in that nobody has checked, or longer than declared.",
    "Take it back and deploy; or, if it is meant, run this with --accept unsafe_choice.",
    _SETTINGS,
)
ISSUER = Kind(
    "issuer_not_taken",
    Severity.HIGH,
    "The pool's tokens name an issuer that the authorizer does not take: all are refused.",
    "Deploy the stack anew; ISSUERS holds both names of the pool.",
    _SETTINGS,
)
BUNDLED_OLD = Kind(
    "bundled_keys_old",
    Severity.LOW,
    "Keys in the zip are not used beyond their age: each sandbox fetches them at its start.",
    "Fetch them (python -m infra.fetch_keys) before deployments, and deploy at least weekly; or"
    " leave bundledJwksFile out.",
    _SETTINGS,
)
TTL_UNKNOWN = Kind(
    "gateway_ttl_above_known",
    Severity.HIGH,
    "The authorizer ends cached answers by the TTL that it knows of: behind a longer one a cached"
    " answer may outlive its token.",
    "Set gatewayTtlSeconds to the API's TTL and deploy, or lower the API's.",
    "docs/attach/README.md",
)
ABOVE_MAXIMUM = Kind(
    "delay_above_maximum",
    Severity.HIGH,
    "A revoked session is let in for longer than was declared.",
    "Shorten a TTL (`ttl show` has the sum), or declare a longer maximum.",
    _DELAY_DOCS,
)
UNBOUNDED = Kind(
    "delay_unbounded",
    Severity.HIGH,
    "No sum holds: a revoked token may be let in until it expires.",
    "Take the setting back that is named, and deploy.",
    _DELAY_DOCS,
)
NO_API = Kind(
    "no_api",
    Severity.MEDIUM,
    "Unless AppSync or another account's API asks the authorizer, nobody does: whatever guards the"
    " APIs, it is not this.",
    "Attach it; or look in the Region and stack that are meant. If AppSync or another account asks"
    " it, run this with --accept no_api.",
    "docs/attach/README.md",
)
KEYED_OTHERWISE = Kind(
    "cache_not_keyed_by_token",
    Severity.HIGH,
    "The gateway repeats one caller's answer to everybody who sends the same in another place than"
    " the token's: a stranger is let in as the one who was asked about.",
    "Make the token's place the identity source, or set the API's TTL to 0; deploy the stage.",
    "docs/attach/README.md",
)
ASKS_ELSEWHERE = Kind(
    "identity_source_elsewhere",
    Severity.MEDIUM,
    "The gateway refuses whoever does not send what it wants, and the token stands elsewhere.",
    "Make the token's place the identity source, and deploy the stage.",
    "docs/attach/README.md",
)
TIGHTENED = Kind(
    "tightening_left_on",
    Severity.LOW,
    "Cognito is asked more often than was planned, and the quota may not bear the next peak.",
    "`ttl loosen` when the incident is over; or make it permanent in cdk.json.",
    "ops/README.md",
)


def _choices(site: Site) -> Iterator[Finding]:
    settings = site.deployment.settings
    if settings.enforcement is Enforcement.SHADOW:
        yield SHADOW.at("the authorizer", "ENFORCEMENT is shadow")
    for choice in settings.unsafe_choices:
        if not choice.startswith("ENFORCEMENT"):
            yield UNSAFE.at("the authorizer", choice)


def _issuer(site: Site) -> Iterator[Finding]:
    issuers = site.deployment.settings.issuers
    kind = site.pool.get("IssuerConfiguration", {}).get("Type", "ORIGINAL")
    host = "//issuer-cognito-idp." if kind == "UPDATED" else "//cognito-idp."
    if not any(host in i and i.endswith(f"/{site.deployment.user_pool_id}") for i in issuers):
        yield ISSUER.at(site.deployment.user_pool_id, f"its issuer is the {kind.lower()} one")


def _bundled(site: Site) -> Iterator[Finding]:
    keys = site.deployment.settings.keys
    if keys.bundled_file is None:
        raise DoesNotApplyError("no keys are bundled")
    # What is in a published version was fetched before.
    published = datetime.fromisoformat(site.authorizer["LastModified"]).timestamp()
    age = site.now - published
    if age > keys.bundled_max_age_seconds:
        days = int(age // _DAY_SECONDS)
        yield BUNDLED_OLD.at("the authorizer", f"its bundled keys are {days} days old at least")


def _delays(site: Site) -> Iterator[Finding]:
    layers = site.layers
    if not layers.apis:
        yield NO_API.at(site.deployment.stack, gateways.NO_API)
    if layers.is_tightened:
        alike = f"verdicts are tightened to {layers.tightened_to} s"
        yield TIGHTENED.at("the ledger", layers.unevenly or alike)
    for row in layers.apis:
        delay, ttl = row.delays.known_to_cognito, row.api.ttl_seconds
        if ttl > layers.known_gateway_ttl:
            told = f"it caches for {ttl} s, the authorizer knows of {layers.known_gateway_ttl} s"
            yield TTL_UNKNOWN.at(row.api.title, told)
        if delay.unbounded_by:
            yield UNBOUNDED.at(row.api.title, f"unbounded by {', '.join(delay.unbounded_by)}")
        elif layers.maximum_seconds is not None and delay.total_seconds > layers.maximum_seconds:
            above = f"{delay.sum_text} is above the maximum of {layers.maximum_seconds} s"
            yield ABOVE_MAXIMUM.at(row.api.title, above)
    if layers.maximum_seconds is None:
        raise UnavailableError("maximum", "the stack's outputs do not say the declared maximum")


def _identity(site: Site) -> Iterator[Finding]:
    wanted = site.deployment.settings.token_source.identity_source
    for api in site.gateways:
        sources = api.identity_sources
        if _in_one_case(wanted) in map(_in_one_case, sources):
            continue
        told = f"it goes by {', '.join(sources) or 'nothing'}, the token's is {wanted}"
        if api.ttl_seconds > 0:
            yield KEYED_OTHERWISE.at(api.title, told)
        elif sources:
            yield ASKS_ELSEWHERE.at(api.title, told)


def _in_one_case(source: str) -> str:
    """A header's name is one in any case, a parameter's is not."""
    return source.lower() if source.startswith("header.") else source


CHECKS = (
    Check("choices", "unsafe settings", _choices, (), (SHADOW, UNSAFE)),
    Check("issuer", "the pool's issuer is taken", _issuer, POOL_NEEDS, (ISSUER,)),
    Check(
        "bundled_keys",
        "age of the keys in the zip",
        _bundled,
        ("lambda:GetFunctionConfiguration", "sts:GetCallerIdentity"),
        (BUNDLED_OLD,),
    ),
    Check(
        "identity_sources",
        "the gateway looks where the token is",
        _identity,
        GATEWAY_NEEDS,
        (KEYED_OTHERWISE, ASKS_ELSEWHERE),
    ),
    Check(
        "delays",
        "each gateway's TTL, and the sums",
        _delays,
        _LAYER_NEEDS,
        (NO_API, TIGHTENED, TTL_UNKNOWN, UNBOUNDED, ABOVE_MAXIMUM),
    ),
)
