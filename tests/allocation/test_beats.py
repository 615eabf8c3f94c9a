"""Beats: on tiny maps beside every way to draw them, on larger ones by the checker alone."""

import itertools

import numpy as np
import pytest

from allocation.beats import check_beats, draw_beats
from geodata.errors import InputError


def drawn(seed: int, rows: int, columns: int):
    """A grid of areas whose centres are moved about; those side by side touch."""
    rng = np.random.default_rng(seed)
    cells = np.array(list(itertools.product(range(rows), range(columns))))
    xy = 1000.0 * cells + rng.uniform(-300, 300, cells.shape)
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    touching = np.abs(cells[:, None] - cells[None]).sum(axis=2) == 1
    return rng.integers(5, 15, len(cells)).astype(float), metres, touching


def hangs_together(areas, touching) -> bool:
    reached = {areas[0]}
    for _ in areas:
        reached |= {j for j in areas if any(touching[i, j] for i in reached)}
    return len(reached) == len(areas)


def every_way(work, metres, touching, count, band) -> float:
    """The least cost of any beats that keep the rules; inf where there are none."""
    best, mean = np.inf, work.sum() / count
    for beat in itertools.product(range(count), repeat=len(work)):
        groups = [[i for i, b in enumerate(beat) if b == number] for number in range(count)]
        if beat[0] or any(not g or abs(work[g].sum() / mean - 1) > band + 1e-9 for g in groups):
            continue
        if all(hangs_together(g, touching) for g in groups):
            best = min(best, sum(min((work[g] * metres[g, c]).sum() for c in g) for g in groups))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_tiny_beats_are_those_of_a_search_of_all(seed) -> None:
    work, metres, touching = drawn(seed, 2, 4)
    count, band = 2 + seed % 2, 0.25
    best = every_way(work, metres, touching, count, band)
    found = draw_beats(work, metres, touching, count=count, band=band, rounds=400)
    assert found.within_band == np.isfinite(best)
    assert check_beats(found, work, metres, touching, band) == []
    if found.within_band:
        assert found.value == pytest.approx(best)
        timed = draw_beats(work, metres, touching, count=count, band=band, rounds=400, proof_seconds=5.0)
        assert found.bound <= timed.bound <= best * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_areas_keep_every_rule(seed) -> None:
    work, metres, touching = drawn(seed, 10, 10)
    found = draw_beats(work, metres, touching, count=8, band=0.1, rounds=1500, seed=seed)
    assert found.within_band
    assert check_beats(found, work, metres, touching, 0.1) == []
    assert 0 <= found.gap < 0.12


def test_the_same_seed_draws_the_same_beats() -> None:
    given = drawn(5, 6, 6)
    one, other = (draw_beats(*given, count=4, rounds=300, seed=3) for _ in range(2))
    assert (one.beat == other.beat).all()


def test_an_island_is_a_beat_of_its_own_and_the_band_is_said_to_be_broken() -> None:
    work, metres, touching = drawn(1, 2, 3)
    touching[0, :] = touching[:, 0] = False
    found = draw_beats(work, metres, touching, count=2, band=0.1)
    assert found.beat.tolist() in ([0, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0])
    assert not found.within_band
    with pytest.raises(InputError, match="in no more pieces than there are beats, got 2 for 1"):
        draw_beats(work, metres, touching, count=1)


def test_one_area_and_as_many_beats_as_areas_cost_nothing() -> None:
    assert draw_beats([3.0], [[0.0]], [[False]], count=1).value == 0.0
    work, metres, touching = drawn(2, 2, 2)
    found = draw_beats(work, metres, touching, count=4, band=0.9)
    assert (found.value, found.gap, sorted(found.beat.tolist())) == (0.0, 0.0, [0, 1, 2, 3])


def test_the_checker_sees_a_torn_beat_and_a_wrong_value() -> None:
    work, metres, touching = drawn(0, 2, 4)
    found = draw_beats(work, metres, touching, count=2, band=0.5)
    touching[:] = False
    assert any(fault.startswith("B2") for fault in check_beats(found, work, metres, touching, 0.5))
    assert any("value" in fault for fault in check_beats(found, work, 2 * metres, touching, 0.5))


def test_arrays_that_do_not_fit_are_refused() -> None:
    work, metres, touching = drawn(0, 2, 2)
    with pytest.raises(InputError, match="must be square and alike"):
        draw_beats(work, metres, touching[:2], count=2)
    with pytest.raises(InputError, match="`count` must be at most"):
        draw_beats(work, metres, touching, count=5)
