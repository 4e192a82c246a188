"""autograd's operators on functions: gradients, Jacobians, Hessians and their products.

Each is composed of ``make_vjp`` and ``make_jvp`` as autograd documents it; Jacobians of real
functions are this engine's.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy

from ... import custom, jacobians
from ...errors import ArgumentTypeError, describe, expected
from ...node import value_of
from ...tree import flatten
from .core import floating
from .core import make_jvp as _make_jvp
from .core import make_vjp as _make_vjp
from .vspaces import vspace
from .wrap_util import unary_to_nary

Function = Callable[..., Any]
np: Any = numpy  # NumPy's stubs do not know Nodes

checkpoint = custom.checkpoint


@unary_to_nary
def make_vjp(fun: Function, x: Any) -> Any:
    """A function that returns ``(vjp, value)`` at a point.

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_vjp
    >>> vjp, value = make_vjp(np.sin)(0.0)
    >>> vjp(2.0)
    2.0
    """
    return _make_vjp(fun, x)


@unary_to_nary
def make_jvp(fun: Function, x: Any) -> Any:
    """A function that returns, at a point, one from a tangent to ``(value, tangent)``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp
    >>> make_jvp(lambda x: x**2)(3.0)(1.0)
    (9.0, 6.0)
    """
    return _make_jvp(fun, x)


def one_real_number(name: str, ans: Any) -> Any:
    """The cotangent 1 of a result that is one real number, in whatever shape."""
    space = vspace(ans)
    if space.size != 1:
        cure = "Use jacobian, elementwise_grad or holomorphic_grad."
        got = describe(value_of(ans))
        raise ArgumentTypeError(expected(name, "a function of one real number", got, cure))
    return space.ones()


@unary_to_nary
def grad(fun: Function, x: Any) -> Any:
    """A function that returns the gradient of ``fun``: ``grad(fun, argnum=0)(*args)``.

    For complex z it is dL/d(Re z) - i dL/d(Im z), autograd's convention.

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> grad(lambda x, y: x * y**2, argnum=1)(2.0, 3.0)
    12.0
    """
    vjp, ans = _make_vjp(fun, x)
    return vjp(one_real_number("grad", ans))


@unary_to_nary
def value_and_grad(fun: Function, x: Any) -> Any:
    """A function that returns ``(value, gradient)``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import value_and_grad
    >>> value_and_grad(lambda x: x**2)(3.0)
    (9.0, 6.0)
    """
    vjp, ans = _make_vjp(fun, x)
    return ans, vjp(one_real_number("value_and_grad", ans))


@unary_to_nary
def elementwise_grad(fun: Function, x: Any) -> Any:
    """A function that returns the sum of every column of the Jacobian of ``fun``.

    Of a function that acts entry by entry, that is the derivative of each entry.

    Examples
    --------
    >>> from autograd_core.compat.autograd import elementwise_grad
    >>> elementwise_grad(np.sin)(np.zeros(3))
    array([1., 1., 1.])
    """
    vjp, ans = _make_vjp(fun, x)
    if vspace(ans).iscomplex:
        cure = "Use holomorphic_grad."
        got = describe(value_of(ans))
        raise ArgumentTypeError(expected("elementwise_grad", "a real result", got, cure))
    return vjp(vspace(ans).ones())


egrad = elementwise_grad


@unary_to_nary
def deriv(fun: Function, x: Any) -> Any:
    """A function that returns the derivative along ones, in forward mode.

    Examples
    --------
    >>> from autograd_core.compat.autograd import deriv
    >>> deriv(lambda x: x**3)(2.0)
    12.0
    """
    return _make_jvp(fun, x)(vspace(x).ones())[1]


@unary_to_nary
def jacobian(fun: Function, x: Any) -> Any:
    """A function that returns the Jacobian, of shape ``fun(x).shape + x.shape``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import jacobian
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if not any(numpy.iscomplexobj(value_of(leaf)) for leaf in flatten(x)[0]):
        return jacobians.jacobian(fun)(floating(x))
    vjp, ans = _make_vjp(fun, x)
    rows = [vjp(g) for g in vspace(ans).standard_basis()]
    return np.reshape(np.stack(rows), vspace(ans).shape + vspace(x).shape)


@unary_to_nary
def hessian(fun: Function, x: Any) -> Any:
    """A function that returns all second derivatives.

    Examples
    --------
    >>> from autograd_core.compat.autograd import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(jacobian(fun))(x)


@unary_to_nary
def holomorphic_grad(fun: Function, x: Any) -> Any:
    """A function that returns the complex derivative of a holomorphic ``fun``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import holomorphic_grad
    >>> print(holomorphic_grad(lambda z: z**2)(1 + 2j))
    (2+4j)
    """
    if not vspace(x).iscomplex:
        warnings.warn("holomorphic_grad expected a complex argument, got a real one.", stacklevel=2)
    return grad(lambda x: np.real(fun(x)))(x)


def grad_named(fun: Function, argname: str) -> Any:
    """The gradient with respect to the argument of a name.

    Parameters
    ----------
    fun : callable
    argname : str

    Returns
    -------
    callable
        Of the arguments of ``fun``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad_named
    >>> grad_named(lambda x, y: x * y**2, "y")(2.0, 3.0)
    12.0
    """
    return grad(fun, list(inspect.signature(fun).parameters).index(argname))


@unary_to_nary
def grad_and_aux(fun: Function, x: Any) -> Any:
    """A function that returns the gradient of the first result, and the second result.

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad_and_aux
    >>> grad_and_aux(lambda x: (x**2, 7.0))(3.0)
    (6.0, 7.0)
    """
    vjp, (ans, aux) = _make_vjp(lambda x: tuple(fun(x)), x)
    return vjp((one_real_number("grad_and_aux", ans), vspace(aux).zeros())), aux


@unary_to_nary
def make_hvp(fun: Function, x: Any) -> Any:
    """``(hvp, gradient)`` at a point: ``hvp(v)`` is the Hessian times v, from one recording.

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_hvp
    >>> hvp, gradient = make_hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    >>> hvp(np.array([1.0, 0.0]))
    array([6., 0.])
    """
    return _make_vjp(grad(fun), x)


def hessian_tensor_product(fun: Function, argnum: int = 0) -> Function:
    """A function ``(*args, tensor)`` that returns the Hessian times ``tensor``.

    Parameters
    ----------
    fun : callable
    argnum : int

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import hessian_tensor_product
    >>> hessian_tensor_product(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.ones(2))
    array([ 6., 12.])
    """
    gradient = grad(fun, argnum)

    def product(*args: Any, **kwargs: Any) -> Any:
        *primals, tensor = args
        return np.tensordot(gradient(*primals, **kwargs), tensor, np.ndim(tensor))

    return grad(product, argnum)  # type: ignore[no-any-return]


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(fun: Function, argnum: int = 0) -> Function:
    """A function ``(*args, tensor)`` that returns ``tensor`` times the Jacobian.

    Parameters
    ----------
    fun : callable
    argnum : int

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import tensor_jacobian_product
    >>> tensor_jacobian_product(lambda x: x**2)(np.array([1.0, 2.0]), np.ones(2))
    array([2., 4.])
    """

    def product(*args: Any, **kwargs: Any) -> Any:
        *primals, tensor = args
        return np.tensordot(tensor, fun(*primals, **kwargs), axes=np.ndim(tensor))

    return jacobian(product, argnum)  # type: ignore[no-any-return]


vector_jacobian_product = tensor_jacobian_product


@unary_to_nary
def make_jvp_reversemode(fun: Function, x: Any) -> Any:
    """A function from a tangent to the Jacobian times it.

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp_reversemode
    >>> make_jvp_reversemode(lambda x: x**2)(3.0)(1.0)
    6.0
    """
    push = _make_jvp(fun, x)
    return lambda t: push(t)[1]


def half_square(x: Any) -> Any:
    """The default outer function of ``make_ggnvp``."""
    return np.sum(x**2, axis=-1) / 2.0


def make_ggnvp(f: Function, g: Function = half_square, f_argnum: int = 0) -> Any:
    """A function that returns the generalised Gauss-Newton product ``v -> J^T H J v`` at a point.

    J is the Jacobian of ``f`` there and H the Hessian of ``g`` at its result.

    Parameters
    ----------
    f : callable
    g : callable
        Half the sum of squares by default.
    f_argnum : int

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_ggnvp
    >>> make_ggnvp(lambda x: 2 * x)(np.array([1.0, 2.0]))(np.ones(2))
    array([4., 4.])
    """

    @unary_to_nary
    def at(f: Function, x: Any) -> Function:
        pull, f_x = _make_vjp(f, x)
        g_hvp, _ = _make_vjp(grad(g), f_x)
        push = _make_jvp(f, x)
        return lambda v: pull(g_hvp(push(v)[1]))

    return at(f, f_argnum)


def multigrad_dict(fun: Function) -> Function:
    """A function that returns the gradients by all arguments, in a dict by their names.

    Parameters
    ----------
    fun : callable

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import multigrad_dict
    >>> multigrad_dict(lambda x, y: x * y**2)(2.0, 3.0)
    {'x': 9.0, 'y': 12.0}
    """
    signature = inspect.signature(fun)
    kinds = {name: p.kind for name, p in signature.parameters.items()}

    def call(values: dict[str, Any]) -> Any:
        args: list[Any] = []
        keywords: dict[str, Any] = {}
        for name, kind in kinds.items():
            if kind is inspect.Parameter.VAR_POSITIONAL:
                args.extend(values[name])
            elif kind is inspect.Parameter.VAR_KEYWORD:
                keywords.update(values[name])
            elif kind is inspect.Parameter.KEYWORD_ONLY:
                keywords[name] = values[name]
            else:
                args.append(values[name])
        return fun(*args, **keywords)

    def gradients(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return grad(call)(dict(bound.arguments))

    return gradients
