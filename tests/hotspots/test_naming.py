import pytest

from hotspots.naming import grid_reference, is_kind_of_place, tidy_place


@pytest.mark.parametrize(
    ("published", "tidy"),
    [
        ("On or near Newgate Street", "Newgate Street"),
        ("On or near GREY STREET", "Grey Street"),
        ("on or near  WESTGATE  ROAD ", "Westgate Road"),
        ("11XX BURNABY ST", "11XX Burnaby St"),
        ("On or near A193", "A193"),
        ("STOKE-ON-THE-HILL", "Stoke-On-The-Hill"),
        ("NEWCASTLE UPON TYNE", "Newcastle upon Tyne"),
        ("On or near Edward'S Walk", "Edward's Walk"),
        ("On or near Sports/Recreation Area", "Sports/Recreation Area"),
        ("No Location", ""),
        ("On or near ", ""),
        ("", ""),
    ],
)
def test_published_locations_become_names(published, tidy):
    assert tidy_place(published) == tidy


def test_kinds_of_place_are_told_from_streets():
    assert is_kind_of_place("Parking Area")
    assert is_kind_of_place("Further/Higher Educational Building")
    assert not is_kind_of_place("Parking Lane")


@pytest.mark.parametrize(
    ("x", "y", "reference"),
    [
        (651_409, 313_177, "TG 514 131"),  # Ordnance Survey's worked example
        (424_700, 564_300, "NZ 247 643"),
        (530_000, 180_000, "TQ 300 800"),
        (0, 0, "SV 000 000"),
        (440_000, 1_200_000, "HP 400 000"),
        (699_999, 1_299_999, "JM 999 999"),
    ],
)
def test_references_on_the_national_grid(x, y, reference):
    assert grid_reference(x, y) == reference


def test_elsewhere_easting_and_northing_are_given():
    assert grid_reference(-5, 100) == "E -5 N 100"
    assert grid_reference(424_700, 564_300, "EPSG:26971") == "E 424700 N 564300"
