"""indexes: decisions of a period for figures, contact books of all agencies by time"""

from __future__ import annotations

from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

#: Name, table, columns.
INDEXES = (
    ('ix_service_application_decided', 'service_application', ['decided_at']),
    ('ix_family_book_entry_decided', 'family_book_entry', ['decided_at']),
    ('ix_family_book_entry_published', 'family_book_entry', ['published_at', 'id']),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for name, table, _columns in INDEXES:
        op.drop_index(name, table_name=table)
