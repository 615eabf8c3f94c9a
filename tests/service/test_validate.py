"""`beatplan validate`: published values agree here, and one that did not would be told."""

import json
from dataclasses import replace

import pytest

from service.validation.run import Validation, summary, validate
from service.validation.value import Value

ONE = Value("Gini", "somebody", "of three", "0.78", 0.78)


@pytest.mark.shared
def test_every_published_value_agrees_and_the_report_says_so(beatplan, shared, tmp_path) -> None:
    incidents = shared / "data" / "incidents"
    ran = beatplan("validate", "--incidents", incidents, "--out", tmp_path / "a", "--json", tmp_path / "found.json")
    assert ran.code == 0, ran.out
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["agreeing"] == len(found["values"]) == 113
    assert found["lacking"] == []
    validate(incidents, out=tmp_path / "b")
    for name in ("validation.html", "validation.docx"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    page = (tmp_path / "a" / "validation.html").read_text()
    assert page.count(">yes<") == 113
    assert ">NO<" not in page


def test_what_is_not_given_is_told(beatplan) -> None:
    ran = beatplan("validate")
    assert (ran.code, ran.out.count("which was not given")) == (0, 2)


@pytest.mark.parametrize(
    ("published", "found", "agrees"),
    [("0.78", 0.7849, True), ("0.78", 0.7851, False), ("0.78", 0.7751, True), ("4", 4.0, True), ("-196", -196.4, True)],
)
def test_a_value_agrees_to_the_last_digit_published(published, found, agrees) -> None:
    assert replace(ONE, published=published, found=found).agrees == agrees


def test_a_value_that_does_not_agree_is_told(beatplan, monkeypatch) -> None:
    wrong = replace(ONE, found=0.8)
    monkeypatch.setattr("service.validation.run.VALUES", {"gini": lambda: iter([ONE, wrong])})
    assert "1 of 2 published values" in summary(Validation((ONE, wrong), ()))
    ran = beatplan("validate")
    assert (ran.code, "of three was published as 0.78 and is 0.8000 (somebody)" in ran.out) == (2, True)
