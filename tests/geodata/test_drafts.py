"""Files are there whole or not at all, and nobody's draft is left or shared."""

import pytest

from geodata.drafts import drafted, settle, written_whole


def test_a_file_takes_the_place_of_the_one_before_it_once_it_is_written(tmp_path):
    target = tmp_path / "new" / "told.json"
    for text in ("one", "two"):
        with written_whole(target) as draft:
            draft.write_text(text)
            assert not target.exists() or target.read_text() == "one"
        assert target.read_text() == text
    assert list(target.parent.iterdir()) == [target]


def test_what_fails_leaves_the_file_as_it_was_and_no_draft(tmp_path):
    target = tmp_path / "told.json"
    target.write_text("one")
    with pytest.raises(UnicodeEncodeError), written_whole(target) as draft:
        draft.write_text("tw\udc80")
    assert target.read_text() == "one"
    assert list(tmp_path.iterdir()) == [target]


def test_two_who_write_the_same_file_at_once_do_not_meet(tmp_path):
    target = tmp_path / "told.json"
    with written_whole(target) as one, written_whole(target) as other:
        assert one != other
        other.write_text("same")
        one.write_text("same")
    assert list(tmp_path.iterdir()) == [target]


def test_a_draft_may_be_settled_where_its_content_says(tmp_path):
    with drafted(tmp_path / "given") as draft:
        draft.write_bytes(b"told")
        settle(draft, tmp_path / "by-content")
    assert [path.name for path in tmp_path.iterdir()] == ["by-content"]
