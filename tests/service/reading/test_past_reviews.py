"""The force's own reviews, read back for problem profiles: what `beatplan review` wrote, or a sentence."""

import json

import pytest

from geodata.errors import InputError
from maps.report.reviews import Review, nearest, said, table
from service.reading.past_reviews import read_reviews, review_files

GATES = {
    "name": "Alley gates", "start": "2023-05-01", "end": "2023-09-30", "offences": ["Burglary"],
    "verdict": "probably fell", "sentence": "It fell by 20 % (2 to 36 %).", "retrospective": False,
    "wdd": {"total": {"change": -4.0}},
}  # fmt: skip


def folder_of(tmp_path, **files: str):
    for name, text in files.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    return tmp_path


def test_results_are_read_in_the_order_of_their_files(tmp_path):
    late = json.dumps({"interventions": [GATES | {"name": "Late"}], "tally": {}})
    both = json.dumps({"interventions": [GATES, GATES | {"name": "Bus"}]})
    assert [review.name for review in read_reviews(folder_of(tmp_path, b=late, a=both))] == [
        "Alley gates",
        "Bus",
        "Late",
    ]


def test_no_folder_is_no_review():
    assert read_reviews(None) == ()
    (sentence,) = said(())
    assert sentence.startswith("No review of the force’s own was given; the option --reviews")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("{", "a.json is not"),
        ("[]", "`the whole` breaks"),
        ('{"interventions": [{}]}', "breaks its rule"),
        (json.dumps({"interventions": [GATES | {"verdict": "worked"}]}), r"`interventions\.0\.verdict` breaks"),
    ],
)
def test_what_is_no_result_is_refused(text, finding, tmp_path):
    with pytest.raises(InputError, match=finding):
        read_reviews(folder_of(tmp_path, a=text))


def test_a_file_or_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"there is no \.json"):
        review_files(tmp_path)
    with pytest.raises(InputError, match="must be a folder"):
        review_files(tmp_path / "none")


def test_reviews_of_the_same_crime_type_come_first_and_falls_before_the_rest():
    reviews = [
        Review("a", "2023-01-01", "2023-02-01", (), "fell", "It fell."),
        Review("b", "2022-01-01", "2022-02-01", ("Burglary",), "rose", "It rose."),
        Review("c", "2021-01-01", "2021-02-01", ("BURGLARY",), "fell", "It fell."),
    ]
    assert [each.name for each in nearest(reviews, ["Burglary"])] == ["c", "b", "a"]
    assert said(reviews)[1].startswith("In 2 crime fell, or probably fell")
    assert len(table(reviews)) == 3
