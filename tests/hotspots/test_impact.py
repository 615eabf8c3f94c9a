import numpy as np
import pytest
from scipy import stats

from geodata.errors import InputError
from hotspots.impact import poisson_e_test, weighted_displacement_difference


def test_published_example_with_a_control_and_nothing_around():
    # reference/hotspots.md (Wheeler & Ratcliffe 2018): -10, SE 8.3666, z -1.195229, 90 % CI -23.761833 to 3.761833.
    found = weighted_displacement_difference([20, 10], [20, 20]).total
    assert found.change == -10
    assert found.error == pytest.approx(8.3666, abs=5e-5)
    assert found.z == pytest.approx(-1.195229, abs=5e-7)
    assert found.interval(0.9) == pytest.approx((-23.761833, 3.761833), abs=5e-7)


def test_published_example_with_displacement():
    # reference/hotspots.md: local -107 (30.708), around -11 (25.0), total -118, SE sqrt(1568), 95 % CI -196 to -40.
    found = weighted_displacement_difference([207, 110], [308, 318], displaced=[178, 157], displaced_control=[150, 140])
    assert (found.local.change, found.displacement.change, found.total.change) == (-107, -11, -118)
    assert found.local.error == pytest.approx(30.708, abs=5e-4)
    assert found.displacement.error == 25.0
    assert found.total.error == pytest.approx(np.sqrt(1568), rel=1e-14)
    assert [round(end) for end in found.total.interval(0.95)] == [-196, -40]


def test_weights_divide_the_counts_and_square_into_the_variance():
    # By hand: after is half as long, the control twice as large.
    found = weighted_displacement_difference([20, 10], [40, 30], time=(2, 1), area=(1, 2, 1, 1)).local
    assert found.change == pytest.approx((10 - 10) - (15 - 10))
    assert found.error == pytest.approx(np.sqrt(20 / 4 + 10 + 40 / 16 + 30 / 4))


def test_harm_multiplies_the_counts_and_squares_into_the_variance():
    # By hand: two robberies (365 days) and four thefts (1 day) before, one and four after; nothing in the control.
    found = weighted_displacement_difference([[2, 4], [1, 4]], [[0, 0], [0, 0]], harm=[365, 1]).local
    assert found.change == -365
    assert found.error == pytest.approx(np.sqrt(3 * 365**2 + 8))


def test_one_unit_of_harm_for_each_offence_is_a_count():
    parts = weighted_displacement_difference([[5, 15], [4, 6]], [[9, 11], [1, 19]], harm=[1, 1])
    assert parts == weighted_displacement_difference([20, 10], [20, 20])


def test_published_value_of_the_e_test():
    # reference/hotspots.md: Poisson E-test (3, 0) = .0884.
    assert round(poisson_e_test(3, 0), 4) == 0.0884
    assert poisson_e_test(0, 3) == pytest.approx(poisson_e_test(3, 0), rel=1e-12)


def test_the_e_test_equals_its_double_sum_and_scipys():
    for first, second, sizes in ((7, 2, (1.0, 1.0)), (12, 9, (2.0, 1.0)), (0, 5, (3.0, 4.0))):
        oracle = stats.poisson_means_test(first, sizes[0], second, sizes[1]).pvalue
        assert poisson_e_test(first, second, exposure=sizes) == pytest.approx(oracle, abs=1e-9)


def test_counts_alike_are_no_evidence_and_far_apart_they_are():
    assert poisson_e_test(0, 0) == 1.0
    assert poisson_e_test(5, 5) == pytest.approx(1.0)
    assert poisson_e_test(3000, 3600) < 1e-10
    assert poisson_e_test(30, 60, exposure=(1.0, 2.0)) == pytest.approx(1.0)


def test_nothing_counted_has_no_z():
    assert np.isnan(weighted_displacement_difference([0, 0], [0, 0]).total.z)


@pytest.mark.parametrize("counts", [[1, 2, 3], [1.5, 2], [-1, 2], [np.nan, 1], 7])
def test_what_is_no_count_is_refused(counts):
    with pytest.raises(InputError, match="Counts must be whole numbers of at least 0, before and after"):
        weighted_displacement_difference(counts, [1, 2])


def test_weights_that_are_none_are_refused():
    with pytest.raises(InputError, match="`time` must be above 0"):
        weighted_displacement_difference([1, 2], [1, 2], time=(0, 1))
    with pytest.raises(InputError, match="`first` must be a whole number"):
        poisson_e_test(1.5, 2)
