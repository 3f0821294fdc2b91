"""CloudFormation's intrinsic functions, as text that can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_:.]+)\}")
_DYNAMIC = re.compile(r"\{\{resolve:ssm:([^:}]+)\}\}")


class Intrinsics:
    """Spells references of one template; anything that it does not know is an error.

    Pseudo parameters lose their ``AWS::``, so that ARNs keep their number of colons.
    """

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._parameters: Mapping[str, Any] = template.get("Parameters", {})

    def text(self, value: Any) -> str:
        """A property's value as one text."""
        if isinstance(value, str):
            return _DYNAMIC.sub(r"<ssm:\1>", value)
        if isinstance(value, int):
            return str(value)
        ((function, argument),) = value.items()
        if function == "Ref":
            return self._named(argument)
        if function == "Fn::GetAtt":
            parts = argument.split(".") if isinstance(argument, str) else argument
            return f"<{'.'.join(parts)}>"
        if function == "Fn::Join":
            separator, parts = argument
            return str(separator).join(self.text(part) for part in parts)
        if function == "Fn::Sub":
            return self._substituted(argument)
        if function == "Fn::Select":
            index, what = argument
            ((_, (separator, source)),) = what.items()
            assert separator == ":"
            return f"<part {index} of {self.text(source).rpartition('/')[2]}".rstrip(">") + ">"
        raise ValueError(f"unknown function {function}")

    def number(self, value: Any) -> int | str | None:
        """A literal number, a reference as text, or None."""
        return value if value is None or isinstance(value, int) else self.text(value)

    def texts(self, value: Any) -> tuple[str, ...]:
        """A list, or a text with commas."""
        parts = value if isinstance(value, list) else [value]
        return tuple(part.strip() for each in parts for part in self.text(each).split(","))

    def _named(self, name: str) -> str:
        parameter = self._parameters.get(name)
        if parameter is None:
            return f"<{name.removeprefix('AWS::')}>"
        assert parameter["Type"] == "AWS::SSM::Parameter::Value<String>", name
        return f"<ssm:{parameter['Default']}>"

    def _substituted(self, argument: Any) -> str:
        text, values = (argument, {}) if isinstance(argument, str) else argument
        return _VARIABLE.sub(
            lambda found: (
                self.text(values[found[1]]) if found[1] in values else self._variable(found[1])
            ),
            text,
        )

    def _variable(self, name: str) -> str:
        return f"<{name}>" if "." in name else self._named(name)
