"""Run by the system's Python, where QGIS is: open a project, say what is in it, and print its sheet."""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import QgsApplication, QgsLayoutExporter, QgsProject
from qgis.PyQt.QtGui import QImage


def layer(found):
    return {
        "name": found.name(),
        "source": found.source().rpartition("=")[2],
        "valid": found.isValid(),
        "features": found.featureCount(),
        "crs": found.crs().authid(),
        "labelled": found.labelsEnabled(),
        "legend": [item.label() for item in found.renderer().legendSymbolItems()],
    }


def printed(project, path):
    (sheet,) = project.layoutManager().layouts()
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 60
    return int(QgsLayoutExporter(sheet).exportToImage(path, settings))


def colours(path):
    image = QImage(path)
    steps = range(0, min(image.width(), image.height()), 3)
    return sorted({image.pixel(x, y) for x in steps for y in steps})


def main(source, picture):
    program = QgsApplication([], False)
    program.initQgis()
    project = QgsProject.instance()
    project.read(source)
    found = {
        "title": project.title(),
        "crs": project.crs().authid(),
        "layers": [layer(each) for each in project.layerTreeRoot().layerOrder()],
        "printed": printed(project, picture),
    }
    print(json.dumps(found | {"colours": colours(picture)}))
    project.clear()
    program.exitQgis()


if __name__ == "__main__":
    main(*sys.argv[1:])
