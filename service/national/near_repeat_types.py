"""Which types of crime are tested for near repeats over the nation unless others are asked for."""

from typing import Final

# What is known to bring on more of its kind nearby: homes (Johnson & others 2007), vehicles (Johnson, Summers & Pease
# 2009) and people robbed in the street (Haberman & Ratcliffe 2012). Arson does, too, and is not told apart from damage;
# thefts from shops cannot but be at shops, and violence at home is no risk to the neighbours.
NEAR_REPEAT: Final = ("Burglary", "Vehicle crime", "Robbery")
MOST_TYPES: Final = 20
