"""Plain columns of many segments: as the store reads them, no more than asked."""

import pandas as pd
import pytest

from service.national.segments import month_points
from service.store import open_store
from service.store.importing import import_crimes
from service.store.segments import current, join_segments
from tests.service.store.extracts import extract


@pytest.fixture
def kept(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    import_crimes(store, "north", extract(["2023-12", "2024-01"], rows=50), actor="analyst")
    import_crimes(store, "south", extract(["2024-01"], rows=30, seed=2), actor="analyst")
    yield store
    store.close()


def segments_of(store, force):
    with store.reading() as reading:
        return current(reading, force)


def test_columns_are_those_that_the_store_reads(kept):
    segments = segments_of(kept, "north") + segments_of(kept, "south")
    whole = join_segments(kept, segments)
    columns = [name for name in whole.columns if name != "geometry"]
    found = month_points(kept.segments, [each.path for each in segments], ("x", "y", *columns))
    assert list(found.columns) == ["x", "y", *columns]
    assert found["x"].tolist() == whole.geometry.x.tolist()
    assert found["y"].tolist() == whole.geometry.y.tolist()
    for name in columns:
        assert found[name].astype(object).fillna("").tolist() == whole[name].astype(object).fillna("").tolist(), name
    assert found["occurred_from"].dtype == whole["occurred_from"].dtype


def test_months_are_counted_and_texts_are_numbered_in_their_order(kept):
    paths = [each.path for each in segments_of(kept, "north")]
    found = month_points(kept.segments, paths)
    assert list(found.columns) == ["x", "y", "offence", "month"]
    assert found["month"].tolist() == [2023 * 12 + 11] * 50 + [2024 * 12] * 50
    assert found["offence"].cat.categories.tolist() == ["Burglary", "Robbery"]
    back = month_points(kept.segments, paths[::-1])
    pd.testing.assert_frame_equal(back.iloc[:50].reset_index(drop=True), found.iloc[50:].reset_index(drop=True))


def test_no_segment_gives_no_row(kept):
    found = month_points(kept.segments, [], ("x", "offence", "occurred_from", "source_row", "month"))
    assert found.shape == (0, 5)
    assert isinstance(found["offence"].dtype, pd.CategoricalDtype)
