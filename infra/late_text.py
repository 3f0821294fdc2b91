"""Texts that are known only when the app is complete."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import jsii


def at_synth(value: Callable[[], str]) -> str:
    """Stands for what ``value`` returns during synth."""
    return cdk.Lazy.string(_Late(value))


@jsii.implements(cdk.IStableStringProducer)
class _Late:
    def __init__(self, value: Callable[[], str]) -> None:
        self._value = value

    def produce(self) -> str:
        return self._value()
