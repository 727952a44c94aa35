"""lawyers' story: refused papers, grants that are suspended, the desk's own bookings, supplements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

ATTENTION = (
    'grant_suspended', 'grant_revoked', 'grant_undone', 'inmate_moved', 'outside_hours', 'day_off',
)
LIVE_WITHOUT_ACCOUNT = "state IN ('pending','approved') AND applicant_id IS NULL"


def _add(table: str, name: str, kind: sa.types.TypeEngine, more: str = '') -> None:
    # Written out: SQLite takes a CHECK or a key with a new column, but not afterwards, and builds no table anew so.
    written = kind.compile(dialect=op.get_bind().dialect)
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {written} {more}')


def _reference(table: str, name: str, target: str) -> None:
    kind = sa.Integer() if target == 'ab_user' else sa.Uuid(as_uuid=False)
    _add(table, name, kind, f'CONSTRAINT fk_{table}_{name} REFERENCES {target} (id)')


def _word(table: str, name: str, words: tuple[str, ...], constraint: str) -> None:
    among = ', '.join(f"'{word}'" for word in words)
    _add(table, name, sa.String(length=32), f'CONSTRAINT {constraint} CHECK ({name} IN ({among}))')


def _reasons_for(scopes: tuple[str, ...]) -> None:
    """Let reasons belong to these reviews; the table is small, so SQLite builds it anew with all it had."""
    name, among = 'ck_rejection_reason_scope', ', '.join(f"'{scope}'" for scope in scopes)
    table = sa.Table(
        'rejection_reason',
        sa.MetaData(),
        sa.Column('id', sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column('scope', sa.String(length=32), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=60), nullable=False),
        sa.Column('text_en', sa.String(length=120), nullable=False),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.UniqueConstraint('scope', 'text', name='uq_rejection_reason_text'),
        sa.CheckConstraint('1 = 1', name=name),
    )
    with op.batch_alter_table('rejection_reason', copy_from=table) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, sa.text(f'scope IN ({among})'))


def upgrade() -> None:
    _reference('service_application', 'previous_id', 'service_application')
    _reference('application_draft', 'previous_id', 'service_application')
    _add('attachment', 'refusal', sa.String(length=60))
    _add('attachment', 'refusal_note_sealed', sa.LargeBinary())
    _add('service_grant', 'reason', sa.String(length=60))
    _add('service_grant', 'reason_note_sealed', sa.LargeBinary())
    _add('service_grant', 'warned_days', sa.Integer())
    op.create_index('ix_service_grant_scope', 'service_grant', ['agency_id', 'until_on', 'id'])
    op.create_index('ix_service_grant_until', 'service_grant', ['until_on', 'id'])

    _word('reservation', 'cancelled_by', ('applicant', 'agency'), 'ck_reservation_cancelled_by')
    _word('reservation', 'attention', ATTENTION, 'ck_reservation_attention')
    _reference('reservation', 'entered_by_id', 'ab_user')
    for name in ('exception', 'visitor_id_number', 'visitor_phone', 'visit_record'):
        _add('reservation', f'{name}_sealed', sa.LargeBinary())
    _add('reservation', 'visitor_certificate', sa.String(length=40))
    _add('reservation', 'visitor_id_number_index', sa.String(length=64))
    for name in ('checked_in_at', 'started_at', 'ended_at'):
        _add('reservation', name, sa.DateTime(timezone=True))
    same_visitor, live = ['visitor_id_number_index', 'inmate_id', 'arrives_at'], sa.text(LIVE_WITHOUT_ACCOUNT)
    op.create_index(
        'uq_reservation_same_visitor', 'reservation', same_visitor, unique=True, sqlite_where=live, postgresql_where=live
    )
    no_account = sa.text('applicant_id IS NULL')
    op.create_index(
        'uq_reservation_desk_idempotency', 'reservation', ['idempotency_key'], unique=True,
        sqlite_where=no_account, postgresql_where=no_account,
    )
    _add('companion', 'paper_sealed', sa.LargeBinary())
    _reference('companion', 'grant_id', 'service_grant')

    op.create_table('roster_supplement',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('edition_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('printed_by_id', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['roster_edition.id']),
    sa.ForeignKeyConstraint(['printed_by_id'], ['ab_user.id']),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('edition_id', 'number', name='uq_roster_supplement')
    )

    _add('agency_parameter', 'next_value', sa.String(length=200))
    _add(
        'agency_parameter', 'next_from_on', sa.Date(),
        'CONSTRAINT ck_agency_parameter_next CHECK ((next_value IS NULL) = (next_from_on IS NULL))',
    )
    _reasons_for(('application', 'booking', 'entry', 'grant'))


def downgrade() -> None:
    op.execute("DELETE FROM rejection_reason WHERE scope = 'grant'")
    _reasons_for(('application', 'booking', 'entry'))
    op.drop_table('roster_supplement')
    for index in ('uq_reservation_same_visitor', 'uq_reservation_desk_idempotency'):
        op.drop_index(index, table_name='reservation')
    for index in ('ix_service_grant_scope', 'ix_service_grant_until'):
        op.drop_index(index, table_name='service_grant')
    gone = {
        # The column with the CHECK goes first: SQLite drops no column that another's CHECK names.
        'agency_parameter': ('next_from_on', 'next_value'),
        'companion': ('grant_id', 'paper_sealed'),
        'reservation': (
            'cancelled_by', 'attention', 'entered_by_id', 'exception_sealed', 'visitor_id_number_sealed',
            'visitor_phone_sealed', 'visit_record_sealed', 'visitor_certificate', 'visitor_id_number_index',
            'checked_in_at', 'started_at', 'ended_at',
        ),
        'service_grant': ('reason', 'reason_note_sealed', 'warned_days'),
        'attachment': ('refusal', 'refusal_note_sealed'),
        'application_draft': ('previous_id',),
        'service_application': ('previous_id',),
    }
    for table, columns in gone.items():
        for column in columns:
            op.execute(f'ALTER TABLE {table} DROP COLUMN {column}')
