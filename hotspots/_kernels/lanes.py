"""
Discs of squared brackets added to windows of cells, eight cells an instruction.

Written as vectors in the compiler's own language: what numba makes of the same loops depends on how much it sees of
their length, and on windows of 6 to 24 cells it took two to three times as long. Where registers are shorter, a vector
of eight doubles is two or four instructions. Without the compiler plain code takes the same sums, bit for bit.
"""
# ruff: noqa: ARG001 - numba reads the names of the arguments of what it compiles

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

from geodata.cast import FloatArray, IntArray

LANES: Final = 8  # doubles in a vector
MOST: Final = 4  # vectors side by side: their columns stay in registers while the rows pass
BATCH: Final = 128  # discs that are worked out together
DOUBLE: Final = ir.DoubleType()
INDEX: Final = ir.IntType(64)
VECTOR: Final = ir.VectorType(DOUBLE, LANES)
WHOLE: Final = ir.VectorType(INDEX, LANES)
ROUNDS: Final = 2.0**52  # a double of this size has no places after the point: adding it rounds
ROUNDS_BITS: Final = 0x4330_0000_0000_0000


class Discs(NamedTuple):
    """
    Discs by their windows of cells.

    Parameters
    ----------
    at : the first cell of a window
    rows : of the window, at least one
    up, across : from the disc's centre to the first cell, in radii
    step : from cell to cell, in radii
    root : the square root of the disc's height
    rising : room for a number for each row and seven more
    """

    at: IntArray
    rows: IntArray
    up: FloatArray
    across: FloatArray
    step: FloatArray
    root: FloatArray
    rising: FloatArray


@njit(cache=True)
def discs_for(rows: int) -> Discs:
    """Return room for a batch of discs with windows of at most so many rows."""
    whole, parts = np.empty((2, BATCH), dtype=np.int64), np.empty((4, BATCH))
    return Discs(whole[0], whole[1], parts[0], parts[1], parts[2], parts[3], np.empty(rows + LANES))


def add_discs(cells: FloatArray | IntArray, stride: int, vectors: int, discs: Discs, count: int) -> None:
    """
    Add (root (1 - up^2 - across^2))^2 to the cells where that bracket is above 0, for the first `count` discs.

    A window's rows lie `stride` cells apart and hold `vectors` x 8.
    To cells of whole numbers each square, below 2^51, is added as the nearest of them.
    """
    rounded = np.rint if cells.dtype == np.int64 else np.float64
    for first in range(0, vectors, MOST):
        width = LANES * min(MOST, vectors - first)
        for at, rows, up, across, step, root in zip(*(part[:count].tolist() for part in discs[:6]), strict=True):
            left = across + LANES * first * step
            beside = [root * ((left + step * j) * (left + step * j)) for j in range(width)]
            for row in range(rows):
                high = (up + row // LANES * LANES * step) + step * (row % LANES)
                bracket = root - root * (high * high)
                for j in range(width):
                    tall = max(0.0, bracket - beside[j])
                    cells[at + row * stride + LANES * first + j] += cells.dtype.type(rounded(tall * tall))


def _vector(*numbers: float) -> ir.Constant:
    return ir.Constant(VECTOR, [float(number) for number in numbers])


def _spread(build: ir.IRBuilder, number: ir.Value) -> ir.Value:
    """Return a vector that holds `number` in every lane."""
    empty = ir.Constant(VECTOR, ir.Undefined)
    first = build.insert_element(empty, number, ir.Constant(ir.IntType(32), 0))
    return build.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


@contextmanager
def _counted(build: ir.IRBuilder, stop: ir.Value, step: int) -> Iterator[ir.Value]:
    """Repeat what is built inside for 0, `step`, ... below `stop`, and at least once."""
    before, body, after = build.block, build.append_basic_block("body"), build.append_basic_block("after")
    build.branch(body)
    build.position_at_end(body)
    count = build.phi(INDEX)
    yield count
    further = build.add(count, INDEX(step))
    count.add_incoming(INDEX(0), before)
    count.add_incoming(further, build.block)
    build.cbranch(build.icmp_signed("<", further, stop), body, after)
    build.position_at_end(after)


def _bracket(build: ir.IRBuilder, root: ir.Value, first: ir.Value, step: ir.Value, lanes: range) -> ir.Value:
    """Return root x (first + step x lane)^2 for eight lanes."""
    away = build.fadd(_spread(build, first), build.fmul(step, _vector(*lanes)))
    return build.fmul(root, build.fmul(away, away))


def _pointer(build: ir.IRBuilder, array: ir.Value, at: ir.Value, kind: ir.Type = VECTOR) -> ir.Value:
    return build.bitcast(build.gep(array, [at]), kind.as_pointer())


def _add(build: ir.IRBuilder, cells: ir.Value, at: ir.Value, squares: ir.Value) -> None:
    """Add eight squares to as many cells; to those of whole numbers the nearest, without a branch or a conversion."""
    whole = cells.type.pointee == INDEX
    place = _pointer(build, cells, at, WHOLE if whole else VECTOR)
    held = build.load(place, align=8)
    if whole:
        bits = build.bitcast(build.fadd(squares, _vector(*[ROUNDS] * LANES)), WHOLE)
        added = build.add(held, build.sub(bits, ir.Constant(WHOLE, [ROUNDS_BITS] * LANES)))
    else:
        added = build.fadd(held, squares)
    build.store(added, place, align=8)


def _build_disc(
    build: ir.IRBuilder, vectors: int, arrays: list[ir.Value], disc: ir.Value, given: list[ir.Value]
) -> None:
    cells, rising = arrays[0], arrays[-1]
    at, rows, up, across, step, root = (build.load(build.gep(array, [disc])) for array in arrays[1:-1])
    stride, first = given
    from_left = build.fmul(build.sitofp(build.mul(INDEX(LANES), first), DOUBLE), step)
    wide, steps, none = _spread(build, root), _spread(build, step), _vector(*[0.0] * LANES)
    across, at = build.fadd(across, from_left), build.add(at, build.mul(INDEX(LANES), first))
    beside = [_bracket(build, wide, across, steps, range(LANES * part, LANES * (part + 1))) for part in range(vectors)]
    with _counted(build, rows, LANES) as row:
        high = build.fadd(up, build.fmul(build.sitofp(row, DOUBLE), step))
        bracket = build.fsub(wide, _bracket(build, wide, high, steps, range(LANES)))
        build.store(bracket, _pointer(build, rising, row), align=8)
    with _counted(build, rows, 1) as row:
        left = _spread(build, build.load(build.gep(rising, [row])))
        line = build.add(at, build.mul(row, stride))
        for part in range(vectors):
            tall = build.fsub(left, beside[part])
            tall = build.select(build.fcmp_ordered(">", tall, none), tall, none)
            # Two roundings, never a fused one: the same bits on every processor.
            _add(build, cells, build.add(line, INDEX(LANES * part)), build.fmul(tall, tall))


def _panel(vectors: int) -> Any:
    """Return compiled code that adds one disc or more, to so many vectors of their windows from the `first` on."""

    @intrinsic
    def panel(_: Any, cells: Any, discs: Any, stride: Any, first: Any, count: Any) -> Any:
        def code(context: Any, build: ir.IRBuilder, signature: Any, given: Any) -> Any:
            held = [given[0], *(build.extract_value(given[1], i) for i in range(len(Discs._fields)))]
            kinds = [signature.args[0], *signature.args[1].types]
            arrays = [
                context.make_array(kind)(context, build, part).data for kind, part in zip(kinds, held, strict=True)
            ]
            with _counted(build, given[4], 1) as disc:
                _build_disc(build, vectors, arrays, disc, given[2:4])
            return context.get_dummy_value()

        return types.void(cells, discs, types.intp, types.intp, types.intp), code

    return panel


_one, _two, _three, _four = (_panel(vectors) for vectors in range(1, MOST + 1))


@overload(add_discs)
def _add_discs(cells: Any, stride: Any, vectors: Any, discs: Any, count: Any) -> Any:
    def add(cells: Any, stride: Any, vectors: Any, discs: Any, count: Any) -> Any:
        for first in range(0, vectors if count > 0 else 0, MOST):
            if vectors - first == 1:
                _one(cells, discs, stride, first, count)
            elif vectors - first == 2:
                _two(cells, discs, stride, first, count)
            elif vectors - first == 3:
                _three(cells, discs, stride, first, count)
            else:
                _four(cells, discs, stride, first, count)

    return add
