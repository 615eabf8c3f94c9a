"""Names that are loaded when they are first asked for are there all the same."""

from importlib import import_module

import pytest


@pytest.mark.parametrize("package", ["geodata", "maps", "maps.gis", "maps.pack", "maps.report", "maps.tasking"])
def test_every_public_name_is_there_and_no_other(package):
    held = import_module(package)
    assert all(getattr(held, name) is not None for name in held.__all__)
    with pytest.raises(AttributeError, match="nobody_wrote_this"):
        _ = held.nobody_wrote_this


def test_a_function_of_the_same_name_as_its_module_stays_the_function():
    import maps
    import maps.escape

    assert maps.escape("<") == "&lt;"
