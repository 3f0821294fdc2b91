"""Fails synth for a route that none of our authorizers guards."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import jsii
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from constructs import Construct, IConstruct, IValidation

from infra.references import refers_to, targets
from infra.session_authorizer import SessionAuthorizer

_CONNECT = "$connect"


class RouteGuard:
    """Looks at every method and route in a scope once the app is complete.

    REST methods, routes of HTTP APIs, and ``$connect`` of WebSocket APIs need an authorizer
    that calls the given function. ``OPTIONS`` is free, because browsers send it without
    credentials, and so are the routes that are listed as open. An API whose routes stand in a
    document (OpenAPI) cannot be looked into, and fails.
    """

    @staticmethod
    def watch(
        scope: Construct, authorizer: SessionAuthorizer, *, open_routes: Collection[str] = ()
    ) -> None:
        """Guard everything in ``scope``: an API, a stack, or the whole app.

        Args:
            authorizer: the only one that counts.
            open_routes: ``METHOD /path`` as the API writes it, or ``$connect``. One that does
                not exist fails synth as well: a list nobody keeps opens what comes later.
        """
        scope.node.add_validation(_Guard(scope, authorizer, frozenset(open_routes)))


@jsii.implements(IValidation)
class _Guard:
    def __init__(
        self, scope: Construct, authorizer: SessionAuthorizer, open_routes: frozenset[str]
    ) -> None:
        self._scope = scope
        self._authorizer = authorizer
        self._open_routes = open_routes

    def validate(self) -> list[str]:
        problems: list[str] = []
        unmet = set(self._open_routes)
        for construct in self._scope.node.find_all():
            if _is_closed_book(construct):
                problems.append(
                    f"{construct.node.path} has its routes in a document, where no check can see"
                    " whether an authorizer guards them"
                )
            route = _route_of(construct)
            if route is None or route.startswith("OPTIONS "):
                continue
            unmet.discard(route)
            if route not in self._open_routes and not self._is_guarded(construct):
                problems.append(
                    f"{route} ({construct.node.path}) has no authorizer of"
                    f" {self._authorizer.node.path}: give it one, or list it as open"
                )
        problems += [f"{route} is listed as open and does not exist" for route in sorted(unmet)]
        return problems

    def _is_guarded(self, route: IConstruct) -> bool:
        assert isinstance(route, apigateway.CfnMethod | apigatewayv2.CfnRoute)
        alias = f"{self._authorizer.alias.node.path}/Resource"
        return route.authorization_type == "CUSTOM" and any(
            isinstance(authorizer, apigateway.CfnAuthorizer | apigatewayv2.CfnAuthorizer)
            and refers_to(authorizer.authorizer_uri, alias)
            for authorizer in targets(route.authorizer_id)
        )


def _is_closed_book(construct: IConstruct) -> bool:
    if isinstance(construct, apigateway.CfnRestApi):
        return construct.body is not None or construct.body_s3_location is not None
    if isinstance(construct, apigatewayv2.CfnApi):
        # ``target`` makes a $default route in passing, without any authorizer.
        return any((construct.body, construct.body_s3_location, construct.target))
    return False


def _route_of(construct: IConstruct) -> str | None:
    """``METHOD /path``, ``$default`` or ``$connect``; None for anything that needs no guard."""
    if isinstance(construct, apigateway.CfnMethod):
        return f"{construct.http_method} /{'/'.join(_path(construct.resource_id))}"
    if isinstance(construct, apigatewayv2.CfnRoute):
        is_websocket = any(
            isinstance(api, apigatewayv2.CfnApi) and api.protocol_type == "WEBSOCKET"
            for api in targets(construct.api_id)
        )
        return None if is_websocket and construct.route_key != _CONNECT else construct.route_key
    return None


def _path(resource_id: str) -> Iterator[str]:
    for resource in targets(resource_id):
        if isinstance(resource, apigateway.CfnResource):
            yield from _path(resource.parent_id)
            yield resource.path_part
