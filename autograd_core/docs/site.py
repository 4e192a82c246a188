"""Guides and reference as web pages: ``python -m autograd_core.docs.site FOLDER PACKAGE ...``.

pdoc (extra ``docs``) writes the reference from the docstrings, ``guides.py`` the rest. A page shows
what its package makes itself: the names of NumPy and SciPy that some offer besides are documented
there. What pdoc warns of is an error here.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import operator
import pkgutil
import re
import sys
import types
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Union, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

from ..errors import missing
from . import guides

FOOTER = "autograd_core and nn"
array_like = type("ArrayLike", (), {"__module__": "builtins"})
TYPING = '<span class="n">typing</span><span class="o">.</span>'
STARRED = re.compile(r"^( - \*\*)(\*[\w*, ]+?)\*\*(?=:| \(|$)", re.MULTILINE)


def build(folder: str | Path, packages: Sequence[str]) -> list[str]:
    """Write the pages of packages and of their public modules.

    Parameters
    ----------
    folder : str or path-like
    packages : sequence of str

    Returns
    -------
    list of str
        The modules that have pages.
    """
    try:
        import pdoc
    except ImportError:
        raise missing("pdoc", "docs", "The API site") from None
    modules = {m.__name__: m for package in packages for m in public_modules(package)}
    names = sorted(modules)
    for module in modules.values():
        vars(module)["__all__"] = own_names(module, names)
        resolve(module)
    pdoc.render.configure(
        docformat="numpy",
        footer_text=FOOTER,
        show_source=False,
        template_directory=guides.TEMPLATES,
    )
    pdoc.render.env.globals["inherited_parts"] = functools.partial(inherited_parts, names)
    wanted = "|".join(map(re.escape, names))
    with warnings.catch_warnings(), readable(pdoc):
        warnings.simplefilter("error")
        pdoc.pdoc(*packages, f"!^(?!(?:{wanted})$)", output_directory=Path(folder))
        guides.write(pdoc, Path(folder), modules)
    return names


def inherited_parts(pages: Sequence[str], documented: Any) -> tuple[list[Any], list[Any]]:
    """What a class has from bases of ours without a page: with more than a line of text, others."""
    ours = {page.partition(".")[0] for page in pages}
    bases = [
        members
        for (module, _), members in documented.inherited_members.items()
        if module not in pages and module.partition(".")[0] in ours
    ]
    found = [x for members in bases for x in members if x.docstring and x.kind != "class"]
    public = [x for x in found if not x.name.startswith("_")]
    long = [x for x in public if "\n" in x.docstring]
    return long, [x for x in public if x not in long]


@contextlib.contextmanager
def readable(pdoc: Any) -> Iterator[None]:
    """Short types in signatures, and ``*args`` as it is in lists of parameters."""
    filters, markdown = pdoc.render.env.filters, pdoc.docstrings.numpy
    signature = filters["format_signature"]

    def formatted(written: inspect.Signature, colon: bool) -> Any:
        html = signature(plain(written), colon)
        return type(html)(str(html).replace(TYPING, ""))

    def starred(docstring: str) -> str:
        return STARRED.sub(lambda m: m[1] + m[2].replace("*", r"\*") + "**", markdown(docstring))

    filters["format_signature"], pdoc.docstrings.numpy = formatted, starred
    try:
        yield
    finally:
        filters["format_signature"], pdoc.docstrings.numpy = signature, markdown


def plain(signature: inspect.Signature) -> inspect.Signature:
    """A signature with ``ndarray`` for an array of any shape and dtype, as one would say it."""
    parameters = [
        p.replace(annotation=plain_type(p.annotation)) for p in signature.parameters.values()
    ]
    result = plain_type(signature.return_annotation)
    return signature.replace(parameters=parameters, return_annotation=result)


def plain_type(hint: Any) -> Any:
    """A type without the shape and dtype of arrays, and without what ``ArrayLike`` is made of."""
    parts = getattr(hint, "__args__", ())
    if getattr(hint, "__origin__", None) is np.ndarray:
        return np.ndarray
    if isinstance(hint, types.UnionType) or getattr(hint, "__origin__", None) is Union:
        if set(ArrayLike.__args__) <= set(parts):
            rest = [part for part in parts if part not in ArrayLike.__args__]
            parts = (array_like, *rest)
        return functools.reduce(operator.or_, map(plain_type, parts))
    if type(hint) is types.GenericAlias:  # those of callables are of another class
        origin: Any = hint.__origin__
        return types.GenericAlias(origin, tuple(map(plain_type, parts)))
    return hint


def public_modules(package: str) -> Iterator[ModuleType]:
    """A package and the modules inside that list public names, its errors, what leads to them."""
    top = importlib.import_module(package)
    found = [m.name for m in pkgutil.walk_packages(top.__path__, f"{package}.")]
    modules = [importlib.import_module(name) for name in found if not name.endswith("__main__")]
    public = [m.__name__ for m in modules if getattr(m, "__all__", None)]
    public.append(f"{package}.errors")
    for module in [top, *modules]:
        if any(
            name == module.__name__ or name.startswith(f"{module.__name__}.") for name in public
        ):
            yield module


def own_names(module: ModuleType, pages: Sequence[str]) -> list[str]:
    """The public names that the packages make themselves, and the modules that have pages."""
    listed = getattr(module, "__all__", None) or list(vars(module))
    ours = {page.partition(".")[0] for page in pages}
    names = [n for n in listed if not n.startswith("_") and is_own(getattr(module, n), ours)]
    below = [p.rpartition(".") for p in pages]
    return [*names, *(n for at, _, n in below if at == module.__name__ and n not in names)]


def is_own(x: Any, packages: set[str]) -> bool:
    """Whether one of the packages made it."""
    if inspect.ismodule(x):
        return False
    return str(getattr(x, "__module__", "")).partition(".")[0] in packages


def resolve(module: ModuleType) -> None:
    """Put in place what a module imports when first asked for, and what pdoc does not find."""
    for name in module.__all__:
        x = vars(module).setdefault(name, getattr(module, name))
        if callable(x) and "__doc__" in getattr(x, "__dict__", {}) and is_object(x):
            vars(module)[name] = as_function(name, x)
        if isinstance(x, type) and hasattr(x, "_fields"):
            x.__new__.__annotations__ = get_type_hints(x)


def is_object(x: Any) -> bool:
    """Whether it is neither a class nor a function."""
    return not isinstance(x, type) and not inspect.isroutine(x)


def as_function(name: str, x: Any) -> Any:
    """A callable object with a docstring of its own, a distribution, in a form that pdoc shows."""

    def function(*args: Any, **keywords: Any) -> Any:
        return x(*args, **keywords)

    function.__name__ = function.__qualname__ = name
    function.__module__, function.__doc__ = type(x).__module__, x.__doc__
    untyped = [p.replace(annotation=p.empty) for p in inspect.signature(x).parameters.values()]
    function.__annotations__ = {}
    function.__signature__ = inspect.Signature(untyped)  # type: ignore[attr-defined]
    return function


if __name__ == "__main__":
    written = build(sys.argv[1], sys.argv[2:])
    print(f"wrote {len(written)} pages to {sys.argv[1]}")
