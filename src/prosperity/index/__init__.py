"""Series to index: transformation, seasonal adjustment, composite indices, dating, weights, uncertainty.

Every function works on a DataFrame or Series alone; only ``compute`` knows the catalogue. Formulas, choices
and limits stand in ``docs/index.md``.
"""

from prosperity.index.classification import Classification, classify
from prosperity.index.composite import Composite, composite_index, composite_indices, contributions, decompose
from prosperity.index.conference import (
    ConferenceBoard,
    conference_board,
    conference_board_index,
    conference_board_indices,
)
from prosperity.index.cycles import MONTHLY, QUARTERLY, CycleRule
from prosperity.index.diffusion import diffusion_index
from prosperity.index.engine import compute
from prosperity.index.lights import Thresholds, WarningLights, thresholds_from, warning_light_index
from prosperity.index.matrix import series_quarter_matrix, write_matrix
from prosperity.index.methods import side_by_side
from prosperity.index.model import (
    Contribution,
    IndexInputError,
    IndexPoint,
    IndexResult,
    IndicatorPoint,
    Input,
    Point,
)
from prosperity.index.new_year import new_year_dates, new_year_regressor
from prosperity.index.oecd import OecdIndicator, oecd_indicator
from prosperity.index.revision import RevisionSplit, last_factors, revision_split
from prosperity.index.seasonal import SeasonalResult, seasonally_adjust
from prosperity.index.transform import indicator_points
from prosperity.index.turning import lead_lag, lead_lag_summary, real_time_turning_points, turning_points
from prosperity.index.uncertainty import Uncertainty, drop_one, monte_carlo, sobol_shares
from prosperity.index.weighting import aggregate, normalise, weights_by, winsorise

__all__ = [
    "MONTHLY",
    "QUARTERLY",
    "Classification",
    "Composite",
    "ConferenceBoard",
    "Contribution",
    "CycleRule",
    "IndexInputError",
    "IndexPoint",
    "IndexResult",
    "IndicatorPoint",
    "Input",
    "OecdIndicator",
    "Point",
    "RevisionSplit",
    "SeasonalResult",
    "Thresholds",
    "Uncertainty",
    "WarningLights",
    "aggregate",
    "classify",
    "composite_index",
    "composite_indices",
    "compute",
    "conference_board",
    "conference_board_index",
    "conference_board_indices",
    "contributions",
    "decompose",
    "diffusion_index",
    "drop_one",
    "indicator_points",
    "last_factors",
    "lead_lag",
    "lead_lag_summary",
    "monte_carlo",
    "new_year_dates",
    "new_year_regressor",
    "normalise",
    "oecd_indicator",
    "real_time_turning_points",
    "revision_split",
    "seasonally_adjust",
    "series_quarter_matrix",
    "side_by_side",
    "sobol_shares",
    "thresholds_from",
    "turning_points",
    "warning_light_index",
    "weights_by",
    "winsorise",
    "write_matrix",
]
