"""Forecasts by their formulas, event by event: slow, and plain to see."""

import math

import numpy as np


def promap(history, weight):
    """`weight` of whole cells and whole weeks."""
    grid = history.grid
    found = np.zeros(grid.size)
    for cell, time, heavy in zip(history.cell, history.time, history.weights, strict=True):
        weeks = math.floor((history.days - time) / 7)
        if cell < 0 or weeks >= 8:
            continue
        row, column = divmod(int(cell), grid.columns)
        for other in range(grid.size):
            up, across = divmod(other, grid.columns)
            away = math.hypot(up - row, across - column)
            if away * grid.cell <= 400:
                found[other] += heavy * weight(math.floor(away), weeks)
    return found


def share_out(time, cell, steady, theta, omega):
    """The chance that event j was triggered by event i, and that it was not: columns add up to 1."""
    size = len(time)
    triggered, background = np.zeros((size, size)), np.zeros(size)
    for j in range(size):
        earlier = [i for i in range(size) if cell[i] == cell[j] and time[i] < time[j]]
        parts = {i: theta * omega * math.exp(-omega * (time[j] - time[i])) for i in earlier}
        whole = steady[j] + sum(parts.values())
        background[j] = steady[j] / whole if parts else 1.0
        for i, part in parts.items():
            triggered[i, j] = part / whole
    return triggered, background


def published_step(time, cell, end, mu, theta, omega):
    """One step of the edge-corrected equations: the next mu, theta and omega."""
    triggered, background = share_out(time, cell, np.asarray(mu)[cell], theta, omega)
    left = end - np.asarray(time)
    waited = sum(triggered[i, j] * (time[j] - time[i]) for i in range(len(time)) for j in range(len(time)))
    new_theta = triggered.sum() / (len(time) - np.exp(-omega * left).sum())
    new_omega = triggered.sum() / (waited + new_theta * (left * np.exp(-omega * left)).sum())
    return np.bincount(cell, weights=background, minlength=len(mu)) / end, new_theta, new_omega


def pairs(x, y, time, reach, days):
    """Every (later, earlier) pair within reach."""
    size = range(len(time))
    return {
        (j, i)
        for j in size
        for i in size
        if 0 < time[j] - time[i] <= days and (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= reach**2
    }


def excitation(x, y, time, found, theta, omega, spread):
    """What earlier events add to the rate at each one, and that times the days between and the squared distance."""
    sums = np.zeros((3, len(time)))
    for j, i in found:
        days, squared = time[j] - time[i], (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
        part = theta * omega * math.exp(-omega * days) * math.exp(-squared / (2 * spread)) / (2 * math.pi * spread)
        sums[:, j] += part, part * days, part * squared
    return sums
