"""The plain attributes of modules, as compiled programs ask for them before each run."""

from __future__ import annotations

from typing import Any

PLAIN = (bool, int, float, str, type(None))


class Settings:
    """What the numbers, flags and words of a module are, and which modules it is made of.

    They are looked up again only after an attribute of some module has changed.
    """

    changes = 0
    """How often an attribute of any module was set."""

    def __init__(self, module: Any) -> None:
        self.module, self.key = module, ("settings", id(module))
        self.seen = -1
        self.answer: tuple[Any, ...] = ()

    def __call__(self) -> Any:
        """All of them."""
        if self.seen != Settings.changes:
            self.seen, module = Settings.changes, self.module
            own = [(name, x) for name, x in vars(module).items() if type(x) in PLAIN]
            inside = [(name, id(child)) for name, child in module.named_children()]
            self.answer = (module.training, *own, *inside)
        return self.answer
