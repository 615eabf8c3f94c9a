"""Teams by ward to choose from, and the rows that tie wards together, as columns of a programme."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, hstack, vstack

from allocation._solvers.team_links import Links
from geodata.cast import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Teams:
    """
    Every team considered, ward after ward, and what each is worth.

    `first` is where each ward begins, `leavers` counts posts that leave, `counted` (teams x rows) holds further rows
    that count teams, none of which may exceed `at_most`.
    """

    ward: IntArray
    constables: IntArray
    csos: IntArray
    leavers: IntArray
    value: FloatArray
    first: IntArray
    counted: FloatArray
    at_most: FloatArray

    def rows_of(self, links: Links, index: IntArray) -> csc_array:
        """Return what the teams `index` count in each row: one per ward, the links, the further rows."""
        ward = self.ward[index]
        tied = (
            links.constable[:, ward] * self.constables[index]
            + links.cso[:, ward] * self.csos[index]
            + links.leaver[:, ward] * self.leavers[index]
        )
        one = csc_array((np.ones(len(index)), (ward, np.arange(len(index)))), shape=(len(self.first), len(index)))
        return csc_array(vstack([one, csc_array(tied), csc_array(self.counted[index].T)], format="csc"))

    def net(self, links: Links, price: FloatArray) -> FloatArray:
        """Return what each team is worth once its use of the rows is paid for."""
        tied = len(links.target)
        each = [part.T @ price[:tied] for part in (links.constable, links.cso, links.leaver)]
        paid = each[0][self.ward] * self.constables + each[1][self.ward] * self.csos
        paid += each[2][self.ward] * self.leavers
        return self.value - paid - self.counted @ price[tied:]

    def find(self, officers: IntArray) -> IntArray:
        """Return the numbers of the teams with these officers, rows (constables, CSOs) ward after ward."""
        return self.among(np.column_stack([np.arange(len(self.first)), officers]))

    def among(self, rows: IntArray) -> IntArray:
        """Return the numbers of those of `rows` (ward, constables, CSOs) that are in the table."""
        width = 1 + max(int(self.constables.max()), int(self.csos.max()))
        key = (self.ward * width + self.constables) * width + self.csos
        rows = rows[(rows[:, 1:] < width).all(axis=1)]
        wanted = (rows[:, 0] * width + rows[:, 1]) * width + rows[:, 2]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        return np.asarray(at[key[at] == wanted])

    def best(self, net: FloatArray) -> IntArray:
        """Return each ward's best team, of equals the first."""
        top = np.maximum.reduceat(net, self.first)
        at_top = np.flatnonzero(net == top[self.ward])
        return at_top[np.unique(self.ward[at_top], return_index=True)[1]]


@dataclass(frozen=True)
class Ties:
    """The rows' right sides and the columns besides the teams, further rows included."""

    target: FloatArray
    column: csc_array
    most: FloatArray
    whole: BoolArray

    @classmethod
    def of(cls, links: Links, teams: Teams) -> "Ties":
        more = len(teams.at_most)
        column = csc_array(
            vstack(
                [
                    csc_array((len(teams.first), len(links.most) + more)),
                    hstack([links.column, csc_array((len(links.target), more))]),
                    hstack([csc_array((more, len(links.most))), csc_array(np.eye(more))]),
                ],
                format="csc",
            )
        )
        return cls(
            np.concatenate([np.ones(len(teams.first)), links.target, teams.at_most]),
            column,
            np.concatenate([links.most, teams.at_most]),
            np.concatenate([links.whole, np.zeros(more, dtype=np.bool_)]),
        )

    def worth(self, price: FloatArray, wards: int) -> FloatArray:
        """Return what each column is worth at these prices of the rows."""
        return -np.asarray(self.column[wards:].T @ price)

    def bound(self, price: FloatArray, top: FloatArray) -> float:
        """Return what no choice exceeds, given each ward's best net worth at these prices."""
        left = np.maximum(0.0, self.worth(price, len(top))) * self.most
        return math.fsum(top) + math.fsum(price * self.target[len(top) :]) + math.fsum(left)
