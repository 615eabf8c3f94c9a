"""Posts to those who pay for them: small programmes whose corners are whole numbers."""

import numpy as np
from scipy.sparse import csc_array

from allocation._solvers.highs import Columns, Programme
from geodata.cast import FloatArray, IntArray

Payers = list[tuple[int, ...]]


def transport(posts: IntArray, number: IntArray, payers: Payers, paid: dict[int, int]) -> dict[tuple[int, int], int]:
    """
    Return posts by (place, fund), such that every post is paid for and every fund pays for all its posts.

    Parameters
    ----------
    posts : by place
    number : class of each place
    payers : the funds that may pay in each class
    paid : posts that each fund pays for; they add up to `posts`
    """
    funds = {fund: len(posts) + row for row, fund in enumerate(sorted(paid))}
    pairs = [(place, fund) for place in range(len(posts)) if posts[place] for fund in payers[number[place]]]
    if not pairs:
        return {}
    target = np.concatenate([posts, [paid[fund] for fund in funds]]).astype(np.float64)
    rows = [row for place, fund in pairs for row in (place, funds[fund])]
    amounts = _solved(target, rows, len(pairs), np.zeros(len(pairs)))
    return {pair: round(amount) for pair, amount in zip(pairs, amounts, strict=True)}


def spread(wanted: IntArray, needed: IntArray, number: IntArray, paid: tuple[Payers, dict[int, int]]) -> IntArray:
    """
    Return posts by place, none below `needed`, as near to `wanted` as those who pay for them allow.

    Parameters
    ----------
    wanted, needed : by place
    number : class of each place
    paid : the funds that may pay in each class, and how many posts each pays for
    """
    payers, posts = paid
    funds = {fund: len(wanted) + row for row, fund in enumerate(sorted(posts))}
    pairs = [(place, fund) for place in range(len(wanted)) for fund in payers[number[place]]]
    target = np.concatenate([wanted, [posts[fund] for fund in funds]]).astype(np.float64)
    rows = [row for place, fund in pairs for row in (place, funds[fund])]
    count = len(wanted)
    amounts = _solved(target, rows, len(pairs), np.zeros(len(pairs)), short=(wanted - needed).astype(np.float64))
    by_place = np.zeros(count)
    np.add.at(by_place, [place for place, _ in pairs], amounts)
    return np.round(by_place).astype(np.int64)


def _solved(
    target: FloatArray, rows: list[int], pairs: int, worth: FloatArray, short: FloatArray | None = None
) -> FloatArray:
    programme = Programme(target, target)
    matrix = csc_array((np.ones(2 * pairs), np.array(rows), 2 * np.arange(pairs + 1)), shape=(len(target), pairs))
    programme.add(Columns.of(worth, matrix, upper=np.full(pairs, np.inf)))
    if short is not None:  # places may have fewer than they want, down to what they need, or more
        one = csc_array(np.vstack([np.eye(len(short)), np.zeros((len(target) - len(short), len(short)))]))
        programme.add(Columns.of(np.full(len(short), -1.0), one, upper=short))
        programme.add(Columns.of(np.full(len(short), -1.0), -one, upper=np.full(len(short), np.inf)))
    answer = programme.solve()
    if answer is None:
        raise RuntimeError("Posts that can be paid for cannot be shared between those who pay.")
    return answer.amounts[:pairs]
