"""the back office: notices, keys of other systems, face recognition, deliveries of inmates, work list, waiting numbers"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ATTENTION = ('grant_suspended', 'grant_revoked', 'grant_undone', 'inmate_moved', 'outside_hours', 'day_off')
ADDED = (
    ('applicant', 'erased_at', sa.DateTime(timezone=True)),
    ('privacy_notice', 'title_en', sa.String(length=200)),
    ('privacy_notice', 'body_en', sa.Text()),
    ('reservation', 'queue_number', sa.Integer()),
)


def _add(table: str, name: str, kind: sa.types.TypeEngine, more: str = '') -> None:
    # Written out: SQLite takes a key with a new column, but not afterwards, and builds no table anew so.
    written = kind.compile(dialect=op.get_bind().dialect)
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {written} {more}')


def _allow(table: str, constraint: str, column: str, words: tuple[str, ...]) -> None:
    """Let a column hold these words and no others (as in 0006)."""
    among = ', '.join(f"'{word}'" for word in words)
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(constraint, table, type_='check')
        op.create_check_constraint(constraint, table, sa.text(f'{column} IN ({among})'))
        return
    run = op.get_bind().exec_driver_sql
    was = run('SELECT sql FROM sqlite_master WHERE type = ? AND name = ?', ('table', table)).scalar()
    pattern = rf"(CONSTRAINT {constraint} CHECK \({column} IN \()[^)]*(\)\))"
    now, found = re.subn(pattern, rf'\g<1>{among}\g<2>', was)
    if found != 1:
        raise RuntimeError(f'{constraint} was not found in {table}')
    version = run('PRAGMA schema_version').scalar()
    run('PRAGMA writable_schema = ON')
    run('UPDATE sqlite_master SET sql = ? WHERE type = ? AND name = ?', (now, 'table', table))
    run(f'PRAGMA schema_version = {version + 1}')
    run('PRAGMA writable_schema = OFF')


def upgrade() -> None:
    op.create_table('access_key',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('scope', sa.Enum('inmates', 'recognition', name='ck_access_key_scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('hint', sa.String(length=12), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('access_key', schema=None) as batch_op:
        batch_op.create_index('ix_access_key_order', ['created_at', 'id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('kind', sa.Enum('notice', 'procedure', name='ck_notice_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=True),
    sa.Column('body_en', sa.Text(), nullable=True),
    sa.Column('published_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('until_on IS NULL OR published_on <= until_on', name='ck_notice_span'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_agency', ['agency_id', 'published_on', 'id'], unique=False)
        batch_op.create_index('ix_notice_all', ['published_on', 'id'], unique=False)
        batch_op.create_index('ix_notice_shown', ['kind', 'published_on', 'id'], unique=False)

    op.create_table('inmate_import',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('source', sa.Enum('file', 'api', name='ck_inmate_import_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('received', 'checking', 'faulty', 'ready', 'applied', 'abandoned', name='ck_inmate_import_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('storage_key', sa.String(length=32), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('checked', sa.Integer(), nullable=False),
    sa.Column('faults', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('restrictions', sa.Integer(), nullable=False),
    sa.Column('touched', sa.Integer(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('applied_by_id', sa.Integer(), nullable=True),
    sa.Column('access_key_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['access_key_id'], ['access_key.id'], ),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applied_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('storage_key')
    )
    with op.batch_alter_table('inmate_import', schema=None) as batch_op:
        batch_op.create_index('ix_inmate_import_agency', ['agency_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_inmate_import_all', ['created_at', 'id'], unique=False)
        batch_op.create_index('ix_inmate_import_state', ['state', 'created_at', 'id'], unique=False)

    op.create_table('work_item',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('moved', 'released', 'restricted', 'freed', name='ck_work_item_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('cause', sa.String(length=36), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('is_done', sa.Boolean(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['done_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'subject_id', 'cause', name='uq_work_item')
    )
    with op.batch_alter_table('work_item', schema=None) as batch_op:
        batch_op.create_index('ix_work_item_agency', ['agency_id', 'is_done', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_work_item_all', ['is_done', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_work_item_inmate_id'), ['inmate_id'], unique=False)
        batch_op.create_index('ix_work_item_subject', ['subject_id'], unique=False)

    op.create_table('import_fault',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('import_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(length=40), nullable=False),
    sa.Column('found_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('expected', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['inmate_import.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('import_fault', schema=None) as batch_op:
        batch_op.create_index('ix_import_fault_line', ['import_id', 'line', 'id'], unique=False)

    op.create_table('staged_inmate',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('import_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('act', sa.Enum('add', 'change', 'leave', 'nothing', name='ck_staged_inmate_act', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('differs', sa.String(length=300), nullable=False),
    sa.Column('number', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=True),
    sa.Column('birth_date_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.String(length=64), nullable=True),
    sa.Column('custody_type', sa.String(length=20), nullable=False),
    sa.Column('treatment_grade', sa.String(length=10), nullable=True),
    sa.Column('is_juvenile', sa.Boolean(), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=True),
    sa.Column('admitted_on', sa.Date(), nullable=True),
    sa.Column('transferred_in_on', sa.Date(), nullable=True),
    sa.Column('status', sa.Enum('present', 'transferred', 'released', name='ck_staged_inmate_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['inmate_import.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('import_id', 'inmate_id', name='uq_staged_inmate')
    )
    with op.batch_alter_table('staged_inmate', schema=None) as batch_op:
        batch_op.create_index('ix_staged_inmate_act', ['import_id', 'act', 'line', 'id'], unique=False)
        batch_op.create_index('ix_staged_inmate_line', ['import_id', 'line', 'id'], unique=False)

    op.create_table('staged_restriction',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('import_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('no_contact_order', 'judges_restriction', 'disciplinary', 'protective_isolation', 'medical_isolation', name='ck_staged_restriction_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('details_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['inmate_import.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('staged_restriction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staged_restriction_import_id'), ['import_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_staged_restriction_inmate_id'), ['inmate_id'], unique=False)

    op.create_table('recognition_result',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('reservation_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('portrait_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('captured_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('storage_key', sa.String(length=32), nullable=True),
    sa.Column('media_type', sa.String(length=40), nullable=True),
    sa.Column('size_bytes', sa.Integer(), nullable=True),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('threshold', sa.Float(), nullable=True),
    sa.Column('verdict', sa.Enum('match', 'mismatch', 'not_compared', name='ck_recognition_verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source', sa.Enum('api', 'upload', name='ck_recognition_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('access_key_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('external_id', sa.String(length=64), nullable=True),
    sa.Column('override', sa.Enum('match', 'mismatch', 'not_compared', name='ck_recognition_override', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('override_reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('overridden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('overridden_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('(override IS NULL) = (overridden_at IS NULL)', name='ck_recognition_overridden'),
    sa.ForeignKeyConstraint(['access_key_id'], ['access_key.id'], ),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['overridden_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['portrait_id'], ['attachment.id'], ),
    sa.ForeignKeyConstraint(['reservation_id'], ['reservation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('access_key_id', 'external_id', name='uq_recognition_external'),
    sa.UniqueConstraint('storage_key')
    )
    with op.batch_alter_table('recognition_result', schema=None) as batch_op:
        batch_op.create_index('ix_recognition_agency', ['agency_id', 'captured_at', 'id'], unique=False)
        batch_op.create_index('ix_recognition_all', ['captured_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recognition_result_reservation_id'), ['reservation_id'], unique=False)

    for table, name, kind in ADDED:
        _add(table, name, kind)
    _add('applicant', 'merged_into_id', sa.Uuid(as_uuid=False),
         'CONSTRAINT fk_applicant_merged_into_id REFERENCES applicant (id)')
    op.create_index(
        'uq_reservation_queue_number', 'reservation', ['agency_id', 'visit_on', 'queue_number'], unique=True
    )
    _allow('reservation', 'ck_reservation_attention', 'attention', (*ATTENTION, 'inmate_restricted'))


def downgrade() -> None:
    op.execute("UPDATE reservation SET attention = NULL WHERE attention = 'inmate_restricted'")
    _allow('reservation', 'ck_reservation_attention', 'attention', ATTENTION)
    op.drop_index('uq_reservation_queue_number', table_name='reservation')
    op.execute('ALTER TABLE applicant DROP COLUMN merged_into_id')
    for table, name, _kind in ADDED:
        op.execute(f'ALTER TABLE {table} DROP COLUMN {name}')
    for table in (
        'recognition_result', 'staged_restriction', 'staged_inmate', 'import_fault', 'work_item', 'inmate_import',
        'notice', 'access_key',
    ):
        op.drop_table(table)
