"""einsum in every form NumPy takes, and the products that conjugate."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

rng = np.random.default_rng(0)
A, B, T = rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), rng.normal(size=(2, 3, 3))
Q = rng.normal(size=(3, 3, 3))

EINSUMS = {
    "implicit": (("ij,jk", A, B), {}),
    "implicit transpose": (("ba", A), {}),
    "implicit trace": (("ii", Q[0]), {}),
    "trace of a stack": (("aii->a", T), {}),
    "diagonal": (("aii->ai", T), {}),
    "triple diagonal": (("iii->i", Q), {}),
    "sum": (("ijk->", T), {}),
    "summed letter of one operand": (("ij,k->jk", A, B[:, 0]), {}),
    "ellipsis": (("...j,j->...", T, A[0]), {}),
    "ellipsis implicit": (("...ij,...jk", T, Q[:2]), {}),
    "ellipsis of different widths": (("...i,...i->...", T, Q[0]), {}),
    "ellipsis in the middle": (("i...k,k->i...", T, A[0]), {}),
    "ellipsis summed away by nothing": (("...->...", T), {}),
    "broadcast length 1": (("ij,ij->ij", A, A[:, :1]), {}),
    "three operands": (("ij,jk,kl->il", A, B, A), {}),
    "greedy": (("ij,jk,kl->il", A, B, A), {"optimize": "greedy"}),
    "optimal": (("ij,jk,kl", A, B, A), {"optimize": "optimal"}),
    "optimize": (("ij,jk,kl", A, B, A), {"optimize": True}),
    "a path": (("ij,jk,kl", A, B, A), {"optimize": ["einsum_path", (0, 1), (0, 1)]}),
    "lists": ((A, [0, 1], B, [1, 2], [0, 2]), {}),
    "lists, implicit": ((A, [0, 1], B, [1, 2]), {}),
    "lists with ellipsis": ((T, [Ellipsis, 0], A[0], [0], [Ellipsis]), {}),
    "spaces": (("i j , j k -> i k", A, B), {}),
    "many letters": (("aZ,Zb->ab", A, B), {}),
    "the same operand twice": (("ij,kj->ik", A, A), {}),
    "outer": (("i,j->ij", A[0], B[0]), {}),
    "numbers": ((",ij->ij", np.float64(2.0), A), {}),
}


@pytest.mark.parametrize("name", EINSUMS)
def test_einsum(name, agrees):
    args, params = EINSUMS[name]
    places = [i for i, x in enumerate(args) if isinstance(x, np.ndarray | np.floating)]

    def f(*arrays):
        full = list(args)
        for i, x in zip(places, arrays, strict=True):
            full[i] = x
        return np.einsum(*full, **params)

    agrees(f, *(args[i] for i in places))


def test_einsum_path_is_plain():
    path, _ = np.einsum_path("ij,jk->ik", ag.Node(A), ag.Node(B))
    assert path == np.einsum_path("ij,jk->ik", A, B)[0]


@pytest.mark.parametrize(
    ("params", "message"),
    [({"out": np.zeros((2, 2))}, "out"), ({"dtype": float}, "dtype"), ({"order": "F"}, "order")],
)
def test_einsum_refuses_what_it_would_ignore(params, message):
    with pytest.raises(ag.AutogradError, match=message):
        np.einsum("ij,jk->ik", ag.Node(A), B, **params)


@pytest.mark.parametrize("formula", ["ij,jk,kl->il", "ij,jk->iz", "ij,kj->ik"])
def test_einsum_of_a_wrong_formula_raises(formula):
    with pytest.raises(ValueError, match=r"einstein|subscript|operand|dimension|broadcast"):
        np.einsum(formula, ag.Node(A), B)


C, D = A + 1j * A[::-1], B * (1 - 0.5j)
COMPLEX = {
    "vecdot": (np.vecdot, C, A),
    "vecdot of a stack": (np.vecdot, C[:, None], D.T),
    "matmul": (np.matmul, C, D),
    "tensordot": (lambda x, y: np.tensordot(x, y, ((0, 1), (1, 0))), C, D),
    "inner": (np.inner, C, C),
    "vdot": (np.vdot, C, D.T),
    "einsum": (lambda x, y: np.einsum("ij,jk->k", x, y), C, D),
}

if hasattr(np, "matvec"):  # from NumPy 2.2 on
    COMPLEX["matvec"] = (np.matvec, C, D.T)
    COMPLEX["vecmat"] = (np.vecmat, D.T, T[0] + 1j)
    COMPLEX["vecmat of a stack"] = (np.vecmat, C[0], T * 1j)


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_products(name, agrees):
    f, x, y = COMPLEX[name]
    agrees(f, x, y, narrow=False)


def test_the_left_vector_is_conjugated():
    """D vecdot(z, w) = conj(z) dw + conj(dz) w; its gradient is w conj(g) and z g."""
    z, w = np.array([1 + 2j]), np.array([3 - 1j])
    first, second = ag.grad(lambda z, w: np.real(np.vecdot(z, w)), (0, 1))(z, w)
    np.testing.assert_array_equal(first, w)
    np.testing.assert_array_equal(second, z)
