"""visits by session and contact books"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

LAWYERS = ('lawyer', 'defender', 'trainee_lawyer', 'litigation_agent', 'interpreter')
FAMILY = (
    'spouse', 'parent', 'child', 'grandparent', 'grandchild', 'sibling', 'uncle_or_aunt', 'nephew_or_niece',
    'parent_in_law', 'blood_relative', 'relative_by_marriage', 'household', 'other_relative', 'friend',
)
SINGLE_ITEMS = ('lawyer_visit', 'on_site_visit', 'remote_visit', 'mobile_visit', 'family_book')
RELATIONS = (
    ('service_application', 'ck_service_application_relation', 'relation'),
    ('service_grant', 'ck_service_grant_relation', 'relation'),
    ('reservation', 'ck_reservation_relation', 'visitor_relation'),
    ('companion', 'ck_companion_relation', 'relation'),
)
ITEMS = (
    ('service_application', 'ck_service_application_item', 'item'),
    ('application_draft', 'ck_application_draft_item', 'item'),
    ('service_grant', 'ck_service_grant_item', 'item'),
)


def _add(table: str, name: str, kind: sa.types.TypeEngine, more: str = '') -> None:
    # Written out: SQLite takes a key with a new column, but not afterwards, and builds no table anew so.
    written = kind.compile(dialect=op.get_bind().dialect)
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {written} {more}')


def _allow(table: str, constraint: str, column: str, words: tuple[str, ...]) -> None:
    """Let a column hold these words and no others."""
    among = ', '.join(f"'{word}'" for word in words)
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(constraint, table, type_='check')
        op.create_check_constraint(constraint, table, sa.text(f'{column} IN ({among})'))
        return
    # A CHECK does not change what lies on the disk: SQLite's manual (ALTER TABLE, section 7) edits the schema's text.
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
    op.create_table('book_print',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('unit', sa.String(length=40), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('printed_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['printed_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('book_print', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_book_print_agency_id'), ['agency_id'], unique=False)

    op.create_table('visit_closure',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('lawyer_on_site', 'lawyer_mobile', 'family_on_site', 'family_remote', 'family_mobile', name='ck_visit_closure_kind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('from_at < until_at', name='ck_visit_closure_span'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['made_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('visit_closure', schema=None) as batch_op:
        batch_op.create_index('ix_visit_closure_agency', ['agency_id', 'from_at', 'id'], unique=False)

    op.create_table('visit_rules',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('lawyer_on_site', 'lawyer_mobile', 'family_on_site', 'family_remote', 'family_mobile', name='ck_visit_rules_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_offered', sa.Boolean(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agency_id', 'kind', name='uq_visit_rules')
    )
    op.create_table('visit_session',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('lawyer_on_site', 'lawyer_mobile', 'family_on_site', 'family_remote', 'family_mobile', name='ck_visit_session_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('visit_on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'suspended', name='ck_visit_session_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes > 0', name='ck_visit_session_minutes'),
    sa.CheckConstraint('taken >= 0 AND taken <= capacity', name='ck_visit_session_places'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agency_id', 'kind', 'starts_at', name='uq_visit_session')
    )
    with op.batch_alter_table('visit_session', schema=None) as batch_op:
        batch_op.create_index('ix_visit_session_day', ['agency_id', 'kind', 'visit_on', 'starts_at'], unique=False)

    op.create_table('agency_book_entry',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('audience', sa.Enum('notice', 'one_family', name='ck_agency_book_entry_audience', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('title_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(audience = 'one_family') = (inmate_id IS NOT NULL)", name='ck_agency_book_entry_inmate'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.ForeignKeyConstraint(['published_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('agency_book_entry', schema=None) as batch_op:
        batch_op.create_index('ix_agency_book_entry_agency', ['agency_id', 'published_at', 'id'], unique=False)
        batch_op.create_index('ix_agency_book_entry_all', ['published_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agency_book_entry_inmate_id'), ['inmate_id'], unique=False)

    op.create_table('agency_book_reading',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('entry_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['entry_id'], ['agency_book_entry.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('entry_id', 'applicant_id', name='uq_agency_book_reading')
    )
    with op.batch_alter_table('agency_book_reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_book_reading_applicant_id'), ['applicant_id'], unique=False)

    op.create_table('application_item',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('application_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('item', sa.Enum('lawyer_visit', 'on_site_visit', 'remote_visit', 'mobile_visit', 'family_book', 'family', name='ck_application_item_item', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('pending', 'approved', 'partly_approved', 'rejected', 'withdrawn', 'expired', name='ck_application_item_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rejection_reason', sa.String(length=60), nullable=True),
    sa.Column('rejection_note_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['service_application.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('application_id', 'item', name='uq_application_item')
    )
    op.create_table('family_book_entry',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('grant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('title_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'pending', 'approved', 'rejected', 'expired', name='ck_family_book_entry_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('rejection_reason', sa.String(length=60), nullable=True),
    sa.Column('rejection_note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('print_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_over_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name='ck_family_book_entry_published'),
    sa.CheckConstraint("(state IN ('approved','rejected')) = (decided_at IS NOT NULL)", name='ck_family_book_entry_decided'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['grant_id'], ['service_grant.id'], ),
    sa.ForeignKeyConstraint(['handed_over_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.ForeignKeyConstraint(['print_id'], ['book_print.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('family_book_entry', schema=None) as batch_op:
        batch_op.create_index('ix_family_book_entry_all', ['state', 'published_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_book_entry_inmate_id'), ['inmate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_book_entry_print_id'), ['print_id'], unique=False)
        batch_op.create_index('ix_family_book_entry_review', ['agency_id', 'state', 'published_at', 'id'], unique=False)
        batch_op.create_index('ix_family_book_entry_writer', ['applicant_id', 'inmate_id', 'published_at', 'id'], unique=False)

    op.create_table('book_attachment',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('entry_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('agency_entry_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('storage_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(entry_id IS NULL) <> (agency_entry_id IS NULL)', name='ck_book_attachment_owner'),
    sa.CheckConstraint('position BETWEEN 1 AND 3', name='ck_book_attachment_position'),
    sa.ForeignKeyConstraint(['agency_entry_id'], ['agency_book_entry.id'], ),
    sa.ForeignKeyConstraint(['entry_id'], ['family_book_entry.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agency_entry_id', 'position', name='uq_book_attachment_agency_entry'),
    sa.UniqueConstraint('entry_id', 'position', name='uq_book_attachment_entry'),
    sa.UniqueConstraint('storage_key')
    )
    with op.batch_alter_table('book_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_book_attachment_agency_entry_id'), ['agency_entry_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_book_attachment_entry_id'), ['entry_id'], unique=False)

    op.create_table('place_hold',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('session_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('grant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('replaces_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['grant_id'], ['service_grant.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.ForeignKeyConstraint(['replaces_id'], ['reservation.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['visit_session.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('applicant_id')
    )
    with op.batch_alter_table('place_hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_place_hold_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_place_hold_inmate_id'), ['inmate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_place_hold_session_id'), ['session_id'], unique=False)

    _add('companion', 'birth_date_sealed', sa.LargeBinary())
    for name, target in (('session_id', 'visit_session'), ('closure_id', 'visit_closure')):
        _add('reservation', name, sa.Uuid(as_uuid=False), f'CONSTRAINT fk_reservation_{name} REFERENCES {target} (id)')
        op.create_index(f'ix_reservation_{name}', 'reservation', [name])
    for name in ('persons', 'minutes'):
        _add('reservation', name, sa.Integer())
    _add('reservation', 'room', sa.String(length=40))
    for table, constraint, column in RELATIONS:
        _allow(table, constraint, column, (*LAWYERS, *FAMILY))
    for table, constraint, column in ITEMS:
        _allow(table, constraint, column, (*SINGLE_ITEMS, 'family'))


def downgrade() -> None:
    # Families' own rows cannot stand without their words: they go with what this revision brought.
    for table, constraint, column in RELATIONS:
        _allow(table, constraint, column, LAWYERS)
    for table, constraint, column in ITEMS:
        _allow(table, constraint, column, SINGLE_ITEMS)
    op.drop_table('place_hold')
    for name in ('session_id', 'closure_id'):
        op.drop_index(f'ix_reservation_{name}', table_name='reservation')
    for name in ('session_id', 'closure_id', 'persons', 'minutes', 'room'):
        op.execute(f'ALTER TABLE reservation DROP COLUMN {name}')
    op.execute('ALTER TABLE companion DROP COLUMN birth_date_sealed')
    for table in (
        'book_attachment', 'family_book_entry', 'application_item', 'agency_book_reading', 'agency_book_entry',
        'visit_session', 'visit_rules', 'visit_closure', 'book_print',
    ):
        op.drop_table(table)
