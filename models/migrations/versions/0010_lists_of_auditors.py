"""indexes: the auditors' lists over a time, newest first"""

from __future__ import annotations

from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

#: Name, table, columns.
INDEXES = (
    ('ix_attachment_created', 'attachment', ['created_at', 'id']),
    ('ix_visit_session_all', 'visit_session', ['visit_on', 'starts_at', 'id']),
    ('ix_book_attachment_created', 'book_attachment', ['created_at', 'id']),
    ('ix_agency_book_reading_all', 'agency_book_reading', ['read_at', 'id']),
    ('ix_applicant_created', 'applicant', ['created_at', 'id']),
    ('ix_consent_all', 'consent', ['at', 'id']),
    ('ix_inmate_created', 'inmate', ['created_at', 'id']),
    ('ix_inmate_restriction_all', 'inmate_restriction', ['from_on', 'id']),
    ('ix_work_item_created', 'work_item', ['created_at', 'id']),
    ('ix_second_factor_all', 'second_factor', ['created_at', 'id']),
    ('ix_state_move_all', 'state_move', ['at', 'id']),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for name, table, _columns in INDEXES:
        op.drop_index(name, table_name=table)
