"""
Write down what the program is made of: CycloneDX 1.6 JSON of a lock file, with versions, hashes and licences.

    ./run sbom > beatplan.cdx.json        (or: python docs/security/sbom.py [LOCK])

Versions and hashes are the lock's; licences are what the installed libraries say of themselves, and stand open where
one is not installed here (it is for another system). No server is asked for anything. One lock gives the same bytes.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

LOCK: Final = Path(__file__).parents[2] / "requirements.lock"
NAME: Final = "beatplan"
_ENTRY: Final = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+?)(?: ; (?P<where>.*?))? \\$", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LONGEST_NAME: Final = 60  # a longer licence is its text


def bill(lock: str) -> Bom:
    """Return the bill of materials of a lock file's text."""
    whole = Component(name=NAME, version=version(NAME), type=ComponentType.APPLICATION, bom_ref=NAME)
    parts = [_component(*entry) for entry in entries(lock)]
    bom = Bom(components=parts, serial_number=uuid5(NAMESPACE_URL, lock))
    bom.metadata.component = whole
    bom.metadata.timestamp = None  # type: ignore[assignment]  # no clock in what we write
    bom.register_dependency(whole, parts)
    return bom


def entries(lock: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Return name, version, condition and hashes of each library in a lock."""
    starts = list(_ENTRY.finditer(lock))
    for entry, end in zip(starts, [each.start() for each in starts[1:]] + [len(lock)], strict=True):
        yield entry["name"], entry["version"], entry["where"] or "", _HASH.findall(lock[entry.end() : end])


def _component(name: str, number: str, where: str, hashes: list[str]) -> Component:
    address = PackageURL("pypi", None, name, number)
    return Component(
        name=name, version=number, type=ComponentType.LIBRARY, purl=address, bom_ref=str(address),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in hashes],
        licenses=_licence(name), properties=[Property(name="beatplan:where", value=where)] if where else [],
    )  # fmt: skip


def _licence(name: str) -> list[License]:
    """Return the licence that a library says it has; none where it is not installed or says nothing."""
    try:
        said = _said(metadata(name).json)
    except PackageNotFoundError:
        return []
    return [LicenseFactory().make_from_string(said)] if said else []


def _said(about: dict[str, str | list[str]]) -> str:
    """Return an SPDX expression, or the classifiers, or a short name: whichever is there first."""
    if "license_expression" in about:
        return str(about["license_expression"])
    classified = [each.split(" :: ")[-1] for each in about.get("classifier", []) if each.startswith("License ::")]
    named = " ".join(str(about.get("license", "")).split())
    return " and ".join(classified) or (named if len(named) <= _LONGEST_NAME else "")


def main() -> None:
    """Print the bill of the lock named, or of the program's own."""
    lock = Path(sys.argv[1]) if sys.argv[1:] else LOCK
    print(JsonV1Dot6(bill(lock.read_text(encoding="utf-8"))).output_as_string(indent=1))


if __name__ == "__main__":
    main()
