"""Crimes and published layers in a PostGIS database, where QGIS users connect; each hand-over is told to the audit."""

from collections.abc import Iterable
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from geopandas import GeoDataFrame
from psycopg import Cursor, sql
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from geodata.errors import InputError, NotFoundError
from service.store import audit
from service.store.catalogue import Store, driver_address
from service.store.runs import list_runs
from service.store.segments import read_kept, refuse_bad_name

_COLUMNS: Final = ["crime_id", "offence", "occurred_from", "occurred_to", "precision", "place_kind", "location", "lsoa"]
_LAYERS: Final = "hotspots.gpkg"
_TYPES: Final = (
    (pd.api.types.is_bool_dtype, "boolean"),
    (pd.api.types.is_integer_dtype, "bigint"),
    (pd.api.types.is_float_dtype, "double precision"),
    (pd.api.types.is_datetime64_any_dtype, "timestamptz"),
)


def export_postgis(store: Store, force: str, url: str, *, actor: str) -> dict[str, int]:
    """
    Write a force's crimes, without victims, and the layers of its newest published run, as tables of a schema.

    The schema is `beatplan_` and the force's name. Tables that are there already are filled anew where their columns
    are the same, so that views on them go on. All is there at once, or nothing.

    Parameters
    ----------
    store : Store
    force : whose
    url : "postgresql://user@host/database"; PostGIS must be there, or the user must be allowed to make it
    actor : account

    Returns
    -------
    rows : of each table

    Raises
    ------
    NotFoundError
        If nothing is kept of the force.
    InputError
        If the address is no PostgreSQL database's, it does not answer, or has no PostGIS.
    """
    refuse_bad_name(force)
    tables = _tables(store, force)
    address = driver_address(url)
    if address.get_backend_name() != "postgresql":
        raise InputError("An export for QGIS goes to postgresql://.")
    engine = create_engine(address)
    try:
        with engine.connect() as connection, connection.begin():
            driver: Any = connection.connection.driver_connection
            with driver.cursor() as cursor:
                _write(cursor, f"beatplan_{force.replace('-', '_')}", tables)
    except DBAPIError:
        raise InputError(f"The database must answer, and {address.database or 'it'} does not.") from None
    finally:
        engine.dispose()
    rows = {name: len(table) for name, table in tables.items()}
    with store.writing() as writing:
        audit.append(
            writing, at=store.now, actor=actor, act="disclosure", subject=f"crimes and layers of {force}",
            details={"to": make_url(url).render_as_string(hide_password=True), **rows},
        )  # fmt: skip
    return rows


def _tables(store: Store, force: str) -> dict[str, GeoDataFrame]:
    crimes = read_kept(store, force)
    if crimes.empty:
        raise NotFoundError(f"Nothing is kept of {force}.")
    tables = {"crimes": GeoDataFrame(crimes[[*_COLUMNS, "geometry"]])}
    for run in list_runs(store, force, published_only=True, most=1):
        path = store.folder / run.folder / _LAYERS
        layers = pyogrio.list_layers(path) if path.is_file() else []
        tables |= {str(name): gpd.read_file(path, layer=name) for name, shape in layers if shape is not None}
    return tables


def _write(cursor: Cursor[Any], schema: str, tables: dict[str, GeoDataFrame]) -> None:
    cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")
    if cursor.fetchone() is None:
        raise InputError("The database's server must have PostGIS, and it has not.")
    cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    for name, table in tables.items():
        _write_table(cursor, sql.Identifier(schema, name), f"{schema}.{name}", table)


def _write_table(cursor: Cursor[Any], where: sql.Identifier, name: str, table: GeoDataFrame) -> None:
    facts = table.drop(columns=table.geometry.name)
    columns = {str(column): _type(facts[column]) for column in facts.columns}
    if _columns_there(cursor, name) == {*columns, "geom"}:
        cursor.execute(sql.SQL("TRUNCATE {}").format(where))
    else:
        code = table.crs.to_epsg() or 0
        parts = [sql.SQL("{} {}").format(sql.Identifier(key), sql.SQL(kind)) for key, kind in columns.items()]
        parts.append(sql.SQL("geom geometry(Geometry, {})").format(sql.Literal(code)))
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(where))
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(where, sql.SQL(", ").join(parts)))
        cursor.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(where))
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(where)) as copy:
        for row in _rows(facts, table):
            copy.write_row(row)


def _columns_there(cursor: Cursor[Any], name: str) -> set[str]:
    schema, table = name.split(".", 1)
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
        (schema, table),
    )
    return {row[0] for row in cursor.fetchall()}


def _rows(facts: pd.DataFrame, table: GeoDataFrame) -> Iterable[tuple[Any, ...]]:
    shapes = shapely.set_srid(table.geometry.to_numpy(), table.crs.to_epsg() or 0)
    plain = facts.astype(object).where(facts.notna(), None)
    columns = [plain[name].tolist() for name in plain.columns]
    return zip(*columns, shapely.to_wkb(shapes, hex=True, include_srid=True).tolist(), strict=True)


def _type(column: pd.Series) -> str:
    return next((kind for fits, kind in _TYPES if fits(column)), "text")
