"""Series to index: transformation, seasonal adjustment, composite and diffusion indices, contributions."""

from prosperity.index.composite import Composite, composite_index, composite_indices, contributions, decompose
from prosperity.index.diffusion import diffusion_index
from prosperity.index.engine import compute
from prosperity.index.matrix import series_quarter_matrix, write_matrix
from prosperity.index.model import (
    Contribution,
    IndexInputError,
    IndexPoint,
    IndexResult,
    IndicatorPoint,
    Input,
    Point,
)
from prosperity.index.seasonal import SeasonalResult, seasonally_adjust
from prosperity.index.transform import indicator_points

__all__ = [
    "Composite",
    "Contribution",
    "IndexInputError",
    "IndexPoint",
    "IndexResult",
    "IndicatorPoint",
    "Input",
    "Point",
    "SeasonalResult",
    "composite_index",
    "composite_indices",
    "compute",
    "contributions",
    "decompose",
    "diffusion_index",
    "indicator_points",
    "seasonally_adjust",
    "series_quarter_matrix",
    "write_matrix",
]
