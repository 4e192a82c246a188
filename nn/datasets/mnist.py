"""10,000 digits of MNIST, which come with the package: the data of most of the field's figures.

Where they are from and under which licence: ``ATTRIBUTION.md`` in this folder. The whole of MNIST,
once downloaded, is read by ``read_idx``.
"""

from __future__ import annotations

from typing import Literal

from .files import Dataset
from .images import Images

IMAGES = Images("mnist10k", pixels="images", labels="labels", brightest=255, held_out=2000)


def mnist10k(
    split: Literal["train", "test"] | None = None, *, flatten: bool = True, normalize: bool = True
) -> Dataset:
    """The first 10,000 training images of MNIST, 28 × 28 pixels each.

    Parameters
    ----------
    split : {"train", "test"}, optional
        One part of a fixed split: 8,000 images to train on or the other 2,000 to test on, each
        digit in the same proportion in both. All 10,000, in MNIST's order, otherwise.
    flatten : bool
        Rows of 784 pixels rather than images of 28 × 28.
    normalize : bool
        float32 pixels from 0 to 1 rather than the stored uint8 from 0 to 255.

    Returns
    -------
    Dataset
        The pair ``(X, y)``: pixels, shape (n, 784) or (n, 28, 28), and the digits shown, int64 of
        shape (n,).

    Raises
    ------
    DataError
        ``split`` is something else.

    Notes
    -----
    MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges (CC BY-SA 3.0). Its own test set is not
    part of this excerpt, so errors measured here are not those of the literature, which train on
    60,000 images.

    Examples
    --------
    >>> X, y = nn.datasets.mnist10k("train")
    >>> X.shape, X.dtype.name
    ((8000, 784), 'float32')
    >>> nn.datasets.mnist10k().y[:5].tolist()
    [5, 0, 4, 1, 9]
    """
    return IMAGES.dataset(split, flatten, normalize)
