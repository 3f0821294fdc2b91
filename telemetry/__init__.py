"""What the Lambdas beside the authorizer report: a log line and metrics for each invocation.

By Powertools for AWS Lambda. The authorizer is on every request's way, and writes lines of its own
(:mod:`authorizer.log_line`) that are log record and metrics in one.
"""

from telemetry.reports import Reports

__all__ = ["Reports"]
