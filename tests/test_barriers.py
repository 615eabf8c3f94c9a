"""A short look finds all that axe finds when it is asked for everything."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.barriers import LEVELS, barriers

pytestmark = pytest.mark.browser

BROKEN = """<!DOCTYPE html><html><title>Broken</title>
<style>.grey { color: #bbb; background: #fff } .near a { font-size: 8px; margin: 0 }</style>
<img src="data:,"><input><button></button><iframe srcdoc="<img>"></iframe><iframe srcdoc="" title=""></iframe>
<p class="grey">pale</p><p class="grey">pale too</p><ul><p>not an item</p></ul>
<div role="button" aria-wrong="1">x</div><input autocomplete="nonsense" aria-label="y"><p lang="zzzz">z</p>
<div aria-hidden="true"><a href="#">in hiding</a></div>
<select></select><a href="#"></a><table><td headers="none">1</td></table>
<p class="near"><a href="#">a</a><a href="#">b</a>
</html>"""


def test_a_short_look_finds_what_a_whole_one_finds_by_the_same_rules(visit):
    page = visit(BROKEN).page
    whole = Axe().run(page, options={"runOnly": LEVELS}).response["violations"]
    found = barriers(page)
    assert found == [[each["id"], *(node["html"][:120] for node in each["nodes"])] for each in whole]
    assert len(found) > 10
    assert {"frame-title", "color-contrast", "target-size", "label", "image-alt", "html-has-lang"} <= {
        name for name, *_ in found
    }


def test_a_second_look_sees_what_has_changed_since_the_first(visit):
    page = visit('<!DOCTYPE html><html lang="en"><title>Whole</title><main><h1>Whole</h1></main></html>').page
    assert barriers(page) == []
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [name for name, *_ in barriers(page)] == ["image-alt"]
