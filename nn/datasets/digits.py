"""The handwritten digits that come with the package: real data with nothing to download.

Where they are from and under which licence: ``ATTRIBUTION.md`` in this folder. Readers of your own
files are in ``tables.py``, ``archives.py`` and ``idx.py``.
"""

from __future__ import annotations

from typing import Literal

from .files import Dataset
from .images import Images

IMAGES = Images("digits", pixels="X", labels="y", brightest=16, held_out=360)


def digits(
    split: Literal["train", "test"] | None = None, *, flatten: bool = True, normalize: bool = True
) -> Dataset:
    """1,797 handwritten digits, 8 × 8 pixels each.

    Parameters
    ----------
    split : {"train", "test"}, optional
        One part of a fixed split: 1,437 images to train on or the other 360 to test on, each digit
        in the same proportion in both. All 1,797 otherwise.
    flatten : bool
        Rows of 64 pixels rather than images of 8 × 8.
    normalize : bool
        float32 pixels from 0 to 1 rather than the stored uint8 from 0 to 16.

    Returns
    -------
    Dataset
        The pair ``(X, y)``: pixels, shape (n, 64) or (n, 8, 8), and the digits shown, int64 of
        shape (n,).

    Raises
    ------
    DataError
        ``split`` is something else.

    Notes
    -----
    This is the test set of *Optical Recognition of Handwritten Digits* (E. Alpaydin, C. Kaynak, UCI
    Machine Learning Repository, 1998; CC BY 4.0), equal to scikit-learn's ``load_digits``. Thirteen
    people wrote it, and each is in both parts of the split: it measures how well a network reads
    new digits by known writers.

    Examples
    --------
    >>> X, y = nn.datasets.digits()
    >>> X.shape, X.dtype.name, y[:5].tolist()
    ((1797, 64), 'float32', [0, 1, 2, 3, 4])
    >>> nn.datasets.digits("test", flatten=False).X.shape
    (360, 8, 8)
    """
    return IMAGES.dataset(split, flatten, normalize)
