"""Data to train on: a set that comes with the package, readers for one's own files, and splitting.

Everything here is NumPy and knows nothing of networks; each reader returns a ``Dataset``, which is
the pair ``(X, y)``. A new set that is shipped gets a file of its own beside ``digits.py``.
"""

from .archives import read_npz
from .digits import digits
from .files import Dataset
from .splits import train_test_split
from .tables import read_csv

__all__ = ["Dataset", "digits", "read_csv", "read_npz", "train_test_split"]
