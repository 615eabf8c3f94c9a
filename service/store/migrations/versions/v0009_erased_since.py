"""When something that a run was made from was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; nothing that a run there was made from is known to be erased."""
    op.add_column("runs", sa.Column("erased_since", sa.String(32), nullable=True))
