"""The command line: `beatplan` and its verbs, in the order of the cycle."""

import os
import sys
import traceback
from pathlib import Path

import typer

from geodata.errors import InputError, NotFoundError
from service.verbs.allocate import allocate
from service.verbs.audit import audit
from service.verbs.backtest import backtest
from service.verbs.bases import bases
from service.verbs.demo import demo
from service.verbs.forecast import forecast
from service.verbs.hotspots import hotspots
from service.verbs.national import national
from service.verbs.near_repeat import near_repeat
from service.verbs.profile import profile
from service.verbs.repeats import repeats
from service.verbs.report import report
from service.verbs.reproduce import reproduce
from service.verbs.review import review
from service.verbs.scenario import scenario
from service.verbs.serve import serve
from service.verbs.store import store
from service.verbs.transparency import transparency
from service.verbs.validate import validate

app = typer.Typer(
    name="beatplan",
    help="From recorded crime to a tasking plan, for police forces in England and Wales.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

REFUSED = 2
OUR_FAULT = 1

for verb in (
    demo,
    profile,
    report,
    hotspots,
    repeats,
    near_repeat,
    forecast,
    backtest,
    review,
    allocate,
    bases,
    scenario,
    national,
    serve,
    store,
    audit,
    reproduce,
    validate,
    transparency,
):
    app.command(verb.__name__.replace("_", "-"))(verb)


def main() -> None:
    """Run `beatplan`: exit code 0 done, 2 the input was refused, 1 our fault."""
    try:
        app()
    except (InputError, NotFoundError) as error:
        typer.echo(f"beatplan: {error}", err=True)
        sys.exit(REFUSED)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"beatplan: a file could not be read or written: {error.strerror}{where}.", err=True)
        sys.exit(REFUSED)
    except Exception as error:
        if os.environ.get("BEATPLAN_TRACEBACK"):
            raise
        sentence = _trouble(error)
        if sentence is not None:
            typer.echo(f"beatplan: {sentence}", err=True)
            sys.exit(REFUSED)
        # The place of the fault and its kind, never its message: a message may hold a row of data.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        typer.echo(f"beatplan: this is our fault, not your input's: {type(error).__name__} at {where}.", err=True)
        sys.exit(OUR_FAULT)


def _trouble(error: Exception) -> str | None:
    """Return what is wrong with the store in a sentence; only a verb that has opened one can fail so."""
    if "sqlalchemy" not in sys.modules:
        return None
    from service.store.trouble import trouble

    return trouble(error)
