"""The Serverless service, as it is written."""

from __future__ import annotations

from . import serverless
from .attached import ApiKind
from .examples import FOLDER, load
from .rules import problems

SERVICE = FOLDER / "serverless" / "serverless.yml"


def test_every_rule_holds() -> None:
    """Every event's route has the authorizer, which is told what it must be told."""
    attached = serverless.read(load(SERVICE))
    assert problems(attached) == []
    assert {each.kind for each in attached.authorizers.values()} == {
        ApiKind.REST,
        ApiKind.HTTP,
        ApiKind.WEBSOCKET,
    }


def test_the_handlers_exist() -> None:
    """Each handler is a function of the file that it names."""
    for function in load(SERVICE)["functions"].values():
        module, _, name = function["handler"].partition(".")
        source = (SERVICE.parent / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {name}(" in source
