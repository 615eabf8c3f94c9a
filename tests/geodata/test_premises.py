"""Premises: one of two ways of writing it, never one of two addresses; what is no premises is not claimed."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.premises import match_premises, pseudonyms


def premises_of(*addresses: str | None) -> list[object]:
    found = match_premises(addresses=pd.Series(addresses, dtype="string")).premises
    return [None if pd.isna(each) else str(each) for each in found]


@pytest.mark.parametrize(
    "ways",
    [
        ("Flat 2, 14 High St", "flat 2 14 HIGH STREET", "14 High Street, Flat 2", "Apt. 2, 14, High St."),
        ("14A High St", "14a high street", "14 A High Street"),
        ("Ground floor flat, 9 St John's Rd", "GFF, 9 ST JOHNS ROAD"),
        ("Acorn House, 3 Mill Lane", "3 Mill Ln"),
        ("2 Park Rd N, Jesmond", "2 Park Road North, Jesmond"),
        ("The Cottage, Church Lane", "THE COTTAGE, CHURCH LN."),
    ],
)
def test_ways_of_writing_one_address_are_one_premises(ways: tuple[str, ...]) -> None:
    assert len(set(premises_of(*ways))) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ("Flat 2, 14 High St", "Flat 3, 14 High St", "14 High St", "Ground floor flat, 14 High St"),
        ("14 High St", "14A High St", "14B High St", "14-16 High St"),
        ("THE COTTAGE", "Rose Cottage"),
        ("12 High St, Hexham", "12 High St, Blyth", "12 High St, NE8 1AA"),
        ("1 Park Road", "1 Park Avenue"),
        ("5 East Street", "5 West Street"),
        ("5 St Mary Street", "5 Mary Street"),
        ("Unit 2, 14 High St", "Flat 2, 14 High St"),
    ],
)
def test_different_addresses_are_never_one_premises(addresses: tuple[str, ...]) -> None:
    found = premises_of(*addresses)
    assert None not in found
    assert len(set(found)) == len(addresses)


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("11XX BURNABY ST", "street block"),
        ("8X W PENDER ST", "street block"),
        ("1100 BLOCK OF W 71ST AVE", "street block"),
        ("ABBOTT ST / W PENDER ST", "street"),
        ("HIGH STREET, GATESHEAD", "street"),
        ("4TH AVENUE", "street"),
        ("On or near High Street", "map point"),
        ("OFFSET TO PROTECT PRIVACY", "none"),
        ("X NK_LOC ST", "none"),
        ("Not known", "none"),
        ("", "none"),
        ("14", "none"),
    ],
)
def test_what_names_no_premises_is_not_claimed_as_one(address: str, level: str) -> None:
    found = match_premises(addresses=pd.Series([address]))
    assert found.level.tolist() == [level]
    assert found.premises.isna().all()


def test_one_block_is_one_block_however_it_is_written() -> None:
    found = match_premises(addresses=pd.Series(["11XX BURNABY ST", "11XX Burnaby Street", "12XX BURNABY ST"]))
    assert found.place.tolist() == ["11XX BURNABY STREET", "11XX BURNABY STREET", "12XX BURNABY STREET"]


def test_a_uprn_goes_before_words_and_an_address_takes_the_only_one_beside_it() -> None:
    uprn = pd.Series(["000100012345678", "100012345678.0", None, None])
    address = pd.Series(["Flat 2, 14 High St", "14 High St", "flat 2, 14 high street", "Flat 3, 14 High St"])
    found = match_premises(uprn, address)
    assert found.premises.tolist() == [*["UPRN 100012345678"] * 3, "FLAT 3, 14 HIGH STREET"]
    assert found.basis.tolist() == ["UPRN", "UPRN", "address", "address"]
    assert "one reference, several addresses" in set(found.review["why"])


def test_an_address_under_two_uprns_is_left_apart_and_listed() -> None:
    uprn = pd.Series(["100012345678", "100012345679", None])
    found = match_premises(uprn, pd.Series(["14 High St"] * 3))
    assert found.premises.nunique() == 3
    assert "one address, several references" in set(found.review["why"])


def test_a_uprn_that_a_spreadsheet_has_cut_is_no_premises() -> None:
    found = match_premises(pd.Series(["1.00012E+11", "1.00012E+11", "100012345678", "0"]))
    assert found.premises.isna().tolist() == [True, True, False, True]
    assert found.review["why"].tolist() == ["cut short by a spreadsheet"]


def test_a_forces_own_references_are_taken_as_given() -> None:
    found = match_premises(pd.Series(["P00001", "P00002", "P00001", None]))
    assert found.premises.fillna("").tolist() == ["P00001", "P00002", "P00001", ""]


def test_a_column_of_addresses_given_as_identifiers_is_read_as_addresses() -> None:
    assert match_premises(pd.Series(["14 High St", "14 High Street"])).premises.tolist() == ["14 HIGH STREET"] * 2


def test_the_same_words_far_apart_are_two_premises_and_listed() -> None:
    addresses = pd.Series(["14 High St"] * 4)
    x = np.array([0.0, 60.0, 120.0, 5000.0])
    found = match_premises(addresses=addresses, x=x, y=np.zeros(4))
    assert found.premises.nunique() == 2  # three in a chain of steps of 60 m, and one elsewhere
    assert found.review["why"].tolist() == ["the same words far from each other"]


def test_doubtful_matches_are_listed_and_kept_apart() -> None:
    addresses = pd.Series(["14 Chruch Lane", "14 Church Lane", "14 Church Lane", "9 Elm Rd", "Flat 1, 9 Elm Rd"])
    found = match_premises(addresses=addresses)
    assert found.premises.nunique() == 4
    assert set(found.review["why"]) == {"nearly the same words", "which flat is not said"}
    assert set(found.review["taken"]) == {"apart"}


def test_the_order_of_rows_is_immaterial() -> None:
    rng = np.random.default_rng(4)
    streets = ["High St", "Hihg Street", "Elm Rd", "Elm Road, Hexham", "Church Lane, NE8 1AA"]
    addresses = pd.Series([f"{rng.integers(1, 6)} {streets[rng.integers(5)]}" for _ in range(80)])
    uprn = pd.Series([str(rng.integers(1, 30)) if rng.uniform() < 0.3 else None for _ in range(80)])
    x, y = rng.uniform(0, 500, (2, 80))
    turned = rng.permutation(80)
    one = match_premises(uprn, addresses, x=x, y=y)
    other = match_premises(uprn[turned], addresses[turned], x=x[turned], y=y[turned])
    pd.testing.assert_series_equal(one.premises, other.premises.sort_index())
    pd.testing.assert_frame_equal(one.review, other.review)


def test_nothing_makes_nothing() -> None:
    found = match_premises(pd.Series([], dtype="string"))
    assert len(found.premises) == len(found.review) == 0
    with pytest.raises(InputError, match="neither is given"):
        match_premises()


def test_a_pseudonym_follows_from_name_and_key_alone() -> None:
    names = pd.Series(["14 HIGH STREET", None, "UPRN 12"], dtype="string")
    keyed, other = pseudonyms(names, b"k" * 16), pseudonyms(names, b"j" * 16)
    assert keyed.isna().tolist() == [False, True, False]
    assert keyed[0] != other[0]
    assert keyed[0] == pseudonyms(names[:1], b"k" * 16)[0]
    assert pseudonyms(names, None).fillna("").tolist() == ["N000001", "", "N000002"]
