"""Names for a place that never was: put together from syllables and words, by a seed."""

from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

FORCE: Final = "Doggerland Constabulary"

_BEGINNINGS: Final = (
    "Amber Brent Brill Bunt Cod Corm Curl Dab Dog Drift Dun Eel Fan Fathom Gan Garfish Godwit Grebe Haddock Hake "
    "Herring Kelp Kitti Knot Lug Marl Merl Mussel Oyster Petrel Plaice Plover Pollack Ray Reed Sand Scoter Shear "
    "Skate Skua Smelt Sprat Tern Thrift Turbot Weever Whimbrel Wrack"
)  # of birds, fish and shores
_ENDINGS: Final = (
    "bank barrow beck bold bourne combe cote den fold garth gate haven holt hythe mere ness rigg shaw stead stow "
    "thorpe toft wath wick"
)
_WORDS: Final = (
    "Abbot Acorn Alder Amber Anchor Apple Ash Aspen Balm Barley Basket Beacon Beech Bell Birch Blackbird Bobbin "
    "Bracken Bramble Brewer Briar Bridge Broom Burnet Cable Canal Candle Carter Castle Cedar Chalk Chandler "
    "Chapel Cherry Cinder Clay Cloth Clover Cobbler Cooper Coral Cordwain Corn Cowslip Crane Crocus Cross Damson "
    "Dove Dyer Elder Elm Fair Falcon Fern Ferry Finch Flax Forge Foundry Fountain Foxglove Furze Gannet Garden "
    "Gorse Granary Grange Grove Gull Harbour Harvest Hawthorn Hazel Heather Heron Holly Honey Hop Hornbeam Iron "
    "Ivy Jasmine Juniper Kiln King Lantern Larch Lark Laurel Lavender Lime Linen Linnet Lock Loom Mallow Malt "
    "Maple Market Marsh Mason Meadow Medlar Mercer Merchant Mill Mint Moor Mulberry Myrtle Nettle Nightingale Oak "
    "Oat Olive Orchard Osier Otter Park Pear Pike Pilot Pine Plum Poplar Poppy Potter Primrose Quarry Quay Queen "
    "Quince Raven Reed Robin Rope Rose Rowan Rush Rye Saddler Sage Sail Salmon Salt Sawmill School Shepherd "
    "Shuttle Silk Skinner Smith Sorrel Spring Starling Station Stone Swallow Swan Swift Sycamore Tallow Tanner "
    "Teasel Thatcher Thistle Thrush Thyme Tower Turner Vicarage Vine Violet Walnut Warren Weaver Well Wharf Wheat "
    "Wheeler Willow Windmill Wool Wren Yarrow Yew"
)
_COMMON: Final = "Street Road Avenue Close Lane Way Drive Terrace Gardens Place Grove Court Crescent Row Rise Walk"
_FURTHER: Final = ("", "Upper ", "Lower ", "Old ", "New ", "Great ", "Little ", "North ", "South ", "East ", "West ")

Names = npt.NDArray[np.object_]


def place_names(rng: Generator, count: int) -> Names:
    """Return names of places, each once as long as there are enough of them (1,152)."""
    every = [start + end for start in _BEGINNINGS.split() for end in _ENDINGS.split()]
    return _drawn(rng, every, count)


def road_names(rng: Generator, count: int) -> Names:
    """Return names of main roads, most called after a place."""
    return np.array([f"{place} Road" for place in place_names(rng, count)], dtype=object)


def is_main_road(name: str) -> bool:
    """Return whether a road is called after a place, as `road_names` calls those between quarters."""
    place = name.removesuffix(" Road")
    return place != name and " " not in place and place not in _WORDS.split()


def street_names(rng: Generator, count: int) -> Names:
    """Return names of streets, each once as long as there are enough of them; the plain ones come first."""
    names: list[Names] = []
    for further in _FURTHER:
        if sum(map(len, names)) < count:
            every = [f"{further}{word} {kind}" for word in _WORDS.split() for kind in _COMMON.split()]
            names.append(_drawn(rng, every, len(every)))
    return np.resize(np.concatenate(names), count) if names else np.empty(0, dtype=object)


def _drawn(rng: Generator, every: list[str], count: int) -> Names:
    shuffled: Names = np.array(every, dtype=object)[rng.permutation(len(every))]
    return np.resize(shuffled, count)
