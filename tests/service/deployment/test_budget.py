"""A budget: posts that cost more are refused, with a way to keep to it where there is one."""

import pytest

from geodata.errors import InputError
from service.deployment.staffing import refuse_over_budget
from service.profile.force import Profile


def profile(**staff):
    return Profile.model_validate({"staff": staff})


COSTS = {"constables": 60_000, "csos": 32_000, "sergeants": 70_000}


def test_posts_that_cost_no_more_are_let_through():
    refuse_over_budget(profile(costs=COSTS, budget=92_000), {"constables": 1, "csos": 1})
    refuse_over_budget(profile(costs=COSTS), {"constables": 1_000})
    refuse_over_budget(profile(), {"constables": 1_000})


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        ({"constables": 1, "csos": 3}, r"at most £92,000 a year, and they cost £156,000\. 2 CSOs fewer would keep"),
        ({"constables": 2, "csos": 0}, r"they cost £120,000\.$"),
        ({"constables": 1, "csos": 1, "sergeants": 1}, r"they cost £162,000\.$"),
    ],
)
def test_posts_that_cost_more_are_refused(posts, said):
    with pytest.raises(InputError, match=said):
        refuse_over_budget(profile(costs=COSTS, budget=92_000), posts)


def test_a_budget_without_prices_is_refused():
    with pytest.raises(InputError, match="needs what a post costs"):
        refuse_over_budget(profile(budget=1), {})
