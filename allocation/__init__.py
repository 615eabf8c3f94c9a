"""
Who goes where, when, for how long: teams by ward, CSO patrols by shift, and the independent checker.

Every plan is a frozen value with its objective, a bound, the gap between them, what is unmet and why, and the simple
rules it is shown beside. The numbered rules stand in `allocation.problem`.
"""

from allocation._check_week import check_week
from allocation.bases import compare_bases, suggest_bases
from allocation.beats import Beats, draw_beats, judge_beats
from allocation.breaks import BreakPlan, with_breaks
from allocation.check import check_plan, check_staffing, check_teams
from allocation.company import Company, in_company
from allocation.coverage import backup_coverage, maximal_coverage, p_centre
from allocation.delivery import Delivery, at_rate, carried_debt, dose_received, repaired
from allocation.demand import visit_demand, ward_demand
from allocation.exposure import Exposures, Patrolled, compare_patrols
from allocation.funds import Fund
from allocation.loop import Loop, consistent_week
from allocation.orienteering import plan_rounds
from allocation.p_median import capacitated_p_median, p_median
from allocation.pareto import pareto
from allocation.problem import Base, Posts, Problem, Shift, Unit
from allocation.routes import route_patrols
from allocation.rules import Lock, MealBreak, Rules, Strand, TeamRules, street_hours
from allocation.scenario import Comparison, Scenario, compare_scenarios, vary
from allocation.schedule import Schedule, schedule_patrols
from allocation.team_problem import TeamProblem
from allocation.teams import Staffing, plan_teams, staff_teams
from allocation.times import ShiftShares, shift_shares
from allocation.tours import WeekPlan, plan_week
from allocation.units import csos_by_base, patrol_units
from allocation.variants import Variants, daily_variants
from allocation.week import TourBase, TourRules, Week
from allocation.why import Explanation, explain_teams

__all__ = [
    "Base",
    "Beats",
    "BreakPlan",
    "Company",
    "Comparison",
    "Delivery",
    "Explanation",
    "Exposures",
    "Fund",
    "Lock",
    "Loop",
    "MealBreak",
    "Patrolled",
    "Posts",
    "Problem",
    "Rules",
    "Scenario",
    "Schedule",
    "Shift",
    "ShiftShares",
    "Staffing",
    "Strand",
    "TeamProblem",
    "TeamRules",
    "TourBase",
    "TourRules",
    "Unit",
    "Variants",
    "Week",
    "WeekPlan",
    "at_rate",
    "backup_coverage",
    "capacitated_p_median",
    "carried_debt",
    "check_plan",
    "check_staffing",
    "check_teams",
    "check_week",
    "compare_bases",
    "compare_patrols",
    "compare_scenarios",
    "consistent_week",
    "csos_by_base",
    "daily_variants",
    "dose_received",
    "draw_beats",
    "explain_teams",
    "in_company",
    "judge_beats",
    "maximal_coverage",
    "p_centre",
    "p_median",
    "pareto",
    "patrol_units",
    "plan_rounds",
    "plan_teams",
    "plan_week",
    "repaired",
    "route_patrols",
    "schedule_patrols",
    "shift_shares",
    "staff_teams",
    "street_hours",
    "suggest_bases",
    "vary",
    "visit_demand",
    "ward_demand",
    "with_breaks",
]
