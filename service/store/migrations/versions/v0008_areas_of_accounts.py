"""Areas to which an account is held."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the areas; the accounts that there are keep the whole force."""
    op.add_column("accounts", sa.Column("areas", sa.Text, nullable=False, server_default="[]"))
