"""A document as a tagged PDF that a screen reader can follow (PDF/UA-1), from the same page as the browser's."""

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from geodata.errors import InputError
from maps.documents.blocks import Document
from maps.documents.html import render

_VARIANT: Final = "pdf/ua-1"
NEEDED: Final = (
    "A PDF needs WeasyPrint with Pango 1.44 or newer, and it is not installed here; leave that product out or install "
    "Pango from your system's packages."
)
_POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')


def require() -> Any:
    """
    Return the library that makes PDFs.

    Raises
    ------
    InputError
        If it, or the system library that it stands on, is not there.
    """
    try:
        import weasyprint
    except (ImportError, OSError):
        raise InputError(NEEDED) from None
    return weasyprint


def pdf_bytes(page: str, *, name: str) -> bytes:
    """
    Return a page as a tagged PDF.

    Parameters
    ----------
    page : HTML that holds all it needs; nothing else is fetched, not even a file
    name : what the file's identifier is made from

    Raises
    ------
    InputError
        If the library that makes PDFs is not there.
    """
    library = require()
    fetcher = library.URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    held = library.HTML(string=_POLICY.sub("", page), url_fetcher=fetcher, base_url=None)
    data: bytes = held.write_pdf(
        pdf_variant=_VARIANT, pdf_identifier=hashlib.sha256(name.encode()).digest()[:16], pdf_tags=True
    )
    return data


def write_pdf(document: Document, path: str | Path) -> Path:
    """
    Write a document as a PDF.

    Parameters
    ----------
    document : what it says
    path : the file to write

    Returns
    -------
    path : as given

    Raises
    ------
    InputError
        If the library that makes PDFs is not there; nothing is written then.
    """
    data = pdf_bytes(render(document), name=f"{document.full_title} {document.edition.run_id}")
    held = Path(path)
    held.write_bytes(data)
    return held
