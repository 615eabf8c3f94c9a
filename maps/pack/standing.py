"""Where the force stands over a year or more: trends with limits, wards, funding and targets."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class Standing:
    """
    What a strategic assessment is made from.

    Parameters
    ----------
    offences : one row a period and crime type: period, offence, crimes, harm
    limits : one row a period and crime type, all types first ("All crime types"): offence, period, crimes, weeks, rate
        (crimes a week), centre, low, high (limits of the rate), outside ("above", "below" or empty)
    limits_note : which chart, what its limits rest on, and what it cannot say
    wards : one row a ward: code, name, crimes, harm (recorded in all the time analysed), rate (crimes a year per 1,000
        people, missing where the population is), deprivation_decile (1 is the most deprived), vli (Vulnerable
        Localities Index, 100 is the mean; missing without all its inputs), vli_priority (above 200),
        demand_share (of expected harm), post_share (of constables and CSOs planned), cso_share (of CSOs planned)
    vli_note : which inputs the index has and lacks, in words
    funds : one row a ward and fund: code, name, fund, csos (planned there out of the fund), share (of the fund's CSOs),
        demand_share (the ward's, among the wards that the fund may pay for); empty where no fund is named
    targets : one row a target of the profile: name, offences (in words), measure ("crimes" or "harm" a week), baseline,
        aim, by (YYYY-MM-DD), now (a week, in the latest quarter of the time analysed), now_low, now_high (90 %
        interval), expected (at `by`, if the trend went on), expected_low, expected_high (90 % interval), progress
        (share of the way from baseline to aim), verdict ("met", "on course", "not on course", "cannot be told" or, when
        the day is past, "not met"), sentence; empty where the profile names none
    notes : each a sentence that a reader must know
    """

    offences: pd.DataFrame
    limits: pd.DataFrame
    limits_note: str
    wards: pd.DataFrame
    vli_note: str
    funds: pd.DataFrame
    targets: pd.DataFrame
    notes: tuple[str, ...]
