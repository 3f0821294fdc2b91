"""What every command has: options for where to work, ``--json``, help that teaches, an exit code.

.. code-block:: python

    @command(app, "show", example="ttl show", needs=("apigateway:GET",))
    def show(run: Run) -> Answer:
        '''Show each layer's TTL as deployed.'''

The function's first argument is the :class:`ops.run.Run`; the others are the command's own options,
as Typer reads them.
"""

from __future__ import annotations

import inspect
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, get_type_hints

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from typer.core import TyperGroup

from ops.answers import SCHEMA_VERSION, Answer, Exit, OpsError, UsageError, defect_text
from ops.audit import AUDIT_NEEDS
from ops.aws import unavailable
from ops.deployment import DEFAULT_STACK
from ops.output import with_output
from ops.run import Approval, Place, Run
from ops.token_input import looks_like_token, redacted
from ops.world import World

#: What finding the deployment takes, which nearly every command begins with.
DEPLOYMENT_NEEDS = ("ssm:GetParametersByPath", "lambda:GetFunctionConfiguration")

_WHERE = "Where"
_COMMON: dict[str, Any] = {
    "stack": Annotated[str, typer.Option(help="Stack of the deployment.", rich_help_panel=_WHERE)],
    "region": Annotated[
        str | None, typer.Option(help="Region; the configured one.", rich_help_panel=_WHERE)
    ],
    "profile": Annotated[str | None, typer.Option(help="AWS profile.", rich_help_panel=_WHERE)],
    "endpoint_url": Annotated[
        str | None,
        typer.Option(help="A stack on this machine, in place of AWS.", rich_help_panel=_WHERE),
    ],
    "as_json": Annotated[
        bool, typer.Option("--json", help="One JSON object, for scripts.", rich_help_panel=_WHERE)
    ],
}
_CHANGE = "Change"
_OF_CHANGES: dict[str, Any] = {
    "yes": Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=_CHANGE)],
    "reason": Annotated[
        str | None, typer.Option(help="Why, for the trail.", rich_help_panel=_CHANGE)
    ],
    "without_audit": Annotated[
        bool,
        typer.Option(
            "--without-audit", help="Leave no line in the trail.", rich_help_panel=_CHANGE
        ),
    ],
}
_DEFAULTS = {"stack": DEFAULT_STACK, "as_json": False, "yes": False, "without_audit": False}

#: The IAM actions that each command needs, by its name; ``ops/README.md`` has the table.
NEEDS: dict[str, tuple[str, ...]] = {}

_INTERRUPTED = "interrupted; nothing was done"
_INTERRUPTED_HALF_WAY = "interrupted: what was begun may be done or not; repeating it does no harm"

Function = Callable[..., Answer]


def command(
    app: typer.Typer,
    name: str,
    *,
    example: str,
    needs: Sequence[str],
    group: str = "",
    is_change: bool = False,
) -> Callable[[Function], Function]:
    """Make a function a command of ``app``.

    Args:
        app: the program, or a group of it.
        name: what it is called there.
        example: a command line without ``python -m ops``.
        needs: the IAM actions that it calls. Unsigned operations are none.
        group: the group's name, if ``app`` is one.
        is_change: whether it changes something: it is then asked for a reason, confirmed, and
            written down, by :func:`ops.change.carry_out`.
    """
    full_name = f"{group} {name}".strip()
    needs = (*needs, *AUDIT_NEEDS) if is_change else tuple(needs)
    NEEDS[full_name] = needs
    common = _COMMON | (_OF_CHANGES if is_change else {})

    def decorate(function: Function) -> Function:
        def run(context: typer.Context, **given: Any) -> None:
            place = Place(
                *(given.pop(option) for option in ("stack", "region", "profile", "endpoint_url"))
            )
            approval = Approval(**{o: given.pop(o) for o in _OF_CHANGES if o in given})
            world = context.obj if isinstance(context.obj, World) else World()
            raise typer.Exit(
                _carry_out(
                    function, full_name, Run(world, place, Console(stderr=True), approval), given
                )
            )

        _sign(run, function, common)
        app.command(name, help=_help(function, example, needs))(run)
        return function

    return decorate


def _sign(run: Callable[..., None], function: Function, common: Mapping[str, Any]) -> None:
    """Give ``run`` the options of ``function`` and those that all commands have."""
    hints = get_type_hints(function, include_extras=True)
    own = list(inspect.signature(function).parameters.values())[1:]
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("context", kind, annotation=typer.Context)]
    parameters += [p.replace(annotation=hints[p.name], kind=kind) for p in own]
    parameters += [
        inspect.Parameter(name, kind, annotation=annotation, default=_DEFAULTS.get(name))
        for name, annotation in common.items()
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}


def _help(function: Function, example: str, needs: Sequence[str]) -> str:
    said = inspect.cleandoc(function.__doc__ or "")
    rights = ", ".join(f"`{action}`" for action in needs) or "no AWS credentials"
    return f"{said}\n\n**Example**: `python -m ops {example}`\n\n**Needs**: {rights}"


def _carry_out(function: Function, name: str, run: Run, given: dict[str, Any]) -> int:
    is_json = given.pop("as_json")
    try:
        _need_finite(given.values())
        answer = function(run, **given)
    except (OpsError, ClientError, BotoCoreError) as error:
        failure = error if isinstance(error, OpsError) else unavailable(error)
        return _fail(
            name,
            failure.code,
            redacted(str(failure), run.secrets),
            failure.exit_code,
            is_json=is_json,
        )
    except KeyboardInterrupt:
        said = _INTERRUPTED_HALF_WAY if run.may_have_changed else _INTERRUPTED
        return _fail(name, "interrupted", said, Exit.INTERRUPTED, is_json=is_json)
    except EOFError:
        return _fail(name, "not_confirmed", "nobody answered", Exit.NOT_CONFIRMED, is_json=is_json)
    except Exception as error:
        # Texts of unexpected errors may quote anything; where they came up says enough.
        return _fail(name, "defect", defect_text(error), Exit.DEFECT, is_json=is_json)
    finally:
        run.close()
    _print(name, answer, run.console, is_json=is_json)
    return int(answer.exit_code)


def _need_finite(values: Iterable[Any]) -> None:
    # The least and the most that an option takes say nothing of nan.
    if not all(math.isfinite(value) for value in values if isinstance(value, float)):
        raise UsageError("number", "a number has to be a finite one")


def _print(name: str, answer: Answer, console: Console, *, is_json: bool) -> None:
    if is_json:
        _print_json(name, answer.exit_code, data=answer.data, warnings=answer.warnings)
        return
    # What others have named may look like markup.
    out = Console(markup=False, highlight=False, emoji=False)
    for part in answer.view:
        # A word that is wider than the terminal is for the terminal to break.
        out.print(part, crop=False)
    for warning in answer.warnings:
        console.print(f"Warning: {warning}", style="yellow", markup=False, highlight=False)


def _fail(name: str, code: str, message: str, exit_code: Exit, *, is_json: bool) -> int:
    if is_json:
        _print_json(name, exit_code, error={"code": code, "message": message})
    else:
        Console(stderr=True).print(message, style="bold red", markup=False, highlight=False)
    return int(exit_code)


def _print_json(
    name: str,
    exit_code: Exit,
    *,
    data: Any = None,
    warnings: Iterable[str] = (),
    error: dict[str, str] | None = None,
) -> None:
    document = {
        "version": SCHEMA_VERSION,
        "command": name,
        "exit_code": int(exit_code),
        "data": data,
        "warnings": list(warnings),
        "error": error,
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


class QuietGroup(TyperGroup):
    """The program itself, which repeats nothing of a command line that might be a secret."""

    def main(self, args: Sequence[str] | None = None, **how: Any) -> Any:  # type: ignore[override]
        """See Click. Always ends the process."""
        given = list(sys.argv[1:] if args is None else args)
        sys.exit(with_output(lambda: self._exit_code(given, how)))

    def _exit_code(self, given: Sequence[str], how: dict[str, Any]) -> int:
        is_json = "--json" in given
        if any(looks_like_token(text) for text in given):
            message = (
                "a token on the command line is seen by others and kept by the shell: take it out"
                " of the history, revoke it, and give tokens by standard input or --token-file"
            )
            return _fail("", "token_on_command_line", message, Exit.USAGE, is_json=is_json)
        try:
            how["standalone_mode"] = False
            return int(super().main(args=list(given) or ["--help"], **how) or 0)
        except typer.TyperException as error:
            message = f"{_without(error.format_message(), given)} (--help shows what is)"
            return _fail("", "usage", message, Exit.USAGE, is_json=is_json)
        except typer.Abort:
            return _fail("", "not_confirmed", "aborted", Exit.NOT_CONFIRMED, is_json=is_json)


def _without(message: str, given: Iterable[str]) -> str:
    """A usage error's text without values that are long enough to be secrets."""
    for text in given:
        value = text.partition("=")[2] if text.startswith("-") else text
        if len(value) >= 12:
            message = message.replace(value, "…")
    return message
