"""Looking inside a model: signals and gradients by layer, dead units, histograms, filters, paths.

Each is data first (arrays one can compute with) and a plot second.
"""

from .activity import (
    Histogram,
    activation_histograms,
    dead_units,
    plot_histograms,
    weight_histograms,
)
from .confusion import plot_confusion
from .descent import descent_path, plot_path
from .filters import filters, plot_filters
from .gradients import GradientNorms, gradient_norms
from .profile import VarianceProfile, variance_profile
from .watching import Watched, watch

__all__ = [
    "GradientNorms",
    "Histogram",
    "VarianceProfile",
    "Watched",
    "activation_histograms",
    "dead_units",
    "descent_path",
    "filters",
    "gradient_norms",
    "plot_confusion",
    "plot_filters",
    "plot_histograms",
    "plot_path",
    "variance_profile",
    "watch",
    "weight_histograms",
]
