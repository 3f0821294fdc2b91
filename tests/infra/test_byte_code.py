"""Byte code in the zips: where it is of use, of the sources alone, and the same bytes each time."""

from __future__ import annotations

import importlib.util
import marshal
import sys
from pathlib import Path

import pytest

from infra.bundling import LAMBDA, SESSION_FEED, Bundle, BundlingError, Target
from tests.infra.test_bundling import contents

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_byte_code_is_that_of_the_lambda(tmp_path: Path) -> None:
    """Where this Python is the Lambda's, each module has byte code that is taken unchecked."""
    zipped = [tmp_path / "first", tmp_path / "second"]
    for output in zipped:
        SESSION_FEED.build(output, Target(LAMBDA.platform, THIS_PYTHON))
    (output, _) = zipped
    for source in output.rglob("*.py"):
        cached = Path(importlib.util.cache_from_source(str(source)))
        header, code = cached.read_bytes()[:16], marshal.loads(cached.read_bytes()[16:])
        assert header[:4] == importlib.util.MAGIC_NUMBER
        # PEP 552: by hash, and unchecked.
        assert int.from_bytes(header[4:8], "little") == 0b01
        assert header[8:] == importlib.util.source_hash(source.read_bytes())
        assert code.co_filename == f"/var/task/{source.relative_to(output)}"
    assert contents(output) == contents(zipped[1])


@pytest.mark.parametrize("version", ["3.10", "3.99"])
def test_no_byte_code_for_another_python(version: str) -> None:
    """Byte code of one Python is of no use to another, and is left out."""
    assert not Target(LAMBDA.platform, version).is_this_python


def test_a_zip_for_another_python_has_none(tmp_path: Path) -> None:
    """The zip for Lambda's Python has byte code if, and only if, that Python built it."""
    SESSION_FEED.build(tmp_path)
    assert any(tmp_path.rglob("*.pyc")) == LAMBDA.is_this_python


def test_a_module_that_cannot_be_compiled_fails(tmp_path: Path) -> None:
    """What could not be imported is not deployed."""
    package = tmp_path / "broken"
    package.mkdir()
    (package / "__init__.py").write_text("def :\n")
    (tmp_path / "requirements.txt").write_text("")
    bundle = Bundle(packages=("broken",), requirements="requirements.txt")
    with pytest.raises(BundlingError, match="could not be compiled"):
        bundle.build(tmp_path / "output", None, project=tmp_path)
