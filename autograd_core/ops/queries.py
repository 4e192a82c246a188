"""Functions whose answer has no derivative.

Comparisons, tests, shapes, positions. They answer with plain results.
"""

from __future__ import annotations

import numpy as np

from ..rows import newer, query

# comparisons, logic and tests
query(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
query(np.logical_and, np.logical_or, np.logical_xor, np.logical_not)
query(np.isfinite, np.isinf, np.isnan, np.signbit)
query(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.any, np.all)
query(np.iscomplex, np.isreal, np.iscomplexobj, np.isrealobj, np.isneginf, np.isposinf)

# shapes and dtypes
query(np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.min_scalar_type)
query(np.zeros_like, np.ones_like, np.empty_like, np.shares_memory, np.may_share_memory)

# positions and counts
query(np.argmax, np.argmin, np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize)
query(np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero, np.nanargmax, np.nanargmin)

query(np.isin, *newer("in1d"))  # until NumPy 2.4
query(np.tril_indices_from, np.triu_indices_from, np.diag_indices_from)
query(np.unravel_index, np.ravel_multi_index, np.einsum_path)

# text
query(np.array2string, np.array_repr, np.array_str)
