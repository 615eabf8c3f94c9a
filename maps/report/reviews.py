"""What the force's own reviews found: which interventions went with a fall, which did not, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maps import words
from maps.report import missing
from maps.report.table import Column, Table

_FELL: Final = ("fell", "probably fell")


@dataclass(frozen=True)
class Review:
    """
    One intervention, as it was reviewed.

    Parameters
    ----------
    name : of the intervention
    start, end : its first and last day, YYYY-MM-DD
    offences : crime types that it was about; empty for all
    verdict : "fell", "probably fell", "cannot tell", "probably rose", "rose"
    sentence : what happened, with its interval
    retrospective : whether places and dates were chosen afterwards
    """

    name: str
    start: str
    end: str
    offences: tuple[str, ...]
    verdict: str
    sentence: str
    retrospective: bool = False


def nearest(reviews: Sequence[Review], offences: Sequence[str]) -> tuple[Review, ...]:
    """Return the reviews, those about any of `offences` first, falls before the others, the newest first."""
    wanted = {offence.casefold() for offence in offences}

    def order(review: Review) -> tuple[bool, bool, str]:
        alike = bool(wanted & {offence.casefold() for offence in review.offences})
        return (not alike, review.verdict not in _FELL, review.name)

    newest = sorted(reviews, key=lambda review: review.start, reverse=True)
    return tuple(sorted(newest, key=order))


def said(reviews: Sequence[Review]) -> tuple[str, ...]:
    """Say how many reviews there are and what they found, or what brings them in."""
    if not reviews:
        return (missing.REVIEWS,)
    fell = sum(review.verdict in _FELL for review in reviews)
    open_ = sum(review.verdict == "cannot tell" for review in reviews)
    return (
        f"The force reviewed {words.count(len(reviews), 'intervention')}.",
        f"In {words.number(fell, 0)} crime fell, or probably fell, beside its comparison; in "
        f"{words.number(open_, 0)} nothing can be told.",
        "What went with a fall elsewhere may not do so here.",
    )


def table(reviews: Sequence[Review]) -> Table:
    """Return each review with its verdict and its sentence."""
    columns = (
        Column("Intervention", [(each.name, _dates(each)) for each in reviews], "lines"),
        Column("Crime types", [", ".join(each.offences) or "all" for each in reviews]),
        Column("Verdict", [each.verdict for each in reviews]),
        Column("What happened", [_sentence(each) for each in reviews]),
    )
    return Table("reviews", "The force’s own reviews", columns, empty=missing.REVIEWS)


def _dates(review: Review) -> str:
    return f"{review.start} to {review.end}"


def _sentence(review: Review) -> str:
    return review.sentence + (" Looked at afterwards." if review.retrospective else "")
