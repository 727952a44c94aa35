"""The project's own files, for guards that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from config import ROOT

#: The program; tests and bench are read by some guards too.
PROGRAM = ("app", "models", "views", "reports", "config.py", "run.py")
#: Fetched or generated, not ours.
_NOT_OURS = ("/vendor/", "/__pycache__/", "models/migrations/versions/")


def files(*places: str, suffixes: Iterable[str] = (".py",)) -> Iterator[Path]:
    """Our files with these suffixes below these places, in a stable order."""
    wanted = set(suffixes)
    for place in places:
        path = ROOT / place
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in found:
            if file.suffix in wanted and file.is_file() and not any(part in file.as_posix() for part in _NOT_OURS):
                yield file


def name_of(file: Path) -> str:
    """A file as a reader finds it: relative to the project."""
    return file.relative_to(ROOT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(file.read_text(), filename=str(file))


def calls(file: Path) -> Iterator[tuple[int, str]]:
    """Every call in a file: line, and the called thing in the words of the source (``db.session.commit``)."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
