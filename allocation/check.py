"""
The independent verdict: whether a plan keeps each numbered rule, and what it is worth.

It reads the plain tables, knows nothing of how they were made, and shares no arithmetic with the solvers. The rules of
staffing are those of `allocation.team_problem`, the rules of patrols those of `allocation.problem`.
"""

from allocation._check_plans import check_plan, plan_value
from allocation._check_teams import check_staffing, check_teams, team_value, teams_value

__all__ = ["check_plan", "check_staffing", "check_teams", "plan_value", "team_value", "teams_value"]
