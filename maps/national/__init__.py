"""The nation on one page: forces beside those like them, and where crime is dense."""

from maps.national.files import write_national
from maps.national.nation import Nation
from maps.national.page import national_map

__all__ = ["Nation", "national_map", "write_national"]
