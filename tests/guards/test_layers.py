"""Imports go downwards only (DESIGN §3); the contract stands in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from config import ROOT


def test_imports_go_downwards_only() -> None:
    check = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", check, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, (
        f"A module imports from a layer above it. Move what it needs down, or pass it in as a value.\n{run.stdout}"
    )


def test_every_module_of_the_program_has_its_layer() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    named = {name.strip() for layer in contract["layers"] for name in layer.replace("|", ":").split(":")}
    for package in ("app", "views"):
        found = {f"{package}.{path.stem}" for path in (ROOT / package).iterdir() if _is_module(path)}
        missing = sorted(found - named)
        assert not missing, f"Give {', '.join(missing)} a place in the layers of pyproject.toml (DESIGN §3)."
    assert {"models", "reports"} <= named


def _is_module(path: Path) -> bool:
    return (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")
