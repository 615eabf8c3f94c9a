"""What meetings decided, what patrols did, and what neighbourhoods asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make its tables."""
    _meetings()
    _neighbourhoods()
    _patrols()


def _meetings() -> None:
    """Make the tables of meetings and what they decided."""
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("force", sa.String(64), nullable=False),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("began", sa.String(32), nullable=False),
        sa.Column("chair", sa.String(64), nullable=False),
        sa.Column("present", sa.Text, nullable=False),
        sa.Column("closed", sa.String(32), nullable=True),
    )
    op.create_index("meetings_by_force", "meetings", ["force", "id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meetings.id"), nullable=False),
        sa.Column("hotspot_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("review_date", sa.String(10), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.UniqueConstraint("meeting_id", "hotspot_id", "version", name="decisions_by_version"),
    )


def _neighbourhoods() -> None:
    """Make the tables of what neighbourhoods asked for."""
    op.create_table(
        "priorities",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("force", sa.String(64), nullable=False),
        sa.Column("ward", sa.String(32), nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("taken_back", sa.String(32), nullable=True),
    )
    op.create_index("priorities_by_ward", "priorities", ["force", "ward"])
    op.create_table(
        "petitions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("force", sa.String(64), nullable=False),
        sa.Column("ward", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("signatures", sa.Integer, nullable=False),
        sa.Column("received", sa.String(10), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("meeting_id", sa.Integer, sa.ForeignKey("meetings.id"), nullable=True),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("answered", sa.String(32), nullable=True),
    )
    op.create_index("petitions_by_force", "petitions", ["force", "id"])


def _patrols() -> None:
    """Make the tables of debriefs."""
    op.create_table(
        "debriefs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("force", sa.String(64), nullable=False),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("shift", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.UniqueConstraint("force", "key", name="debriefs_by_key"),
    )
    op.create_index("debriefs_by_run", "debriefs", ["run_id", "day"])
    op.create_table(
        "debrief_stops",
        sa.Column("debrief_id", sa.Integer, sa.ForeignKey("debriefs.id"), primary_key=True),
        sa.Column("stop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hotspot_id", sa.String(64), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("minutes", sa.Float, nullable=False),
        sa.Column("seen", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
