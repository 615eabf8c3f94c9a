"""The page on fairness and feedback: every number with its interval, and what is not known said."""

from dataclasses import replace

from maps.documents.blocks import Figure, TableBlock, prose
from maps.report.assurance import assurance
from maps.report.missing import DEPRIVATION, FAIRNESS, FEEDBACK, ROBUST
from tests.maps.sample import sample_pack


def blocks(document, kind):
    return [block for section in document.sections for block in section.blocks if isinstance(block, kind)]


def test_shares_prices_and_the_loop_stand_on_one_page() -> None:
    said = assurance(sample_pack())
    names = [block.table.name for block in blocks(said, TableBlock)]
    assert names == [
        "fairness-teams",
        "fairness-patrols",
        "fairness-people-1",
        "price-of-proportion",
        "robust-plans",
        "robust-wards",
        "feedback",
    ]
    assert len(blocks(said, Figure)) == 2
    lead = prose(said.sections[0])[0]
    assert "a ratio of" in lead
    assert "would not drift" in lead
    loop = blocks(said, TableBlock)[-1].table
    assert next(row[-1][0] for row in loop.rows) == "no"


def test_what_was_not_looked_at_or_is_not_known_is_said() -> None:
    pack = sample_pack()
    assert FAIRNESS in prose(assurance(replace(pack, fairness=None)).sections[0])[0]
    unknown = replace(
        pack.fairness, wards=pack.fairness.wards.assign(group=None), front=None, feedback=None, robust=None
    )
    said = assurance(replace(pack, fairness=unknown))
    text = " ".join(part for section in said.sections for part in prose(section))
    assert DEPRIVATION in text
    assert FEEDBACK in text
    assert ROBUST in text
