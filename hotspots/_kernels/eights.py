"""The heights of many discs at eight places at once: the eight stay in registers while the discs pass."""
# ruff: noqa: ARG001 - numba reads the names of the arguments of what it compiles

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from geodata.cast import FloatArray
from hotspots._kernels.lanes import INDEX, LANES, VECTOR, _counted, _pointer, _spread, _vector


def add_heights(
    held: FloatArray, east: FloatArray, north: FloatArray, x: FloatArray, y: FloatArray, weights: FloatArray
) -> None:
    """
    Add to each of eight sums weight x (1 - d^2)^2 of all discs of radius 1 that reach the place.

    The first eight of `east` and `north` are the places, `x` and `y` the discs' centres in the same unit.
    """
    for i in range(LANES):
        for j in range(x.size):
            across, up = east[i] - x[j], north[i] - y[j]
            height = max(0.0, 1.0 - across * across - up * up)
            held[i] += weights[j] * (height * height)


@intrinsic
def _panel(_: Any, held: Any, east: Any, north: Any, x: Any, y: Any, weights: Any, count: Any) -> Any:
    def code(context: Any, build: ir.IRBuilder, signature: Any, given: Any) -> Any:
        arrays = [
            context.make_array(kind)(context, build, part).data
            for kind, part in zip(signature.args[:-1], given[:-1], strict=True)
        ]
        sums, eastward, northward = (build.load(_pointer(build, array, INDEX(0)), align=8) for array in arrays[:3])
        with build.goto_entry_block():
            total = build.alloca(VECTOR)  # kept in a register: nothing else points to it
        build.store(sums, total)
        none, one = _vector(*[0.0] * LANES), _vector(*[1.0] * LANES)
        with _counted(build, given[-1], 1) as disc:
            at, up, weight = (_spread(build, build.load(build.gep(array, [disc]))) for array in arrays[3:])
            across, up = build.fsub(eastward, at), build.fsub(northward, up)
            height = build.fsub(build.fsub(one, build.fmul(across, across)), build.fmul(up, up))
            height = build.select(build.fcmp_ordered(">", height, none), height, none)
            # Two roundings, never a fused one: the same bits on every processor.
            build.store(build.fadd(build.load(total), build.fmul(weight, build.fmul(height, height))), total)
        build.store(build.load(total), _pointer(build, arrays[0], INDEX(0)), align=8)
        return context.get_dummy_value()

    return types.void(held, east, north, x, y, weights, types.intp), code


_compiled: Any = _panel  # the compiler's own argument comes first, and is not given


@overload(add_heights)
def _add_heights(held: Any, east: Any, north: Any, x: Any, y: Any, weights: Any) -> Any:
    def add(held: Any, east: Any, north: Any, x: Any, y: Any, weights: Any) -> Any:
        if x.size > 0:
            _compiled(held, east, north, x, y, weights, x.size)

    return add
