"""A commented starting profile, made from a force's areas."""

import json
from pathlib import Path

from geopandas import GeoDataFrame

from geodata.areas import read_areas
from geodata.grid import SQUARE_METRES_PER_KM2
from geodata.harm import DEFAULT_HARM, POLICE_GENERATED, harm_tables
from service.profile.force import Profile

_EXAMPLES = 3


def starting_profile(areas: Path) -> str:
    """
    Return a profile as TOML text: every setting with its default, those a force should fill in as comments.

    Parameters
    ----------
    areas : file of wards, beats or neighbourhoods

    Raises
    ------
    InputError, NotFoundError
        If the areas cannot be read.
    """
    wards = read_areas(areas)
    example = wards.head(_EXAMPLES)
    return _TEMPLATE.format(
        file=areas.name,
        count=len(wards),
        square_km=float(wards.area.sum()) / SQUARE_METRES_PER_KM2,
        table=_quoted(DEFAULT_HARM),
        tables=", ".join(harm_tables()),
        exclude=json.dumps(list(POLICE_GENERATED), ensure_ascii=False),
        priorities=_examples(example, "1.2"),
        first=_quoted(str(example["code"].iloc[0])),
        current=_examples(example, "[2, 1]"),
        easting=round(float(wards.total_bounds[[0, 2]].mean())),
        northing=round(float(wards.total_bounds[[1, 3]].mean())),
        **_defaults(),
    )


def _examples(wards: GeoDataFrame, value: str) -> str:
    """A commented line for each ward: its code, the value and its name."""
    named = zip(wards["code"], wards["name"], strict=True)
    return "\n".join(f"# {_quoted(code)} = {value}  # {_comment(name)}" for code, name in named)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return " ".join(text.split())


def _defaults() -> dict[str, object]:
    profile = Profile()
    return {
        **{f"patrol_{name}": value for name, value in profile.patrol.model_dump().items()},
        **{f"analysis_{name}": value for name, value in profile.analysis.model_dump().items()},
        **{f"posts_{name}": value for name, value in profile.posts.model_dump().items()},
        **{f"staff_{name}": value for name, value in profile.staff.model_dump().items()},
        **{f"repeats_{name}": value for name, value in profile.repeats.model_dump().items()},
        "repeats_marking": _quoted(profile.repeats.marking),
        "repeats_rings": list(profile.repeats.rings),
    }


_TEMPLATE = """\
# A starting profile, made from {file}: {count} areas, {square_km:,.0f} square kilometres.
# Every line is optional. A line that starts with # is an example: take the # away and put your own in.

[force]
name = "the force"
marking = "OFFICIAL"
# credits = ["Contains public sector information licensed under the Open Government Licence v3.0."]

[crimes]
# record_key = "record"       # where each API answer lies under a key of its own

# A force's own extract in place of data.police.uk files: which of its columns says what.
# [crimes.extract]
# crime_id = "Crime number"
# offence = "Offence"
# occurred_from = "From"
# occurred_to = "To"
# x = "Easting"
# y = "Northing"
# crs = "EPSG:27700"          # "EPSG:4326" for longitude and latitude
# place_id = "UPRN"
# victim_id = "Victim"        # hashed as it is read, with the key in the variable BEATPLAN_PSEUDONYM_KEY

[areas]
# code = "ward_code"          # found by itself where the column has a usual name
# name = "ward_name"
kind = "ward"

[analysis]
crs = "{analysis_crs}"
cell = "auto"               # metres, or "auto": 50 under 25 square kilometres, else 100
bandwidth = "auto"          # metres, or "auto": three cells
area_share = "auto"         # of the area, for hot spots, or "auto": room for 20 to 80 of them
smallest_hotspot = {analysis_smallest_hotspot:.0f}   # square metres
largest_hotspot = {analysis_largest_hotspot:.0f}    # square metres: what a patrol covers in one visit
rank_by = "{analysis_rank_by}"            # or "crimes"
exclude = {exclude}   # recorded where police look: out of the risk surface
# since = 2023-01-01          # first day analysed, where old crimes stand among new ones
origins = {analysis_origins}                 # how many past periods the forecasts are tested on
forecasts = "{analysis_forecasts}"         # "all" tries the two that take minutes, too
seed = {analysis_seed}

[harm]
table = {table}
# Shipped: {tables}. Or a CSV file of the force's own beside this profile: offence, weight, basis.

[control_strategy]            # how much more than its harm a crime type counts
# "Burglary" = 1.5

[community_priorities]        # how much more a ward counts
{priorities}

# Bases, shifts and units. Without them Beatplan takes some, and the report says which.
# [[bases]]
# name = "Central"
# easting = {easting}           # or lon = ... and lat = ...
# northing = {northing}

# [[shifts]]
# name = "late"
# start = "14:00"
# end = "22:00"               # one that ends before it starts ends on the next day

# [[units]]
# base = "Central"
# shift = "late"
# role = "CSO"
# patrols = 3
# officers = 2                # who walk together

[posts]
# constables = {count}
# csos = {count}
officers_per_sergeant = {posts_officers_per_sergeant}
floor = {posts_floor}                     # officers that every ward has at least

[posts.current]               # today's constables and CSOs by ward, to compare with
{current}

[staff]                       # ranks, funds and rules of the teams; docs/reference/profile.md lists them all
# sergeants = 10              # as many as the span asks for, if not given
# inspectors = 2              # one a neighbourhood, if not given
hours_a_week = {staff_hours_a_week:.0f}
on_duty = {staff_on_duty:.2f}                # after leave, sickness and training
constable_patrol_share = {staff_constable_patrol_share:.2f}
cso_patrol_share = {staff_cso_patrol_share:.2f}
abstraction = {staff_abstraction:.2f}            # share of patrol time that other calls take away
# moves = 10                  # posts that may leave their ward of today
# loss_cap = 0.2              # share of its officers that a ward may lose

# [staff.funds."Partner CSOs"]
# csos = 2
# wards = [{first}]

[patrol]
share_on_patrol = {patrol_share_on_patrol:.2f}        # of a CSO's duty, as the Home Office plans
briefing_minutes = {patrol_briefing_minutes}
debrief_minutes = {patrol_debrief_minutes}
visit_minutes = {patrol_visit_minutes}
most_visits = {patrol_most_visits}               # to one hot spot in one shift
gap_minutes = {patrol_gap_minutes}            # between two visits to one place
walking_kmh = {patrol_walking_kmh}
pairs_from = "{patrol_pairs_from}"        # nobody patrols alone from then until pairs_until; "never": no such rule
meal_minutes = {patrol_meal_minutes}           # break of every patrol; 0: none is planned
variants = {patrol_variants}                # days that get a plan of their own

# [delivery]                  # after a tasking whose debriefs are given with --last and --delivered
# repair = 0.5                # what a hot spot that received nothing counts more

[repeats]                     # repeat victimisation: `beatplan repeats`
marking = {repeats_marking}   # of the restricted lists
half_life = {repeats_half_life:.0f}                # days after which a crime counts for half in the ranking of victims
recent = {repeats_recent:.0f}                   # days; who suffered since then is on the response list
look_back = {repeats_look_back:.0f}               # days in which earlier crimes raise the tier
least_tier = "{repeats_least_tier}"         # lowest tier on the list: bronze, silver or gold
rings = {repeats_rings}         # metres: neighbours to warn
cocoon_days = {repeats_cocoon_days:.0f}              # until the warning expires

# A graded response of the force's own; with one, those built in are gone.
# [[repeats.responses]]
# name = "burglary"
# offences = ["burglary"]     # words of which the offence holds one
# subject = "place"           # or "victim": whose earlier crimes count
# neighbours = true           # never after domestic abuse or hate crime
# bronze = {{within_hours = 72, actions = ["call the victim back"]}}
# silver = {{within_hours = 48, actions = ["visit by a crime prevention officer"]}}
# gold = {{within_hours = 24, actions = ["lend an alarm"]}}

[public]                      # for the public page and the briefings; each area's contact and priorities below
# website = "https://www.example.police.uk"
# text = "In an emergency call 999."

# [neighbourhoods.{first}]
# contact = {{name = "Sergeant A. Example", role = "sergeant", email = "team@example.police.uk", telephone = "101"}}
# priorities = ["Fewer break-ins on the shopping street."]
# similar = []                # codes of the areas it is compared with, in place of all others

# [panel]
# petition_signatures = 100   # from so many on, a petition goes before the tasking meeting

# [intelligence]
# weight = 0.0                # what each full point of a ward's reports adds to its demand; 0 is nothing

# [map]                       # a tile server of the force's own; without one no page asks any server for anything
# tiles = "https://tiles.example.police.uk/{{z}}/{{x}}/{{y}}.png"
# attribution = "Whose map it is"

# [[targets]]
# name = "Fewer burglaries"
# offences = ["Burglary"]     # every crime type, if not given
# measure = "crimes"          # or "harm"
# baseline = 40.0             # a week
# aim = 34.0                  # a week
# by = 2026-03-31
"""
