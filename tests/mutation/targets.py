"""The files whose tests are checked by changing the files, and the tests that belong to each.

Tests are run in this order until one fails, so what fails soonest stands first.
"""

from __future__ import annotations

FIRST = "test_sweep_details.py test_transforms.py"
NODES = "test_node.py test_semantics_dtypes.py test_semantics_state.py"
ZEROS = "test_semantics_structural_zeros.py test_semantics_kinks.py ops/test_kinks.py"
ORDERS = "test_transforms_nested.py test_modes.py test_jacobians.py ops/test_ties.py test_vmap.py"
ROWS = "ops/test_table.py::test_derivatives_to_second_order"
BASICS = f"{FIRST} {NODES} {ZEROS}"
SWEEPS = f"{BASICS} {ORDERS} test_custom.py test_check.py compiler/test_compile.py {ROWS}"
SHAPES = f"{BASICS} test_shapes.py test_vmap_rows.py compiler/test_compile.py {ORDERS}"
ELEMENTWISE = f"ops/test_table.py {BASICS} test_semantics_powers.py ops/test_rounding.py"
LOSSES = "losses training/test_options.py"
OPTIMIZERS = "optimizers training/test_options.py test_compiled.py"


def under(folder: str, names: str) -> list[str]:
    """Paths of tests."""
    return [f"tests/{folder}/{name}" for name in names.split()]


TARGETS: dict[str, list[str]] = {
    "autograd_core/reverse.py": under("autograd_core", SWEEPS),
    "autograd_core/forward.py": under("autograd_core", SWEEPS),
    "autograd_core/broadcasting.py": under("autograd_core", SHAPES),
    "autograd_core/ops/elementwise.py": under("autograd_core", ELEMENTWISE),
    **{
        f"nn/losses/{name}.py": under("nn", LOSSES)
        for name in "reduction regression binary margins cross_entropy divergence".split()
    },
    **{
        f"nn/optimizers/{name}.py": under("nn", OPTIMIZERS)
        for name in "options constraint flat base sgd adaptive clipping".split()
    },
}
