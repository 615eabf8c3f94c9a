import numpy as np
import pytest

from geodata.errors import InputError
from service.reading.study_area import study_area
from tests.hotspots import small


def test_without_areas_the_ground_is_the_hull_of_the_events_and_a_cell_about_it():
    found = study_area(small.crimes([0.0, 1000, 1000, 0], [0.0, 0, 500, 500]), cell=100.0)
    assert found.outline.area.iloc[0] == pytest.approx(1000 * 500 + 2 * 1500 * 100 + np.pi * 100**2, rel=0.01)
    assert "No areas were given: the ground is the convex hull of the events and 100 m about it" in found.note
    assert found.outside == 0


@pytest.mark.parametrize("x", [[0.0], [0.0, 0.0], [0.0, 700.0, 1400.0]])
def test_one_point_or_a_line_of_them_still_makes_a_ground_that_holds_their_cells(x):
    found = study_area(small.crimes(x, x), cell=100.0)
    cells = found.grid.cell_of(found.crimes.geometry.x, found.crimes.geometry.y)
    assert found.study[cells].all()


def test_events_outside_an_outline_are_counted_and_left_out(tmp_path):
    grid = small.grid()
    file = tmp_path / "outline.geojson"
    small.two_wards(grid).to_crs("EPSG:4326")[["geometry"]].to_file(file)
    found = study_area(small.crimes([50.0, 1500.0, -900.0], [50.0] * 3), cell=100.0, polygon=file)
    assert (len(found.crimes), found.outside) == (2, 1)
    assert found.study.sum() == grid.size


def test_what_cannot_be_studied_is_refused(tmp_path):
    crimes = small.crimes([50.0], [50.0])
    with pytest.raises(InputError, match="got both"):
        study_area(crimes, cell=100.0, areas=tmp_path, polygon=tmp_path)
    with pytest.raises(InputError, match="At least one accepted crime"):
        study_area(crimes.iloc[:0], cell=100.0)
    with pytest.raises(InputError, match="`--cell` must be above 0 metres"):
        study_area(crimes, cell=0.0)
    file = tmp_path / "far.geojson"
    small.two_wards(small.grid()).translate(50_000).to_crs("EPSG:4326").to_file(file)
    with pytest.raises(InputError, match="none of 1 accepted crimes lies in an area"):
        study_area(crimes, cell=100.0, polygon=file)
