"""Many examples at once: ``vmap``, the arrays it computes on, what each function does with them.

``batched.py`` has the arrays, ``rules.py`` the forms that rows of ops name as ``batch=``,
``functions.py``, ``queries.py`` and ``draws.py`` the functions that are no rows.
"""

from .batched import Batched

__all__ = ["Batched"]
