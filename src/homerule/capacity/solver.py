"""HiGHS, fed with arrays; OR-Tools PDLP for cases too large for it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.parameters import need
from homerule.capacity.program import Program
from homerule.errors import HomeruleError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]


class Solution(NamedTuple):
    """``value``: the objective; ``x`` the columns; ``used``: the rows' activity; ``row_price`` and ``column_price``: the gain in the objective from one more of a row's or column's limit."""

    value: float
    x: Array
    row_price: Array
    column_price: Array
    used: Array


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep HiGHS's greeting, which it writes past Python, off standard output, where it would spoil JSON."""
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        sys.stdout.flush()
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


class Highs:
    """A program held by HiGHS, so that a changed limit is re-solved from the last basis."""

    def __init__(self, program: Program, threads: int = 0) -> None:
        np, highspy = need("numpy"), need("highspy")
        self.program = program
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_lower)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
        lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = program.starts.astype(np.int32), program.columns_of.astype(np.int32), program.value
        lp.sense_ = highspy.ObjSense.kMaximize
        with _silence():
            self.highs = highspy.Highs()
            self.highs.setOptionValue("output_flag", False)
        if threads:
            self.highs.setOptionValue("threads", threads)
        self.highs.passModel(lp)

    def option(self, name: str, value: Any) -> None:
        """Set a HiGHS option."""
        self.highs.setOptionValue(name, value)

    def limits(self, rows: Index, upper: Array) -> None:
        """Replace the upper limits of ``rows``."""
        for row, low, high in zip(rows.tolist(), self.program.row_lower[rows].tolist(), upper.tolist()):
            self.highs.changeRowBounds(row, low, high)

    def bounds(self, columns: Index, upper: Array) -> None:
        """Replace the upper bounds of ``columns``."""
        np = need("numpy")
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), self.program.lower[columns], np.asarray(upper, float))

    def solve(self) -> Solution:
        """Solve from the last basis. Raises HomeruleError where HiGHS finds no optimum."""
        np, highspy = need("numpy"), need("highspy")
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise HomeruleError(f"the linear program has no optimum: {self.highs.modelStatusToString(status)}", help="Check that no stay, capacity or supply in the scenario is extreme")
        s = self.highs.getSolution()
        return Solution(float(self.highs.getObjectiveValue()), np.array(s.col_value), np.array(s.row_dual), np.array(s.col_dual), np.array(s.row_value))

    def value(self) -> float:
        """The optimum alone: the interior point method without its last step to a corner."""
        self.highs.setOptionValue("run_crossover", "off")
        self.highs.clearSolver()
        found = self.solve().value
        self.highs.setOptionValue("run_crossover", "on")
        return found


def highs(program: Program) -> Highs:
    """HiGHS's interior point method with a step to a corner, whose prices are exact; the simplex method is many times slower on programs over time."""
    made = Highs(program)
    made.option("solver", "ipm")
    return made


def pdlp(program: Program, tolerance: float = 1e-5) -> Solution:
    """OR-Tools PDLP, for programs that HiGHS cannot finish: prices and value within ``tolerance``, relative. Raises HomeruleError."""
    np = need("numpy")
    need("ortools")
    from ortools.linear_solver.python import model_builder_helper as helper
    from scipy.sparse import csr_matrix

    model: Any = helper.ModelBuilderHelper()
    matrix = csr_matrix((program.value, program.columns_of, program.starts), shape=(len(program.row_lower), len(program.cost)))
    model.fill_model_from_sparse_data(program.lower, program.upper, program.cost, program.row_lower, program.row_upper, matrix)
    model.set_maximize(True)
    solver = helper.ModelSolverHelper("pdlp")
    solver.set_solver_specific_parameters(f"termination_criteria {{ simple_optimality_criteria {{ eps_optimal_relative: {tolerance} eps_optimal_absolute: {tolerance} }} }}")
    solver.solve(model)
    if not solver.has_solution():
        raise HomeruleError("PDLP found no optimum", help="Use the solver highs, or a shorter horizon")
    x, rows, columns = np.array(solver.variable_values()), np.array(solver.dual_values()), np.array(solver.reduced_costs())
    return Solution(float(solver.objective_value()), x, rows, columns, matrix @ x)
