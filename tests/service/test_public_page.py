from maps.pack import Contact, Neighbourhood, Tiles
from service.profile.force import Profile, read_profile
from service.public_page import public, tiles

SAID = """
[public]
website = "https://www.example.police.uk"
text = "In an emergency call 999."

[neighbourhoods.E05000001]
contact = {name = "Sergeant A. Example", role = "sergeant", email = "team@example.police.uk", telephone = "101"}
priorities = ["Fewer break-ins on Mill Street."]
similar = ["E05000002"]

[neighbourhoods.E05000002]

[map]
tiles = "https://tiles.example.police.uk/{z}/{x}/{y}.png"
attribution = "The force"
"""


def test_what_a_profile_says_for_the_public_reaches_the_products(tmp_path) -> None:
    (tmp_path / "force.toml").write_text(SAID, encoding="utf-8")
    profile = read_profile(tmp_path / "force.toml")
    contact = Contact("Sergeant A. Example", "sergeant", "team@example.police.uk", "101")
    first = Neighbourhood("E05000001", contact, ("Fewer break-ins on Mill Street.",), ("E05000002",))
    said = public(profile)
    assert (said.website, said.text) == ("https://www.example.police.uk", "In an emergency call 999.")
    assert said.neighbourhoods == (first, Neighbourhood("E05000002"))
    assert tiles(profile) == Tiles("https://tiles.example.police.uk/{z}/{x}/{y}.png", "The force")


def test_a_profile_that_says_nothing_publishes_nothing_and_asks_no_server() -> None:
    said = public(Profile())
    assert (said.website, said.text, said.neighbourhoods) == ("", "", ())
    assert tiles(Profile()) is None
