"""What each sheet of a study's workbook holds."""

import pandas as pd

from maps.report import closer, evidence, record
from maps.report.study_tables import classes, hot_places, hot_streets, localities, space_time
from maps.report.table import Column, Table
from maps.study.study import Study


def study_sheets(study: Study) -> dict[str, Table]:
    """Return the tables of the workbook by the name of their sheet, in order; what there is nothing of is left out."""
    sheets = {
        "Findings": _listed("Finding", study.notes),
        "Hot spots": hot_places(study),
        "Patrol hours": closer.hours_table(study),
        "When": closer.when_table(study),
        "Week": _week(study),
        "Space and time": space_time(study),
        "Classes": classes(study),
        "Scan": closer.scan_table(study.insight),
        "Concentration": closer.concentration_table(study.insight),
        "Sensitivity": closer.sensitivity_table(study),
        "Hot streets": hot_streets(study),
        "Vulnerable localities": localities(study),
        "Data fitness": evidence.claims(study),
        "Parameters": record.parameters(study),
        "Files": evidence.sources(study),
    }
    return {name: table for name, table in sheets.items() if len(table)}


def _listed(heading: str, rows: tuple[str, ...]) -> Table:
    return Table("listed", heading, (Column(heading, list(rows)),), empty="")


def _week(study: Study) -> Table:
    """Return the 168 hours of each hot spot, one row an hour."""
    week = study.insight.week
    profiles = pd.DataFrame() if week is None else week.profiles
    days = [day for day in closer.DAYS for _ in range(24)] if len(profiles) else []
    hours = [float(hour) for _ in range(7) for hour in range(24)] if len(profiles) else []
    columns = (
        Column("Day", days),
        Column("Hour", hours, "whole"),
        *(Column(str(spot), row.tolist(), "real") for spot, row in profiles.iterrows()),
    )
    return Table("week", "Crimes by hour of the week", columns, empty="")
