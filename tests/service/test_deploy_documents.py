"""What stands in docs/deploy is what the program does."""

from pathlib import Path

from pydantic import BaseModel

from service.web.settings import Cluster, Proxy, Settings, SignOn

DEPLOY = Path(__file__).resolve().parents[2] / "docs" / "deploy"


def test_every_setting_of_the_service_is_documented() -> None:
    text = (DEPLOY / "settings.md").read_text(encoding="utf-8")
    kinds: tuple[type[BaseModel], ...] = (Settings, SignOn, Proxy, Cluster)
    names = [name for kind in kinds for name in kind.model_fields if name not in ("sign_on", "proxy", "cluster")]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert "## `[sign_on]`" in text
    assert "## `[proxy]`" in text
    assert "## `[cluster]`" in text


def test_the_unit_and_the_container_start_what_there_is() -> None:
    for name in ("beatplan.service", "Containerfile"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        assert "beatplan" in text
        assert "serve" in text.split("ExecStart" if "ExecStart" in text else "CMD")[1]
