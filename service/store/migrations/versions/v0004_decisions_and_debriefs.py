"""What meetings decided, what patrols did, and what neighbourhoods asked for."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make its tables."""
