"""Texts that are known only when the app is complete, or deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import aws_cdk as cdk
import jsii


def at_synth(value: Callable[[], str]) -> str:
    """Stands for what ``value`` returns during synth."""
    return cdk.Lazy.string(_Late(value))


def known_names(names: Iterable[str]) -> list[str]:
    """The names, and a stand-in for each that only the deployment knows: to check the others."""
    return ["known-after-deployment" if cdk.Token.is_unresolved(name) else name for name in names]


@jsii.implements(cdk.IStableStringProducer)
class _Late:
    def __init__(self, value: Callable[[], str]) -> None:
        self._value = value

    def produce(self) -> str:
        return self._value()
