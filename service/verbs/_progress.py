"""What a verb prints while it runs, and when it is done."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import typer

Stage = Callable[[str], AbstractContextManager[None]]


@contextlib.contextmanager
def progress(quiet: bool) -> Iterator[Stage]:
    """Give a way to announce stages: on a terminal a moving line each, elsewhere a line when each is done."""
    if quiet:
        yield lambda _name: contextlib.nullcontext()
        return
    from rich.console import Console

    console = Console(stderr=True)

    @contextlib.contextmanager
    def stage(name: str) -> Iterator[None]:
        started = time.perf_counter()
        with console.status(f"{name} ..."):
            yield
        console.print(f"[green]done[/green] {name} [dim]{time.perf_counter() - started:.1f} s[/dim]", highlight=False)

    yield stage


@contextlib.contextmanager
def steps(name: str, most: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """Give what to call as each of at most so many steps is done: a bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(name, total=most)
        yield lambda: bar.advance(task)
        bar.update(task, completed=most)


def tell(figures: Any, summary: str, json_file: Path | None, quiet: bool) -> None:
    """Write the figures where they were asked for, and print what was made or found."""
    if json_file is not None:
        text = json.dumps(figures, indent=2, sort_keys=True, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    if not quiet:
        typer.echo(summary)
