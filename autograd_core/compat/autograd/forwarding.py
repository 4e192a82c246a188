"""Modules that look their names up in other modules, the first that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from types import ModuleType
from typing import Any


def first_of(name: str, modules: Iterable[str]) -> Callable[[str], Any]:
    """A module's ``__getattr__``: the attribute of the first of ``modules`` that has it."""

    def lookup(attribute: str) -> Any:
        if not attribute.startswith("__"):
            for module in modules:
                try:
                    return getattr(import_module(module), attribute)
                except (ModuleNotFoundError, AttributeError):
                    continue
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    return lookup


class Forwarded(ModuleType):
    """A module whose attributes are another object's."""

    def __init__(self, name: str, find: Callable[[], Any]) -> None:
        super().__init__(name)
        self._find = find

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(self._find(), attribute)
