"""Self-exciting processes made up from a seed, with what was planted known."""

import numpy as np
import pandas as pd

from geodata.grid import Grid
from hotspots.forecast import History

DAYS = 364.0


def history(x, y, time, grid, *, weights=None, bandwidth=300.0, days=DAYS):
    x, y, time = (np.asarray(part, dtype=float) for part in (x, y, time))
    return History(
        x=x,
        y=y,
        cell=grid.cell_of(x, y),
        period=(time // 7).astype(np.int64),
        time=time,
        weights=np.ones(time.size) if weights is None else np.asarray(weights, dtype=float),
        weeks=np.ones(int(days // 7)),
        grid=grid,
        study=np.ones(grid.size, dtype=bool),
        bandwidth=bandwidth,
        start=pd.Timestamp("2024-01-01"),
        features=np.empty((grid.size, 0)),
    )


def in_cells(seed, *, mu, theta, omega, columns=40, rows=25, unlike=False):
    """Each cell its own process; with `unlike`, cells differ as a gamma of shape 1/2."""
    rng = np.random.default_rng(seed)
    grid = Grid(0.0, 0.0, 100.0, columns, rows)
    level = mu * (rng.gamma(0.5, 2.0, grid.size) if unlike else np.ones(grid.size))
    cell = np.repeat(np.arange(grid.size), rng.poisson(level * DAYS))
    (cell,), time = _family(rng, (cell,), theta, omega, lambda parents: parents)
    return history(*grid.centres(cell), time, grid)


def in_space(seed, *, events, theta, omega, spread, cell=100.0, width=6000.0, height=5000.0):
    """A scatter, denser about thirty centres, and what it triggers."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, [width, height], (30, 2))
    size = rng.poisson(events)
    points = rng.uniform(0, [width, height], (size, 2))
    gathered = rng.random(size) < 0.6
    points[gathered] = centre[rng.integers(0, 30, gathered.sum())] + rng.normal(0, 300, (gathered.sum(), 2))
    (x, y), time = _family(
        rng, tuple(points.T), theta, omega, lambda at: tuple(part + rng.normal(0, spread, part.size) for part in at)
    )
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    grid = Grid(0.0, 0.0, cell, int(width // cell), int(height // cell))
    return history(x[inside], y[inside], time[inside], grid, bandwidth=3 * cell)


def _family(rng, at, theta, omega, moved):
    time = rng.uniform(0, DAYS, at[0].size)
    everywhere, times = [at], [time]
    while time.size:
        offspring = rng.poisson(theta, time.size)
        at = moved(tuple(np.repeat(part, offspring) for part in at))
        time = np.repeat(time, offspring) + rng.exponential(1 / omega, offspring.sum())
        seen = time < DAYS
        at, time = tuple(part[seen] for part in at), time[seen]
        everywhere.append(at)
        times.append(time)
    return tuple(np.concatenate(parts) for parts in zip(*everywhere, strict=True)), np.concatenate(times)
