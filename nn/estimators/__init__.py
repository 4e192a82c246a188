"""``MLPClassifier`` and ``MLPRegressor``: networks with scikit-learn's manners.

They need the package scikit-learn (extra ``sklearn``), which is imported with this folder and not
before: ``nn.MLPClassifier`` imports it when first asked for. Without it, ``nn.MLP`` and ``nn.fit``
do the same work.
"""

from ..errors import missing

try:
    import sklearn  # noqa: F401
except ImportError:
    raise missing("scikit-learn", "sklearn", "nn.estimators") from None

from .classifier import MLPClassifier
from .regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
