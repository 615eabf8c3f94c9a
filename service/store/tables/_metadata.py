"""What every table of the catalogue is listed in."""

from typing import Final

from sqlalchemy import MetaData

METADATA: Final = MetaData()
