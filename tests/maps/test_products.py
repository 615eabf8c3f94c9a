"""Every product by its name: what is asked for is written, all of it or, if anything fails, a sentence."""

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from geodata.errors import InputError, NotFoundError
from maps.product import Asked
from maps.products import ALL, DEFAULT, PRODUCTS, parts_of, products, ready, write_products
from tests.maps import documents_sample as sample
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

README = Path(__file__).resolve().parents[2] / "docs" / "reference" / "products.md"


def test_a_name_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(NotFoundError, match=r"must be one of report, map, .*all; tacticl is not"):
        products(["report", "tacticl"])


def test_all_is_every_product_and_order_and_doubles_are_immaterial():
    assert list(products([ALL])) == list(PRODUCTS)
    assert list(products(["map", "report", "map"])) == ["report", "map"]


def test_the_usual_products_need_no_library_of_office_files():
    assert not any(PRODUCTS[name].pdf for name in DEFAULT)
    assert set(DEFAULT) == {"report", "map", "tables", "gis", "plan"}


def test_a_run_works_out_only_the_parts_that_its_products_show():
    assert parts_of(["plan"]) == ()
    assert "standing" in parts_of(["strategic"])
    assert set(parts_of([ALL])) >= set(parts_of(DEFAULT))


def test_a_pdf_is_refused_before_anything_is_written(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InputError, match="PDF"):
        write_products(sample_pack(), tmp_path, ["plan", "tactical"])
    assert not list(tmp_path.iterdir())
    assert ready(["plan", "slides"]) == ("plan", "slides")


def test_what_is_asked_for_is_written_and_nothing_else(tmp_path):
    stages = []

    def stage(name):
        stages.append(name)
        return nullcontext()

    asked = Asked(hotspots=("H02",), reviews=sample.REVIEWS)
    found = write_products(sample_pack(), tmp_path, ["plan", "problem"], asked=asked, stage=stage)
    assert stages == ["product: plan", "product: problem"]
    assert set(found) == {path.name for path in tmp_path.iterdir()} == {
        "plan.csv", "briefing.csv", "days.csv", "patrols.gpx", "patrols.geojson",
        "problem-H02.html", "problem-H02.docx",
    }  # fmt: skip


def test_a_hot_spot_that_is_none_is_refused(tmp_path):
    with pytest.raises(NotFoundError, match=r"one of this run's \(H01 to H05\); H77 is not"):
        write_products(sample_pack(), tmp_path, ["problem"], asked=Asked(hotspots=("H77",)))


def test_where_there_is_no_hot_spot_there_is_no_profile(tmp_path):
    assert write_products(bare_pack(), tmp_path, ["problem"]) == {}


def test_every_product_is_documented():
    text = README.read_text(encoding="utf-8")
    assert [name for name in PRODUCTS if f"| `{name}` |" not in text] == []
