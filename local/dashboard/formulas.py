"""As much of CloudWatch's metric math as the dashboard and the alarms use.

Missing data is ``nan``. A function of several series leaves it out, and an operator passes it on.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class UnknownFormulaError(Exception):
    """The expression uses something that is not known here."""


def compute(expression: str, series: Mapping[str, Series]) -> Series:
    """What an expression makes of series, by their ids.

    Raises:
        UnknownFormulaError: it is not understood.
    """
    tree = ast.parse(expression.strip(), mode="eval")
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # A moment at which no series has data has no sum, which is no news.
        warnings.simplefilter("ignore", RuntimeWarning)
        computed = np.asarray(_value(tree.body, series), dtype=np.float64)
    return np.where(np.isfinite(computed), computed, np.nan)


def _value(node: ast.expr, series: Mapping[str, Series]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in series:
        return series[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, series), _value(node.right, series))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        compare = _COMPARISONS[type(node.ops[0])]
        return compare(_value(node.left, series), _value(node.comparators[0], series))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node.func.id, node.args, series)
    raise UnknownFormulaError(ast.unparse(node))


def _call(name: str, arguments: list[ast.expr], series: Mapping[str, Series]) -> Any:
    if name == "SUM" and isinstance(arguments[0], ast.List):
        members = np.array([_value(member, series) for member in arguments[0].elts])
        there = ~np.isnan(members)
        return np.where(there.any(axis=0), np.where(there, members, 0).sum(axis=0), np.nan)
    if name == "IF" and len(arguments) == 3:
        condition, then, otherwise = (_value(argument, series) for argument in arguments)
        return np.where(condition, then, otherwise)
    raise UnknownFormulaError(name)
