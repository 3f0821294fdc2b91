"""What the candidates run from: folders as their zips unpack, with bytecode and without."""

from __future__ import annotations

import compileall
import py_compile
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from infra.bundling import AUTHORIZER, LAMBDA, Bundle, Target

_HERE = Path(__file__).resolve().parent

TEXTBOOK = Bundle(packages=(), requirements="benchmarks/textbook/requirements.txt")
_TEXTBOOK_FILES = {"lambda_function.py": _HERE / "textbook" / "lambda_function.py"}

AUTHORIZER_HANDLER = "authorizer.handler.handler"
TEXTBOOK_HANDLER = "lambda_function.lambda_handler"

#: What the X-Ray SDK brings into the textbook's zip, and the Lambda runtime has too.
SDK = (
    "botocore",
    "jmespath",
    "dateutil",
    "python_dateutil",
    "s3transfer",
    "six",
    "six.py",
    "urllib3",
)

#: The Lambda runtime brings boto3. Its versions here are those that our functions are locked to.
_RUNTIME = Bundle(packages=(), requirements="native_sessions/requirements.txt")


@dataclass(frozen=True, slots=True)
class Folders:
    """Bundles for this machine.

    Attributes:
        runtime: what the Lambda runtime has beside the function's own, always with bytecode.
    """

    root: Path

    @property
    def runtime(self) -> Path:
        """See the class."""
        return self.root / "runtime"

    def authorizer(self, *, has_bytecode: bool) -> Path:
        """The folder of this project's."""
        return self.root / ("authorizer" if has_bytecode else "authorizer-source")

    def textbook(self, *, has_bytecode: bool) -> Path:
        """The textbook's."""
        return self.root / ("textbook" if has_bytecode else "textbook-source")


def build_folders(root: Path) -> Folders:
    """Build all of them for this machine and Python.

    Raises:
        infra.bundling.BundlingError: a wheel is missing, or not what the lock file says.
    """
    folders = Folders(root)
    _RUNTIME.build(folders.runtime, None)
    _compile(folders.runtime)
    plain = folders.authorizer(has_bytecode=False)
    AUTHORIZER.build(plain, None)
    _both_ways(plain, folders.authorizer(has_bytecode=True))
    plain = folders.textbook(has_bytecode=False)
    TEXTBOOK.build(plain, None, files=_TEXTBOOK_FILES)
    _both_ways(plain, folders.textbook(has_bytecode=True))
    return folders


def zip_bytes(folder: Path, *, without: tuple[str, ...] = ()) -> int:
    """How long the zip of a folder is, deflated, as Lambda is given it.

    Args:
        without: names at the top that are left out.
    """
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as output:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.parts[0].partition("-")[0] not in without:
                output.write(path, name)
    return archive.stat().st_size


def build_for_lambda(root: Path, target: Target = LAMBDA) -> tuple[Path, Path]:
    """The bundle of this project and the textbook's, for Lambda's own platform."""
    ours, textbook = root / "authorizer-lambda", root / "textbook-lambda"
    AUTHORIZER.build(ours, target)
    TEXTBOOK.build(textbook, target, files=_TEXTBOOK_FILES)
    return ours, textbook


def _both_ways(plain: Path, compiled: Path) -> None:
    shutil.copytree(plain, compiled)
    _compile(compiled)
    for cache in sorted(plain.rglob("__pycache__")):
        shutil.rmtree(cache)


def _compile(folder: Path) -> None:
    """As a zip can carry bytecode: without times, which do not survive packing."""
    compileall.compile_dir(
        folder,
        quiet=2,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
