"""The other two Lambdas: the hook and the feed, without what they report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ledger.dynamodb import Calls
from ledger.writer import Writer
from pre_token_hook.hook import Hook
from pre_token_hook.mark import Marker
from pre_token_hook.settings import Settings as HookSettings
from pre_token_hook.sign_out import SignOut
from pre_token_hook.telemetry import Telemetry as HookTelemetry
from session_feed.feed import Feed
from session_feed.settings import Settings as FeedSettings
from session_feed.telemetry import Telemetry as FeedTelemetry
from tests.delay import environments
from tests.delay.drawn import PLAIN_CLIENT, Drawn
from tests.delay.history import Happened
from tests.dynamodb import TABLE
from tests.tokens import POOL_ID
from tests.unit.pre_token_hook.triggers import version_1
from tests.unit.session_feed.bench import event

_HOOK_ROLE = "arn:aws:iam::123456789012:role/hook"
_BY_HOOK = {
    "type": "AssumedRole",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": _HOOK_ROLE}},
}


class _HookReports(HookTelemetry):
    def __init__(self) -> None:
        self.outcome = ""

    def report(self, outcome: str, *_: Any, **__: Any) -> None:
        self.outcome = outcome


class _FeedReports(FeedTelemetry):
    def __init__(self) -> None:
        self.outcome = ""

    def report(self, outcome: str, *_: Any, **__: Any) -> None:
        self.outcome = outcome


class Functions:
    """Both, around one table."""

    def __init__(
        self,
        drawn: Drawn,
        *,
        clock: Callable[[], float],
        hook_clock: Callable[[], float],
        sign_out: SignOut,
        calls: Calls,
    ) -> None:
        writer = Writer(TABLE, calls)
        hook_settings = HookSettings.from_env(environments.hook(drawn))
        self._hook_reports = _HookReports()
        marker = Marker(hook_settings, writer, clock=hook_clock, monotonic=clock)
        self._hook = Hook(
            hook_settings, sign_out, self._hook_reports, marker if drawn.has_ledger else None
        )
        self._feed_reports = _FeedReports()
        self._feed = Feed(
            FeedSettings.from_env(
                {
                    "USER_POOL_ID": POOL_ID,
                    "LEDGER_TABLE": TABLE,
                    "AWS_REGION": "eu-west-1",
                    "HOOK_ROLE_ARN": _HOOK_ROLE,
                }
            ),
            writer,
            self._feed_reports,
            clock=clock,
            monotonic=clock,
        )

    def call_hook(self, subject: str, client_id: str, *, is_sign_in: bool) -> str:
        """Cognito calls the hook; what came of it.

        A refresh comes as such, but for a client that rotates its refresh tokens: as a sign-in.

        Raises:
            SignInRefused: no tokens may be made.
        """
        is_plain_refresh = not is_sign_in and client_id == PLAIN_CLIENT
        source = "RefreshTokens" if is_plain_refresh else "Authentication"
        trigger = version_1(f"TokenGeneration_{source}", client=client_id)
        trigger["request"]["userAttributes"]["sub"] = subject
        assert self._hook.handle(trigger) is trigger
        return self._hook_reports.outcome

    def feed(self, happened: Happened) -> None:
        """EventBridge hands an event to the feed.

        Raises:
            LedgerError: it has failed.
        """
        detail: dict[str, Any] = {"userIdentity": _BY_HOOK} if happened.by_hook else {}
        if happened.operation.endswith("_POST"):
            # Domain endpoints' events carry an empty code, and name no pool where they could.
            detail |= {"errorCode": "", "requestParameters": None}
        what = event(happened.operation, at=happened.at, subject=happened.subject, **detail)
        self._feed.handle(what)
        assert self._feed_reports.outcome == "marked"
