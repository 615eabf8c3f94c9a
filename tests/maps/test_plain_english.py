"""What the products say is plain, never stronger than the evidence, and gives each estimate its interval."""

import pytest

from maps.documents.blocks import prose
from maps.report.problem import problem
from maps.report.slides import slides
from maps.report.strategic import strategic
from maps.report.tactical import tactical
from tests.maps import documents_sample as sample
from tests.maps import plain
from tests.maps.bare import bare_pack

FLOOR = 50  # reading ease of a section: newspapers lie between 50 and 70
WHOLE = 65  # of a document
FEWEST_WORDS = 40


def texts(document) -> list[str]:
    return [text for section in document.sections for text in prose(section)]


def judged(document) -> None:
    """Fail where a document is hard to read, says too much, or hides how unsure it is."""
    said = texts(document)
    assert plain.overstated(said) == []
    assert plain.unsure_without_interval(said) == []
    assert plain.reading_ease(said) >= WHOLE
    for section in document.sections:
        held = list(prose(section))
        if sum(len(text.split()) for text in held) >= FEWEST_WORDS:
            assert plain.reading_ease(held) >= FLOOR, section.title


@pytest.mark.parametrize("name", ["tactical", "strategic", "problem"])
def test_every_document_of_the_sample_is_plain(name):
    judged(sample.documents()[name])


@pytest.mark.parametrize("make", [tactical, strategic])
def test_a_document_of_nothing_is_plain_too_and_says_what_is_missing(make):
    document = make(bare_pack())
    judged(document)
    assert "The last tasking was not given" in " ".join(texts(document))


def test_slides_are_plain():
    points = [point for slide in sample.deck().slides for point in slide.points]
    assert plain.overstated(points) == []
    assert plain.unsure_without_interval(points) == []
    assert plain.reading_ease(points) >= WHOLE


def test_slides_of_nothing_are_ten_as_well():
    assert len(slides(bare_pack()).slides) == 10


def test_the_measure_tells_plain_from_hard():
    easy = ["The cat sat on the mat. It was warm."]
    hard = [
        "Operationalisation of multidimensional prioritisation methodologies necessitates interdisciplinary evaluation."
    ]
    assert plain.reading_ease(easy) > 100
    assert plain.reading_ease(hard) < 0
    assert plain.syllables("crime") == 1
    assert plain.syllables("table") == 2


def test_the_measures_of_caution_find_what_they_look_for():
    assert plain.overstated(["Patrols prevented nine crimes.", "It cannot be said that patrol prevented it."]) == [
        "Patrols prevented nine crimes."
    ]
    assert plain.unsure_without_interval(["We expect 9 crimes.", "We expect 9 (7 to 12) crimes."]) == [
        "We expect 9 crimes."
    ]


def test_hypotheses_are_questions_and_no_profile_looks_for_a_person():
    for hotspot in ("H02", "H04"):
        document = problem(sample.sample_pack(), hotspot)
        (section,) = [section for section in document.sections if section.anchor == "hypotheses"]
        (bullets,) = [block for block in section.blocks if hasattr(block, "items")]
        assert len(bullets.items) >= 3
        assert all(item.endswith("?") for item in bullets.items)
        said = " ".join(texts(document)).casefold()
        assert "suspect" not in said
        assert "never about a person" in said
