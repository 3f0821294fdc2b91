"""The deployment's functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from ops.aws import answering
from ops.doctor.findings import Check, Finding, Kind, Severity
from ops.doctor.site import STACK_NEEDS, Site
from pre_token_hook.settings import TRIGGER_LIMIT_MS

_FUNCTION_NEEDS = (*STACK_NEEDS, "lambda:GetFunctionConfiguration")
_RUNTIME_DOCS = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
_CONCURRENCY_DOCS = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html"

#: When AWS ends the support of each runtime, as planned in November 2026.
#: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
SUPPORTED_UNTIL = {
    "python3.8": date(2024, 10, 14),
    "python3.9": date(2025, 12, 15),
    "python3.10": date(2026, 10, 31),
    "python3.11": date(2027, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
}
_SOON_DAYS = 180

#: Of a new account; every function of the Region shares it.
_FEW_SANDBOXES = 100

RUNTIME_OLD = Kind(
    "runtime_deprecated",
    Severity.MEDIUM,
    "Its Python and the SDK in it get no security patches any more.",
    "Set runtime to a current one and deploy.",
    _RUNTIME_DOCS,
)
RUNTIME_ENDS = Kind(
    "runtime_ends_soon",
    Severity.LOW,
    "Within half a year its Python and the SDK in it get no security patches any more.",
    "Plan a deployment with a newer runtime.",
    _RUNTIME_DOCS,
)
NOT_ACTIVE = Kind(
    "function_not_active",
    Severity.HIGH,
    "What was deployed does not run, or not as it was configured.",
    "Look at the function's state in the console, and deploy the stack anew.",
    "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html",
)
TIMEOUT_SHORT = Kind(
    "timeout_short",
    Severity.HIGH,
    "Lambda ends the function before its own budget does: callers get 503 in place of an answer.",
    "Deploy the stack anew: it sets the time-out above the budget.",
    "docs/settings.md",
)
TIMEOUT_LONG = Kind(
    "hook_timeout_long",
    Severity.MEDIUM,
    "Cognito repeats a trigger after five seconds: a first try that is still under way may sign out"
    " the session that the second one let in.",
    "Deploy the stack anew: it sets the time-out below five seconds.",
    "docs/decisions/0006-the-hooks-mark.md",
)
NO_SANDBOX = Kind(
    "no_concurrency",
    Severity.HIGH,
    "Lambda refuses every invocation of a function whose reserved concurrency is 0.",
    "Take the reservation away, or raise it.",
    _CONCURRENCY_DOCS,
)
FEW_SANDBOXES = Kind(
    "account_concurrency_low",
    Severity.LOW,
    "All functions of the Region share this; when it is spent, callers get 503 and sign-ins fail.",
    "Ask for more in Service Quotas (Lambda, concurrent executions), and reserve some for the"
    " authorizer.",
    _CONCURRENCY_DOCS,
)


def _runtimes(site: Site) -> Iterator[Finding]:
    today = datetime.fromtimestamp(site.now, UTC).date()
    for function in site.functions:
        until = SUPPORTED_UNTIL.get(function.get("Runtime", ""))
        if until is None:
            continue
        days = (until - today).days
        what = f"{function['Runtime']} is supported until {until.isoformat()}"
        if days < 0:
            yield RUNTIME_OLD.at(function["FunctionName"], what)
        elif days <= _SOON_DAYS:
            yield RUNTIME_ENDS.at(function["FunctionName"], what)


def _states(site: Site) -> Iterator[Finding]:
    for function in site.functions:
        state, update = function.get("State", "Active"), function.get("LastUpdateStatus", "")
        # A function that was not called for weeks is inactive, and wakes up when it is.
        if state == "Failed" or update == "Failed":
            why = function.get("StateReason") or function.get("LastUpdateStatusReason") or ""
            yield NOT_ACTIVE.at(function["FunctionName"], f"{state}, update {update}: {why}")
    budget = site.deployment.settings.decision_budget_ms
    if site.authorizer["Timeout"] * 1000 <= budget:
        told = f"it is stopped after {site.authorizer['Timeout']} s, its budget is {budget} ms"
        yield TIMEOUT_SHORT.at(site.authorizer["FunctionName"], told)
    hook = site.hook
    if hook is not None and hook["Timeout"] * 1000 >= TRIGGER_LIMIT_MS:
        yield TIMEOUT_LONG.at(hook["FunctionName"], f"it is stopped after {hook['Timeout']} s")


def _concurrency(site: Site) -> Iterator[Finding]:
    for function in site.functions:
        name = function["FunctionName"]
        with answering():
            found = site.client("lambda").get_function_concurrency(FunctionName=name)
        if found.get("ReservedConcurrentExecutions") == 0:
            yield NO_SANDBOX.at(name, "its reserved concurrency is 0")
    with answering():
        limit = site.client("lambda").get_account_settings()["AccountLimit"]
    shared = int(limit["UnreservedConcurrentExecutions"])
    if shared < _FEW_SANDBOXES:
        yield FEW_SANDBOXES.at("the account", f"{shared} sandboxes for all functions together")


CHECKS = (
    Check(
        "runtimes",
        "runtimes, and the SDK in them",
        _runtimes,
        (*_FUNCTION_NEEDS, "sts:GetCallerIdentity"),
        (RUNTIME_OLD, RUNTIME_ENDS),
    ),
    Check(
        "functions",
        "states and time-outs",
        _states,
        _FUNCTION_NEEDS,
        (NOT_ACTIVE, TIMEOUT_SHORT, TIMEOUT_LONG),
    ),
    Check(
        "concurrency",
        "sandboxes to be had",
        _concurrency,
        (*_FUNCTION_NEEDS, "lambda:GetFunctionConcurrency", "lambda:GetAccountSettings"),
        (NO_SANDBOX, FEW_SANDBOXES),
    ),
)
