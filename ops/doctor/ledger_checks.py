"""The ledger's table."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.rows import KEY
from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import Site

#: Where rows say when they may be deleted; :data:`infra.session_ledger.TTL_ATTRIBUTE`.
TTL_ATTRIBUTE = "ttl"

_DOCS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_DEPLOY = "Deploy the stack anew, or set it on the table."

NOT_ACTIVE = Kind(
    "ledger_not_usable",
    Severity.HIGH,
    "Marks are neither read nor written: revocations that only the ledger knows do not count.",
    "Look at the table in the console; one of another shape has to be replaced.",
    "docs/decisions/0005-the-ledger-without-an-sdk.md",
)
NO_RECOVERY = Kind(
    "ledger_without_recovery",
    Severity.MEDIUM,
    "Marks that are lost cannot be brought back, and revoked sessions live again.",
    _DEPLOY,
    f"{_DOCS}/PointInTimeRecovery.html",
)
NO_TTL = Kind(
    "ledger_without_ttl",
    Severity.LOW,
    "Rows of sessions that have long ended stay, and the table only grows.",
    _DEPLOY,
    f"{_DOCS}/TTL.html",
)
PROVISIONED = Kind(
    "ledger_provisioned",
    Severity.MEDIUM,
    "Beyond the provisioned capacity reads are throttled, just when most people call.",
    "Set the table to on-demand capacity.",
    f"{_DOCS}/on-demand-capacity-mode.html",
)
UNPROTECTED = Kind(
    "ledger_unprotected",
    Severity.MEDIUM,
    "One call deletes the table with all marks, and revoked sessions live again.",
    "Set removalPolicy to retain and deploy, or switch deletion protection on.",
    f"{_DOCS}/WorkingWithTables.Basics.html",
)
UNSEEN_KEY = Kind(
    "ledger_key_unseen",
    Severity.LOW,
    "The table is encrypted by a key of DynamoDB's own, whose use shows in no trail of yours.",
    _DEPLOY,
    f"{_DOCS}/encryption.howitworks.html",
)


def _table(site: Site) -> Iterator[Finding]:
    name = _name(site)
    with answering():
        found = site.found_or_none("dynamodb", "describe_table", TableName=name)
    if found is None:
        yield NOT_ACTIVE.at(name, "there is no such table")
        return
    table = found["Table"]
    keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]
    if table["TableStatus"] not in ("ACTIVE", "UPDATING") or keys != [(KEY, "HASH")]:
        yield NOT_ACTIVE.at(name, f"it is {table['TableStatus']}, with the keys {keys}")
    if table.get("BillingModeSummary", {}).get("BillingMode") != "PAY_PER_REQUEST":
        yield PROVISIONED.at(name, "its capacity is provisioned")
    if not table.get("DeletionProtectionEnabled", False):
        yield UNPROTECTED.at(name, "deletion protection is off")
    if table.get("SSEDescription", {}).get("Status") not in ("ENABLED", "UPDATING"):
        yield UNSEEN_KEY.at(name, "its key is DynamoDB's own")


def _recovery(site: Site) -> Iterator[Finding]:
    name = _name(site)
    with answering():
        backups = site.client("dynamodb").describe_continuous_backups(TableName=name)
    described = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if described.get("PointInTimeRecoveryStatus") != "ENABLED":
        yield NO_RECOVERY.at(name, "point-in-time recovery is off")


def _ttl(site: Site) -> Iterator[Finding]:
    name = _name(site)
    with answering():
        found = site.client("dynamodb").describe_time_to_live(TableName=name)
    ttl = found["TimeToLiveDescription"]
    is_on = ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    if not is_on or ttl.get("AttributeName") != TTL_ATTRIBUTE:
        yield NO_TTL.at(name, f"its rows are not deleted by the attribute {TTL_ATTRIBUTE}")


def _name(site: Site) -> str:
    name = site.deployment.ledger_table
    if name is None:
        raise DoesNotApplyError("this deployment has no ledger")
    return name


CHECKS = (
    Check(
        "ledger",
        "its shape, capacity, protection, key",
        _table,
        ("dynamodb:DescribeTable",),
        (NOT_ACTIVE, PROVISIONED, UNPROTECTED, UNSEEN_KEY),
    ),
    Check(
        "ledger_recovery",
        "its marks can be brought back",
        _recovery,
        ("dynamodb:DescribeContinuousBackups",),
        (NO_RECOVERY,),
    ),
    Check(
        "ledger_ttl",
        "its old rows go",
        _ttl,
        ("dynamodb:DescribeTimeToLive",),
        (NO_TTL,),
    ),
)
