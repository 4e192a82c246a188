"""Data to train on: sets that come with the package, toy sets, readers for one's own files.

Everything here is NumPy and knows nothing of networks; each set is a ``Dataset``, which is the pair
``(X, y)``. A new set that is shipped gets a file of its own beside ``mnist.py``.
"""

from .archives import read_npz
from .digits import digits
from .files import Dataset
from .idx import read_idx, read_idx_array
from .mnist import mnist10k
from .preprocessing import one_hot, standardize
from .splits import train_test_split
from .tables import read_csv, read_inputs
from .toys import CURVES, make_blobs, make_circles, make_curve, make_moons, make_spirals

__all__ = [
    "CURVES",
    "Dataset",
    "digits",
    "make_blobs",
    "make_circles",
    "make_curve",
    "make_moons",
    "make_spirals",
    "mnist10k",
    "one_hot",
    "read_csv",
    "read_idx",
    "read_idx_array",
    "read_inputs",
    "read_npz",
    "standardize",
    "train_test_split",
]
