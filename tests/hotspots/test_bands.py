"""Bands of distance and time: which ends belong to them, and how they are written."""

import numpy as np
import pytest

from geodata.errors import InputError
from hotspots.bands import Bands

INF = float("inf")


def test_the_notation_says_which_ends_belong_to_a_band():
    left, right = (Bands((0, 0.1, 200, INF), (0, 7), closed) for closed in ("left", "right"))
    assert left.space_labels == ("[0, 0.1)", "[0.1, 200)", "[200, inf)")
    assert right.space_labels == ("[0, 0.1]", "(0.1, 200]", "(200, inf)")
    assert (left.time_labels, right.time_labels) == (("[0, 7)",), ("[0, 7]",))
    assert Bands((100, 1234567.5), (0, 7)).space_labels == ("[100, 1234567.5)",)


def test_a_band_closed_on_the_right_begins_just_beyond_its_edge():
    bands = Bands((0, 100, 200), (0, 3, 6.5), "right")
    assert bands.metres().tolist() == [0, np.nextafter(100, INF), np.nextafter(200, INF)]
    assert bands.moments(1).tolist() == [0, 4, 7]
    assert bands.moments(1440).tolist() == [0, 3 * 1440 + 1, 6.5 * 1440 + 1]
    assert Bands((0, 1), (0.5, 3, INF)).moments(1).tolist() == [1, 3]


def test_the_calculators_labels_are_one_unit_too_high():
    bands = Bands((0, 1, 100, 200, INF), (0, 7, 14, INF))
    space, time = bands.calculator_labels()
    assert space == ("Same location", "1 to 100", "101 to 200", "More than 200")
    assert time == ("0 to 7", "8 to 14", "More than 14")
    days = Bands((0, 1), (0, 1, 2, 3, INF)).calculator_labels()[1]  # as in its output for Chicago's arson
    assert days == ("0 to 1", "2 to 2", "3 to 3", "More than 3")
    with pytest.raises(InputError, match="closed on the left, got `right`"):
        Bands((0, 1), (0, 1), "right").calculator_labels()


@pytest.mark.parametrize(
    ("space", "time", "closed", "said"),
    [
        ((0,), (0, 7), "left", "`space` must hold 2 to 201 edges of bands, got 1"),
        ((0, 100), (), "left", "`time` must hold 2"),
        ((0, 100, 100), (0, 7), "left", "`space` must hold edges that rise, got 0, 100, 100"),
        ((-1, 100), (0, 7), "left", "at least 0"),
        ((0, INF, INF), (0, 7), "left", "only the last may be inf"),
        ((0, float("nan")), (0, 7), "left", "at least 0"),
        ((0, 100), (0, 1e9), "left", "at most 36,525 days, or inf"),
        ((0, 100), (0, 7), "both", "`closed` must be one of left, right, got both"),
    ],
)
def test_edges_that_make_no_bands_are_refused(space, time, closed, said):
    with pytest.raises(InputError, match=said):
        Bands(space, time, closed)
