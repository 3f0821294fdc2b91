"""The local stack as an account to probe: its Lambda is the probe's own, called in this process."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from typer.testing import CliRunner

from local.aws.clients import Clients
from local.aws.deployed_api import read_api
from local.gateway.gateway import Gateway
from local.gateway.messages import HttpRequest
from local.product_api import REGION
from ops.command import NEEDS
from ops.probe.authorizer_function import handle as authorize
from ops.probe.place import PREFIX
from ops.probe.trigger_function import handle
from ops.program import app
from ops.world import World
from tests.ops.bench import OpsBench, Ran, leaks
from tests.ops.deployed import aws_client
from tests.ops.watched_aws import needed


@dataclass
class ProbeBench:
    """An account.

    Attributes:
        interrupt_at: the operation at which somebody presses Ctrl-C.
        unready: how often the probe's API answers 403 before it is there.
        passing: told of each wait.
        asked: what somebody at the terminal was asked.
        answers: what he answers.
        sent: when each event came to the queue, by its id.
        there_before: what there was when it began.
        sandboxes: names of those that answer for the probe's authorizer, in turns.
    """

    stack: OpsBench
    passing: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    there_before: list[str] = field(default_factory=list)
    sandboxes: list[str] = field(default_factory=lambda: ["sandbox-1"])
    interrupt_at: str = ""
    unready: int = 0
    _gateways: dict[str, Gateway] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Another test may have had something left behind on purpose.
        self.there_before = self.everything()
        self.stack.called.clear()
        self.stack.broken.clear()
        self.stack.failing.clear()
        self.stack.lost.clear()
        self.stack.stack.cognito.traffic.has_quotas = False
        self.stack.stack.cognito.trail.take()

    def run(self, *options: str, is_json: bool = True) -> Ran:
        """Run ``python -m ops probe``, on a clock that waiting moves."""
        bench, clock = self.stack, self.stack.clock
        world = World(
            clock=clock,
            monotonic=clock,
            pause=self._pause,
            make_session=bench.make_session,
            is_terminal=lambda: bool(self.answers),
            ask=self._ask,
            fetch=self._fetch,
        )
        bench.watch, bench.answered = self._watch, self._answered
        where = ["--region", REGION, "--endpoint-url", bench.stack.cognito.url]
        where += ["--json"] if is_json else []
        before = Counter(bench.called)
        result = CliRunner(env={"COLUMNS": "250"}).invoke(
            app, ["probe", *options, *where], obj=world
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert not leaks(result.output, bench.secrets), "a secret went out"
        assert needed(bench.called - before) <= set(NEEDS["probe"]), "undocumented rights"
        return Ran(result.exit_code, result.stdout, result.stderr)

    def everything(self) -> list[str]:
        """Names of whatever there is that a probe has made."""
        url = self.stack.stack.cognito.url
        # All pages: every stack of this process has left its own there.
        pools = _all(aws_client(url, "cognito-idp"), "list_user_pools", "UserPools", MaxResults=60)
        roles = _all(aws_client(url, "iam"), "list_roles", "Roles")
        functions = _all(aws_client(url, "lambda"), "list_functions", "Functions")
        rules = aws_client(url, "events").list_rules(NamePrefix=PREFIX)["Rules"]
        queues = aws_client(url, "sqs").list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", [])
        apis = _all(aws_client(url, "apigateway"), "get_rest_apis", "items")
        found = [
            *(pool["Name"] for pool in pools),
            *(api["name"] for api in apis),
            *(role["RoleName"] for role in roles),
            *(function["FunctionName"] for function in functions),
            *(rule["Name"] for rule in rules),
            *(url.rsplit("/", 1)[-1] for url in queues),
        ]
        names = [name for name in found if name.startswith(PREFIX)]
        return [name for name in names if name not in self.there_before]

    def deliver(self) -> None:
        """Bring what CloudTrail saw, and the probe's rule asks for, to its queue."""
        url = self.stack.stack.cognito.url
        sqs, events = aws_client(url, "sqs"), aws_client(url, "events")
        queues = sqs.list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", [])
        for rule in events.list_rules(NamePrefix=PREFIX)["Rules"]:
            (queue,) = [url for url in queues if url.endswith(rule["Name"])]
            wanted = json.loads(rule["EventPattern"])["detail"]["eventName"]
            for event in self.stack.stack.cognito.trail.take():
                if event["detail"]["eventName"] in wanted:
                    self.sent[event["detail"]["eventID"]] = self.stack.clock()
                    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))

    def _fetch(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """What the local gateway answers, configured from the API that was made."""
        if self.unready:
            self.unready -= 1
            return 403, b""
        if url not in self._gateways:
            self._gateways[url] = self._open(url)
        request = HttpRequest("GET", "/", headers=tuple(headers.items()))
        answer = self._gateways[url].answer(request)
        return answer.status, answer.body

    def _open(self, url: str) -> Gateway:
        clients = Clients(self.stack.stack.cognito.url, REGION)
        counts = {name: Counter[str]() for name in self.sandboxes}
        turns = itertools.cycle(self.sandboxes)

        def invoke(event: Mapping[str, Any]) -> Any:
            name = next(turns)
            return authorize(dict(event), counts[name], name)

        functions = {
            function["FunctionArn"]: invoke
            for function in clients.of("lambda").list_functions()["Functions"]
            if function["FunctionName"].endswith("-authorizer")
        }
        gateway = Gateway(read_api(clients, url, functions), self.stack.clock)
        clients.close()
        return gateway

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answers.pop(0)

    def _pause(self, seconds: float) -> None:
        self.stack.clock.advance(seconds)
        self.passing()

    def _answered(self, model: Any, parsed: Any) -> None:
        """moto's messages are of the time on the wall."""
        for message in parsed.get("Messages", []) if model.name == "ReceiveMessage" else []:
            sent = self.sent[json.loads(message["Body"])["detail"]["eventID"]]
            assert "SentTimestamp" in message["Attributes"]
            message["Attributes"]["SentTimestamp"] = str(int(sent * 1000))

    def _watch(self, params: Any, model: Any) -> None:
        if model.name == self.interrupt_at:
            raise KeyboardInterrupt
        if model.name == "ReceiveMessage":
            # moto waits by the clock on the wall.
            body = json.loads(params["body"])
            self._pause(body["WaitTimeSeconds"])
            params["body"] = json.dumps(body | {"WaitTimeSeconds": 0}).encode()
        if model.service_model.endpoint_prefix != "cognito-idp":
            return
        body = json.loads(params["body"])
        if model.name == "CreateUserPool":
            arn = body["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaArn"]
            sdk = self.stack.stack.sdk
            self.stack.stack.cognito.trigger.functions[arn] = lambda event: handle(
                event, sdk.admin_user_global_sign_out
            )
        given = {"AccessToken", "Password", "RefreshToken", "Token"} & body.keys()
        self.stack.secrets |= {body[name] for name in given if len(body[name]) > 20}


def _all(client: Any, operation: str, member: str, **parameters: Any) -> list[dict[str, Any]]:
    """What an operation lists, of all pages."""
    pages = client.get_paginator(operation).paginate(**parameters)
    found: list[dict[str, Any]] = pages.build_full_result()[member]
    return found
