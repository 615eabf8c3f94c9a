"""Numbers read as a meeting reads them."""

import math

import pytest

from maps import words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (0.0312, "0.031"),
        (7.764, "7.76"),
        (44.75, "44.8"),
        (310.5, "310"),
        (162_666, "162,666"),
        (-2.5, "−2.50"),
    ],
)
def test_about_three_figures_are_shown(value, shown):
    assert words.number(value) == shown


def test_what_is_not_a_number_is_not_known():
    assert words.number(math.nan) == words.percent(math.inf) == "not known"


def test_a_number_that_rounds_to_nothing_has_no_minus():
    assert words.number(-0.0001, 1) == "0.0"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.2312, "23\xa0%"),
        (0.0128, "1.3\xa0%"),
        (0.00042, "0.04\xa0%"),
        (0, "0\xa0%"),
        (1, "100\xa0%"),
        (0.9993, "99.9\xa0%"),
    ],
)
def test_small_shares_keep_decimals(share, shown):
    assert words.percent(share) == shown


def test_an_interval_reads_like_its_upper_end():
    assert words.with_interval(12.34, 10.06, 14.8) == "12.3 (10.1 to 14.8)"
    assert words.with_interval(7.76, 4.0, 12.0) == "7.76 (4 to 12)"
    assert words.with_interval(94.7, 0.71, 347.2) == "94.7 (1 to 347)"
    assert words.with_interval(12.34, math.nan, 14.8) == "12.3"
    assert words.percent_with_interval(0.24, 0.21, 0.27) == "24\xa0% (21\xa0% to 27\xa0%)"


def test_gains_and_losses_bear_their_sign():
    assert [words.gain(share) for share in (0.064, -0.012, 0.0)] == ["+6.4\xa0%", "−1.2\xa0%", "0\xa0%"]
    assert words.points_with_interval(0.03, -0.01, 0.07) == "+3.0 (−1.0 to +7.0)"


def test_hardly_anything_is_neither_nothing_nor_everything():
    assert words.percent(0.00001) == "under 0.01\xa0%"
    assert words.percent(0.99999) == "over 99.99\xa0%"
    assert words.gain(0.00001) == "about 0\xa0%"


def test_one_is_not_many_and_none_is_no():
    assert [words.count(items, "visit") for items in (0, 1, 1_200)] == ["no visits", "1 visit", "1,200 visits"]


def test_lists_end_with_and():
    assert words.listing([]) == ""
    assert words.listing(["a"]) == "a"
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.listing("abcde", most=2) == "a, b and 3 more"


def test_control_characters_and_turned_text_are_dropped():
    assert words.printable("a\x00b\u202ec\r\n d") == "a b c d"


def test_a_sentence_has_a_capital_and_a_stop():
    assert words.sentence(" held at the floor ") == "Held at the floor."
    assert words.sentence("Why?") == "Why?"
    assert words.sentence("") == ""
