"""What the program's source says about its messages: which event is queued where, and which places are filled.

A message is queued through ``enqueue`` or ``compose``, often by a function that passes the event on (``tell``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.services.booking_texts import WORDINGS
from tests.guards.sources import files, name_of, tree_of

#: Where each of the two takes its event.
ROOTS = {"enqueue": ("session", "event"), "compose": ("session", "event")}


@dataclass(frozen=True)
class Call:
    """One call that queues: where, which events it may queue, and which places it fills."""

    where: str
    events: frozenset[str]
    fills: frozenset[str]


@dataclass
class Module:
    """One file: its functions by name, and what its names stand for elsewhere."""

    name: str
    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, tree: ast.Module) -> Module:
        module = cls(name, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                module.functions.setdefault(node.name, node)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    module.imported[alias.asname or alias.name] = (node.module, alias.name)
        return module


def dotted(file: Path) -> str:
    """A file as it is imported."""
    return name_of(file).removesuffix(".py").replace("/", ".")


class Source:
    """The modules of the program, and which of their functions pass an event on."""

    def __init__(self, modules: dict[str, Module]) -> None:
        self.modules = modules

    def resolved(self, module: Module, called: ast.expr) -> tuple[Module, ast.FunctionDef] | None:
        """The function that a call means, where it is one of the program's own."""
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            package, name = module.imported.get(called.value.id, ("", ""))
            home = self.modules.get(f"{package}.{name}")
            return self.resolved(home, ast.Name(called.attr)) if home else None
        if not isinstance(called, ast.Name):
            return None
        if called.id in module.functions:
            return module, module.functions[called.id]
        package, name = module.imported.get(called.id, ("", ""))
        home = self.modules.get(package)
        return self.resolved(home, ast.Name(name)) if home else None

    def event_argument(self, module: Module, call: ast.Call) -> tuple[ast.expr | None, set[str]]:
        """The argument of a call that is an event, and the places that whoever is called fills itself."""
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in ROOTS:
            return _given(call, list(ROOTS[name]), "event"), set()
        target = self.resolved(module, call.func)
        if target is None:
            return None, set()
        home, function = target
        names = [argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]]
        if "event" not in names:
            return None, set()
        for inner in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            passed, filled = self.event_argument(home, inner) if inner is not call else (None, set())
            if isinstance(passed, ast.Name) and passed.id == "event":
                return _given(call, names, "event"), filled | self.keys(home, function)
        return None, set()

    def keys(self, module: Module, function: ast.FunctionDef) -> set[str]:
        """The names that a function gives to values, itself or through a function that describes a record."""
        found: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Dict):
                found |= {
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                found |= {node.slice.value} if isinstance(node.slice.value, str) else set()
            elif isinstance(node, ast.Call):
                found |= {keyword.arg for keyword in node.keywords if keyword.arg}
                target = self.resolved(module, node.func)
                for returned in _returned(target[1]) if target else ():
                    found |= _words(returned.keys) if isinstance(returned, ast.Dict) else set()
        return found

    def events(self, module: Module, function: ast.FunctionDef, value: ast.expr) -> set[str]:
        """The events that an expression may be, as far as the source tells."""
        if isinstance(value, ast.Constant):
            return {value.value} if isinstance(value.value, str) else set()
        parts: list[ast.expr] = []
        if isinstance(value, ast.IfExp):
            parts = [value.body, value.orelse]
        elif isinstance(value, ast.Dict):
            parts = value.values
        elif isinstance(value, ast.Subscript):
            parts = [value.value]
        elif isinstance(value, ast.Name):
            parts = [*_assigned(function, value.id), *_assigned(module.tree, value.id)]
            found = {event for part in parts for event in self.events(module, function, part)}
            return found | self._unpacked(module, function, value.id)
        elif isinstance(value, ast.Call) and (target := self.resolved(module, value.func)):
            names = [argument.arg for argument in target[1].args.args]
            if "event" in names:  # a function that rewords an event: what goes in is told, WORDINGS says the rest
                passed = _given(value, names, "event")
                return (
                    set() if passed is None or isinstance(passed, ast.Name) else self.events(module, function, passed)
                )
            return {event for part in _returned(target[1]) for event in self.events(target[0], target[1], part)}
        return {event for part in parts for event in self.events(module, function, part)}

    def _unpacked(self, module: Module, function: ast.FunctionDef, name: str) -> set[str]:
        """The events of a name that takes one place of what a function returns."""
        found: set[str] = set()
        for node in (node for node in ast.walk(function) if isinstance(node, ast.Assign)):
            for names in (target.elts for target in node.targets if isinstance(target, ast.Tuple)):
                places = [at for at, part in enumerate(names) if isinstance(part, ast.Name) and part.id == name]
                called = self.resolved(module, node.value.func) if isinstance(node.value, ast.Call) else None
                if places and called is not None:
                    tuples = (value for value in _returned(called[1]) if isinstance(value, ast.Tuple))
                    found |= {event for value in tuples for event in self.events(*called, value.elts[places[0]])}
        return found

    def calls(self) -> Iterator[Call]:
        """Every call that names its event."""
        for module in self.modules.values():
            for function in module.functions.values():
                for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                    event, filled = self.event_argument(module, call)
                    events = self.events(module, function, event) if event is not None else set()
                    events |= {words[event] for words in WORDINGS.values() for event in events & words.keys()}
                    if events:
                        fills = filled | self.keys(module, function)
                        yield Call(f"{module.name}:{call.lineno}", frozenset(events), frozenset(fills))


def _given(call: ast.Call, names: list[str], wanted: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == wanted:
            return keyword.value
    place = names.index(wanted)
    return call.args[place] if place < len(call.args) else None


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]


def _words(keys: list[ast.expr | None]) -> set[str]:
    return {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _assigned(place: ast.AST, name: str) -> list[ast.expr]:
    """What is assigned to a name, here or in a tuple beside others."""
    found: list[ast.expr] = []
    body = place.body if isinstance(place, ast.Module) else ast.walk(place)
    for node in (node for node in body if isinstance(node, ast.Assign)):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                found.append(node.value)
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                found += [value for part, value in pairs if isinstance(part, ast.Name) and part.id == name]
    return found


@cache
def program() -> Source:
    """The services as they are; a page that shows a preview queues nothing."""
    return Source({dotted(file): Module.read(dotted(file), tree_of(file)) for file in files("app")})
