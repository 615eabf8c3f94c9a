"""
The settings under which GDAL and PROJ may be loaded: files are read as data, and nothing is fetched.

GDAL reads its environment once, when pyogrio is first imported; `geodata/__init__.py` therefore imports this module
before any other. A "GeoJSON" that is really a virtual data set would otherwise read another file of the machine or
call a server: the drivers that do so are left out, and remote paths are switched off.
"""

import os
from typing import Final

# Formats that are not data but directions to other data: virtual layers, pipelines and web services.
SKIPPED_DRIVERS: Final = (
    "OGR_VRT",
    "GDALG",
    "WFS",
    "OAPIF",
    "OGCAPI",
    "CSW",
    "HTTP",
    "EEDA",
    "PLSCENES",
    "NGW",
    "Carto",
    "AmigoCloud",
    "Elasticsearch",
    "ADBC",
)

# What a virtual data set holds near its beginning, whatever the file is called.
VIRTUAL_MARKS: Final = (b"<OGRVRTDataSource", b"<OGRVRTLayer", b"<OGRVRTUnionLayer", b"gdal_streamed_alg")


def close_doors() -> None:
    """Set the environment so that GDAL reads no virtual or remote data and PROJ fetches no grid."""
    already = os.environ.get("GDAL_SKIP", "").replace(",", " ").split()
    os.environ["GDAL_SKIP"] = ",".join(dict.fromkeys((*already, *SKIPPED_DRIVERS)))
    os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] = ".none"
    os.environ["GML_DOWNLOAD_SCHEMA"] = "NO"
    os.environ["PROJ_NETWORK"] = "OFF"


close_doors()
