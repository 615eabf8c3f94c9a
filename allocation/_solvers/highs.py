"""
HiGHS, behind one small class: a programme that grows by columns.

One thread and the default seed, since with another seed a bound was once wrong [1]_; node counts instead of clocks, so
that the same programme has the same answer on every machine.

References
----------
.. [1] HiGHS, GitHub, issue 2382.
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array

from geodata.cast import FloatArray

_IMPOSSIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_OPTIMAL = highspy.HighsModelStatus.kOptimal
_STOPPED = (
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kTimeLimit,
)


@dataclass(frozen=True)
class Columns:
    """
    Columns of a programme, compressed by column.

    Parameters
    ----------
    worth : what one unit adds to the objective
    upper : the most there may be of each, at least 0
    starts, rows, entries : where each column begins, the rows it meets and by how much
    lower : the least there may be of each; None: 0
    """

    worth: FloatArray
    upper: FloatArray
    starts: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    entries: FloatArray
    lower: FloatArray | None = None

    @classmethod
    def of(
        cls, worth: FloatArray, matrix: csc_array, *, upper: FloatArray, lower: FloatArray | None = None
    ) -> "Columns":
        """Return the columns of a sparse matrix, rows x columns."""
        starts, rows = matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32)
        return cls(worth, upper, starts, rows, matrix.data, lower)


@dataclass(frozen=True)
class Answer:
    """What a programme came to: its value, a bound on it, the amounts of its columns and the prices of its rows."""

    value: float
    bound: float
    amounts: FloatArray
    prices: FloatArray


def columns(worth: FloatArray, upper: FloatArray, entries: list[dict[int, float]]) -> Columns:
    """Return columns from one {row: entry} each."""
    sizes = [len(column) for column in entries]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if sizes else np.zeros(0)
    rows = [row for column in entries for row in column]
    values = [value for column in entries for value in column.values()]
    return Columns(
        np.asarray(worth, dtype=np.float64),
        np.asarray(upper, dtype=np.float64),
        starts.astype(np.int32),
        np.asarray(rows, dtype=np.int32),
        np.asarray(values, dtype=np.float64),
    )


class Programme:
    """Maximise the worth of columns of at least 0, subject to rows between `lower` and `upper`."""

    def __init__(self, lower: FloatArray, upper: FloatArray) -> None:
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1)):
            self._highs.setOptionValue(name, value)
        empty = np.zeros(0, dtype=np.int32)
        self._highs.addRows(len(lower), lower, upper, 0, empty, empty, np.zeros(0))
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def add(self, new: Columns) -> None:
        """Add columns; the next solve starts from the last answer."""
        lower = np.zeros(len(new.worth)) if new.lower is None else new.lower
        self._highs.addCols(
            len(new.worth), new.worth, lower, new.upper, len(new.rows), new.starts, new.rows, new.entries
        )

    def worth(self, numbers: npt.NDArray[np.int32], worth: FloatArray) -> None:
        """Set what one unit of these columns adds to the objective."""
        self._highs.changeColsCost(len(numbers), numbers, worth)

    @property
    def impossible(self) -> bool:
        """Whether the last solve proved that the rows cannot be kept, given columns that are bounded."""
        return self._highs.getModelStatus() in _IMPOSSIBLE

    def solve(self) -> Answer | None:
        """Return the answer in fractions, or None where the rows cannot be kept."""
        self._highs.run()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:  # lost on the way from the last answer
            self._highs.clearSolver()
            self._highs.run()
        if self._highs.getModelStatus() != _OPTIMAL:
            return None
        solution = self._highs.getSolution()
        value = float(self._highs.getInfo().objective_function_value)
        return Answer(value, value, np.asarray(solution.col_value), np.asarray(solution.row_dual))

    def solve_whole(
        self,
        whole: npt.NDArray[np.int32],
        *,
        slack: float,
        nodes: int,
        seconds: float | None = None,
        presolve: bool = True,
        trials: bool = True,
    ) -> Answer | None:
        """
        Return the answer with the columns `whole` in whole numbers, or None where there is none.

        Parameters
        ----------
        whole : numbers of columns
        slack : how far below the bound the answer may stay, in the unit of worth
        nodes : branches after which the best answer so far is taken
        seconds : after which it is taken, too; None: no clock, so that the answer is always the same
        presolve : whether to look for a smaller programme and jump at answers first; in vain, that costs most
        trials : whether smaller programmes are solved for better answers on the way
        """
        kinds = np.full(len(whole), highspy.HighsVarType.kInteger.value, dtype=np.uint8)
        self._highs.changeColsIntegrality(len(whole), whole, kinds)
        self._highs.setOptionValue("presolve", "choose" if presolve else "off")
        self._highs.setOptionValue("mip_heuristic_run_feasibility_jump", presolve)
        if not trials:
            self._highs.setOptionValue("mip_heuristic_effort", 0.0)
            self._highs.setOptionValue("mip_heuristic_run_rins", False)
            self._highs.setOptionValue("mip_heuristic_run_rens", False)
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", slack)
        self._highs.setOptionValue("mip_max_nodes", nodes)
        self._highs.setOptionValue("time_limit", np.inf if seconds is None else seconds)
        self._highs.run()
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        if status != _OPTIMAL and not (status in _STOPPED and np.isfinite(info.objective_function_value)):
            return None
        amounts = np.asarray(self._highs.getSolution().col_value)
        return Answer(float(info.objective_function_value), float(info.mip_dual_bound), amounts, np.zeros(0))
