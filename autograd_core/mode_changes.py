"""``ModeChange``: a mode for the body of a ``with`` or a function, undone whatever the body raises.

Ctrl-C at any moment counts. What the modes are is in ``modes.py``.
"""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Callable
from contextvars import Token
from typing import Any

from .details import MODE, Mode


class Block(io.IOBase):
    """What is left to undo, as a C object: its ``__exit__`` calls ``close``, a chain of C calls."""

    closed = True  # so that nothing is undone when it is thrown away

    def __init__(self, tokens: list[Token[Mode | None]]) -> None:
        self.close = map(MODE.reset, iter(tokens.pop, None)).__next__  # type: ignore[method-assign]


class Exit:
    """``__exit__`` of a change of mode: its block's, so that Ctrl-C cannot come just before it.

    A method in Python looks for Ctrl-C as it begins, and the mode would stay as it was changed.
    """

    def __get__(self, change: ModeChange | None, owner: type) -> Any:
        """Of an object; of the class a function, which whoever calls it will bind."""
        return change.block.__exit__ if change else lambda change, *error: change.block.close()


class ModeChange:
    """A change of mode for the body of a ``with``, a function, a generator or a coroutine."""

    def __init__(self, change: Callable[[Mode | None], Mode | None]) -> None:
        self.change = change
        self.tokens: list[Token[Mode | None]] = []
        self.block = Block(self.tokens)

    def __enter__(self) -> ModeChange:
        before, depth = MODE.get(), len(self.tokens)
        try:
            self.tokens.append(MODE.set(self.change(before)))
            return self
        except BaseException:  # Ctrl-C: the body will not run, and nothing would undo it
            MODE.set(before)
            del self.tokens[depth:]
            raise

    __exit__: Any = Exit()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function`` with the change of mode around every call, step or await."""
        kinds = {
            inspect.isasyncgenfunction: _around_async_generator,
            inspect.iscoroutinefunction: _around_coroutine,
            inspect.isgeneratorfunction: _around_generator,
        }
        around = next((wrap for test, wrap in kinds.items() if test(function)), _around_call)
        return functools.wraps(function)(around(function, lambda: ModeChange(self.change)))


def _around_call(
    function: Callable[..., Any], mode: Callable[[], ModeChange]
) -> Callable[..., Any]:
    def changed(*args: Any, **keywords: Any) -> Any:
        with mode():
            return function(*args, **keywords)

    return changed


def _around_coroutine(
    function: Callable[..., Any], mode: Callable[[], ModeChange]
) -> Callable[..., Any]:
    async def changed(*args: Any, **keywords: Any) -> Any:
        with mode():
            return await function(*args, **keywords)

    return changed


def _around_generator(
    function: Callable[..., Any], mode: Callable[[], ModeChange]
) -> Callable[..., Any]:
    def changed(*args: Any, **keywords: Any) -> Any:
        generator = function(*args, **keywords)
        step: Callable[[], Any] = generator.__next__
        while True:
            try:
                with mode():
                    item = step()
            except StopIteration as end:
                return end.value
            try:
                sent = yield item
                step = functools.partial(generator.send, sent)
            except GeneratorExit:
                generator.close()
                raise
            except BaseException as error:  # thrown in by the caller: the body must see it
                step = functools.partial(generator.throw, error)

    return changed


def _around_async_generator(
    function: Callable[..., Any], mode: Callable[[], ModeChange]
) -> Callable[..., Any]:
    async def changed(*args: Any, **keywords: Any) -> Any:
        generator = function(*args, **keywords)
        step: Callable[[], Any] = generator.__anext__
        while True:
            try:
                with mode():
                    item = await step()
            except StopAsyncIteration:
                return
            try:
                sent = yield item
                step = functools.partial(generator.asend, sent)
            except GeneratorExit:
                await generator.aclose()
                raise
            except BaseException as error:  # thrown in by the caller: the body must see it
                step = functools.partial(generator.athrow, error)

    return changed
