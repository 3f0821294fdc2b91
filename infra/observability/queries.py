"""Questions to the logs, in CloudWatch Logs Insights' language.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html

They go by what the authorizer's line holds, which is nothing that an attacker wrote: who sent a
forged token stands in the API's access log, which is joined to it by the request's id. HTTP APIs'
access logs have no such id: of their variables none names the call of the authorizer.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from authorizer.errors import Reason
from infra.observability.options import ObservabilityOptions

#: What whoever runs a query replaces.
SUBJECT = "<sub>"

#: From how many milliseconds on a decision is looked at, unless the alarm rings below that.
_SLOW_MS = 500

#: What a token is refused for that nobody but a forger or a broken client makes.
FORGED = (
    Reason.TOKEN_MALFORMED,
    Reason.HEADER_NOT_ALLOWED,
    Reason.ALGORITHM_NOT_ALLOWED,
    Reason.KEY_UNKNOWN,
    Reason.KEY_LOOKUP_LIMITED,
    Reason.SIGNATURE_INVALID,
    Reason.CLAIM_MALFORMED,
    Reason.ISSUER_NOT_ALLOWED,
)

_DISPLACED = (Reason.SIGNED_IN_ELSEWHERE, Reason.SESSION_LIMIT_REACHED)


class Log(Enum):
    """Which lines a query reads."""

    AUTHORIZER = "authorizer"
    ACCESS = "access"
    OPERATORS = "operators"


@dataclass(frozen=True, slots=True)
class Query:
    """One saved query.

    Attributes:
        name: behind the deployment's name and a slash, which makes a folder in the console.
        logs: what it has to be run over, together.
    """

    name: str
    logs: tuple[Log, ...]
    text: str


def queries(options: ObservabilityOptions) -> Iterator[Query]:
    """Every query that there is."""
    slow_ms = min(_SLOW_MS, options.latency_alarm_ms)
    yield Query(
        "why-was-this-user-refused",
        (Log.AUTHORIZER,),
        f"""\
# Put the user's sub, as in the token and in Cognito's console, in the place of {SUBJECT}.
fields @timestamp, reason, route, client_id, session, session_state, found_by, asked, ledger,
  request_id, xray_trace_id
| filter message = "decision" and sub = "{SUBJECT}" and reason != "granted"
| sort @timestamp desc
| limit 200""",
    )
    yield Query(
        "top-reasons",
        (Log.AUTHORIZER,),
        """\
filter message = "decision" and reason != "granted"
| stats count(*) as requests, count_distinct(sub) as users, count_distinct(client_id) as clients
  by reason
| sort requests desc""",
    )
    yield Query(
        "who-was-evicted",
        (Log.AUTHORIZER,),
        f"""\
# A line with evicted: this session took the places of so many. A line with a reason: one of those
# sessions was used again, and refused.
fields @timestamp, sub, client_id, session, evicted, reason, request_id
| filter message = "decision" and (evicted > 0 or reason in {_listed(_DISPLACED)})
| sort @timestamp desc
| limit 200""",
    )
    yield Query(
        "forged-token-sources",
        (Log.AUTHORIZER, Log.ACCESS),
        f"""\
# The authorizer's line says what was wrong, the access log whence it came. Of REST APIs only: an
# HTTP API's access log cannot name the authorizer's request, and nothing of it is found here.
filter ispresent(authorizerRequestId) or reason in {_listed(FORGED)}
| fields coalesce(authorizerRequestId, request_id) as id
| stats sortsLast(reason) as why, sortsLast(sourceIp) as ip by id
| filter ispresent(why) and ispresent(ip)
| stats count(*) as attempts by ip, why
| sort attempts desc
| limit 100""",
    )
    yield Query(
        "slow-decisions",
        (Log.AUTHORIZER,),
        f"""\
fields @timestamp, stage_ms.total, stage_ms.verification, stage_ms.revocation, asked, asked_ms,
  ledger, found_by, reason, request_id, xray_trace_id
| filter message = "decision" and stage_ms.total >= {slow_ms}
| sort stage_ms.total desc
| limit 100""",
    )
    yield Query(
        "operators-actions",
        (Log.OPERATORS,),
        """\
# Two lines of each change, with the same run_id: what was intended, and what came of it.
fields @timestamp, caller, action, phase, reason, run_id, @message
| filter message = "operator_action"
| sort @timestamp desc
| limit 500""",
    )


def _listed(reasons: tuple[Reason, ...]) -> str:
    return "[" + ", ".join(f'"{reason}"' for reason in reasons) + "]"
