"""
Who goes where, when, for how long: teams by ward, CSO patrols by shift, and the independent checker.

Every plan is a frozen value with its objective, a bound, the gap between them, what is unmet and why, and the simple
rules it is shown beside. The numbered rules stand in `allocation.problem`.
"""

from allocation.bases import suggest_bases
from allocation.check import check_plan, check_staffing
from allocation.demand import visit_demand, ward_demand
from allocation.problem import Base, Posts, Problem, Shift, Unit
from allocation.routes import route_patrols
from allocation.rules import Rules, TeamRules
from allocation.schedule import Schedule, schedule_patrols
from allocation.teams import Staffing, staff_teams
from allocation.times import ShiftShares, shift_shares
from allocation.units import csos_by_base, patrol_units

__all__ = [
    "Base",
    "Posts",
    "Problem",
    "Rules",
    "Schedule",
    "Shift",
    "ShiftShares",
    "Staffing",
    "TeamRules",
    "Unit",
    "check_plan",
    "check_staffing",
    "csos_by_base",
    "patrol_units",
    "route_patrols",
    "schedule_patrols",
    "shift_shares",
    "staff_teams",
    "suggest_bases",
    "visit_demand",
    "ward_demand",
]
