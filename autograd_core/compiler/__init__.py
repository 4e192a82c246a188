"""``compile``: a function that is traced, made shorter and run as a program.

``trace.py`` (with ``tracer.py``, ``taps.py``, ``canonical.py``) writes down what NumPy does,
``passes.py`` shortens it, ``numpy_source.py`` (with ``buffers.py``) and ``native/`` run it, and
``compiled.py`` is what the user holds.
"""

from .compiled import Compiled, compile
from .program import Program

__all__ = ["Compiled", "Program", "compile"]
