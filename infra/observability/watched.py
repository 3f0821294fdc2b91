"""The parts of one deployment that are watched."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_logs as logs

from infra.logout_receivers import LogoutReceivers
from infra.operator_log import OperatorLog
from infra.session_authorizer import SessionAuthorizer
from infra.session_feed import SessionFeed
from infra.sign_out_endpoint import SignOutEndpoint
from infra.single_session_hook import SingleSessionHook


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What there is of it; the authorizer is always there.

    Attributes:
        access_log: of REST APIs behind the authorizer, with the fields of
            :data:`infra.example_api.ACCESS_LOG_FIELDS`, of which HTTP APIs lack some.
    """

    sessions: SessionAuthorizer
    hook: SingleSessionHook | None = None
    feed: SessionFeed | None = None
    sign_out: SignOutEndpoint | None = None
    receivers: LogoutReceivers | None = None
    access_log: logs.ILogGroup | None = None
    operator_log: OperatorLog | None = None

    @property
    def deployment(self) -> str:
        """The dimension of its metrics."""
        return self.sessions.deployment_name

    def check(self) -> None:
        """Hold all parts to one deployment.

        Raises:
            ValueError: a part writes its metrics under another deployment's name.
        """
        for part in (self.hook, self.feed, self.sign_out, self.receivers):
            if part is not None and part.deployment_name != self.deployment:
                raise ValueError(
                    f"{part.node.path} reports as {part.deployment_name}, not as"
                    f" {self.deployment}: give both the same deployment_name"
                )
