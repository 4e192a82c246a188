"""Docstrings of functions that stand for another's: its parameters beside our own words.

What a function of SciPy's takes is SciPy's to say, and changes with SciPy; what a Node changes in
it is said where the rule is.
"""

from __future__ import annotations

import inspect
import re

TITLE = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def sections(text: str | None) -> dict[str, str]:
    r"""The parts of a numpydoc docstring by their titles; what comes first has the empty title.

    Parameters
    ----------
    text : str, optional

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> sections("The sum.\n\nReturns\n-------\nfloat")
    {'': 'The sum.', 'Returns': 'float'}
    """
    first, *others = TITLE.split(inspect.cleandoc(text or ""))
    pairs = zip(others[::2], others[1::2], strict=True)
    return {"": first.strip(), **{title: body.rstrip() for title, body in pairs}}


def with_parameters(ours: str | None, theirs: str | None) -> str | None:
    r"""A docstring, with the parameters and results of another.

    Parameters
    ----------
    ours, theirs : str, optional

    Returns
    -------
    str or None
        None where Python keeps no docstrings.

    Examples
    --------
    >>> sections(with_parameters("Ours.", "Theirs.\n\nReturns\n-------\nfloat"))
    {'': 'Ours.', 'Returns': 'float'}
    """
    if ours is None:
        return None
    own, other = sections(ours), sections(theirs)
    taken = {title: other[title] for title in ("Parameters", "Returns") if title in other}
    summary = own.pop("")
    parts = [
        f"{title}\n{'-' * len(title)}\n{body}"
        for title, body in (taken | {k: v for k, v in own.items() if k not in taken}).items()
    ]
    return "\n\n".join([summary, *parts])
