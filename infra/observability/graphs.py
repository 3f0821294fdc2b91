"""A graph, as the rows of the dashboard are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.observability.measures import Measures


class Color(StrEnum):
    """One meaning each, wherever it is used; told apart by people who see no red or green.

    Of Okabe and Ito's palette (https://jfly.uni-koeln.de/color/).
    """

    GOOD = "#009e73"
    REFUSED = "#e69f00"
    BAD = "#d55e00"
    USUAL = "#0072b2"
    CALM = "#56b4e9"
    RARE = "#cc79a7"
    QUIET = "#999999"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A horizontal line that something is held against."""

    value: float
    label: str
    color: Color = Color.BAD


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """One widget.

    Attributes:
        title: the question that it answers, with the unit.
        left, right: what is drawn, by its axis.
        lines: against the left axis.
        is_stacked: whether the parts add up to a whole.
        top: of the left axis; None for what is drawn.
        unit, right_unit: of the axes.
    """

    title: str
    left: Sequence[cloudwatch.IMetric]
    right: Sequence[cloudwatch.IMetric] = ()
    lines: Sequence[Line] = ()
    is_stacked: bool = False
    top: float | None = None
    unit: str = ""
    right_unit: str = ""

    def build(self, *, width: int, height: int) -> cloudwatch.GraphWidget:
        """The same in CDK's words."""
        return cloudwatch.GraphWidget(
            title=self.title,
            left=list(self.left),
            right=list(self.right),
            left_annotations=[
                cloudwatch.HorizontalAnnotation(
                    value=line.value, label=line.label, color=line.color.value
                )
                for line in self.lines
            ],
            stacked=self.is_stacked,
            left_y_axis=cloudwatch.YAxisProps(
                min=0, max=self.top, label=self.unit, show_units=False
            ),
            right_y_axis=(
                cloudwatch.YAxisProps(min=0, label=self.right_unit, show_units=False)
                if self.right
                else None
            ),
            width=width,
            height=height,
        )


def counts(
    measures: Measures, colors: Mapping[str, Color], labels: Mapping[str, str]
) -> list[cloudwatch.IMetric]:
    """The authorizer's counts of these names."""
    return [
        measures.metric(name, label=labels[name], color=color) for name, color in colors.items()
    ]
