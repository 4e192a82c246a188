"""Reverse- and forward-mode automatic differentiation of ordinary NumPy.

A `Node` records what NumPy does to it; `Node.backward` and the transforms (`grad`, `jvp`,
`hessian`, ...) differentiate the record. `primitive` and `Function` add your own functions, `draw`
shows the graph.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import ops
from .batching.batched import Batched
from .batching.vmap import vmap
from .building import array, buffer
from .check import check_grads
from .custom import Function, checkpoint, primitive
from .errors import AutogradError, NotDifferentiableError
from .jacobians import hessian, hvp, jacobian
from .modes import detect_anomaly, is_recording, no_grad, scope
from .node import Node
from .primitive import Primitive
from .rows import elementwise, linear
from .tracing import callback, guard, is_compiling, mutable
from .transforms import (
    elementwise_grad,
    grad,
    jvp,
    stop_gradient,
    value_and_grad,
    vjp,
)

if TYPE_CHECKING:
    from .compiler import compile
    from .viz import draw
    from .viz.explain import explain

__version__ = "0.1.0"

__all__ = [
    "AutogradError",
    "Batched",
    "Function",
    "Node",
    "NotDifferentiableError",
    "Primitive",
    "__version__",
    "array",
    "buffer",
    "callback",
    "check_grads",
    "checkpoint",
    "compile",
    "detect_anomaly",
    "draw",
    "elementwise",
    "elementwise_grad",
    "explain",
    "grad",
    "guard",
    "hessian",
    "hvp",
    "is_compiling",
    "is_recording",
    "jacobian",
    "jvp",
    "linear",
    "mutable",
    "no_grad",
    "ops",
    "primitive",
    "scope",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    "vmap",
]


def __getattr__(name: str) -> Any:
    if name == "compile":  # imported when first asked for
        from .compiler import compile

        return compile
    if name in ("draw", "explain"):
        from . import viz

        return getattr(viz, name)
    if name in ("numpy", "scipy"):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
