"""What a property of a resource refers to, before CloudFormation has any ids."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def targets(text: str | None) -> list[IConstruct]:
    """The resources that a property refers to, in whatever stack they are.

    Compare them by path: jsii makes a new Python object for each look at a construct.
    """
    if text is None:
        return []
    tokens = cdk.Tokenization.reverse_string(text).tokens
    return [token.target for token in tokens if isinstance(token, cdk.Reference)]


def refers_to(text: str | None, path: str) -> bool:
    """Whether a property refers to the resource at ``path``."""
    return any(target.node.path == path for target in targets(text))
