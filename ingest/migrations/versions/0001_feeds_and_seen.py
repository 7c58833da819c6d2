"""The feed list and what was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("listed", sa.Text(), nullable=False, unique=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("interval", sa.Float(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("checked", sa.DateTime(timezone=True)),
        sa.Column("succeeded", sa.DateTime(timezone=True)),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("moved_since", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "seen",
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("seen_by_feed", "seen", ["feed", "last_seen"])
