"""What a document says where a part of the findings is not there: which part, and what brings it."""

from typing import Final

CHANGE: Final = "What changed cannot be said: there is no earlier time of equal length in the data."
SUFFERING: Final = "Who suffers again was not looked at in this run."
PAST: Final = "The last tasking was not given; the options --last, --decisions and --delivered bring it in."
STANDING: Final = "Where the force stands over a year was not looked at in this run."
FAIRNESS: Final = "Fairness was not looked at in this run."
DEPRIVATION: Final = (
    "Deprivation is not known, so that no groups of wards can be told apart; --deprivation brings it in."
)
ROBUST: Final = "There are too few periods to draw other demand from."
FEEDBACK: Final = "The crimes hold no offence that patrols make by looking, so that there is no loop to show."
TARGETS: Final = "The force profile names no target; an entry [[targets]] in it brings them in."
FUNDS: Final = "The force profile names no fund for CSOs; its section [staff] brings them in."
REVIEWS: Final = (
    "No review of the force’s own was given; the option --reviews, with a folder of review results, brings them."
)
