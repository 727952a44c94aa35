"""messages that arrive: order, giving up, receipts, what officers did; texts with history; jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

STATES = ('queued', 'sending', 'sent', 'retrying', 'failed', 'unknown')
MORE_STATES = (*STATES, 'delivered', 'replaced', 'told_by_phone')
CHANNELS = ('mail', 'sms')
OWN_COLUMNS = (
    ('subject_version', sa.Integer(), 'NOT NULL DEFAULT 1'),
    ('give_up_at', sa.DateTime(timezone=True), ''),
    ('has_calendar', sa.Boolean(), 'NOT NULL DEFAULT false'),
    ('provider_id', sa.String(length=100), ''),
    ('parts', sa.Integer(), ''),
    ('handled_at', sa.DateTime(timezone=True), ''),
    ('handled_by_id', sa.Integer(), 'CONSTRAINT fk_notification_handled_by_id REFERENCES ab_user (id)'),
    ('handled_note_sealed', sa.LargeBinary(), ''),
)


def _add(table: str, name: str, kind: sa.types.TypeEngine, more: str = '') -> None:
    # Written out: SQLite takes a CHECK or a key with a new column, but not afterwards, and builds no table anew so.
    written = kind.compile(dialect=op.get_bind().dialect)
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {written} {more}')


def _among(column: str, words: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(word) for word in words)})")


def _notification() -> sa.Table:
    """The table as it stands when its CHECK changes, for SQLite, which builds it anew."""
    table = sa.Table(
        'notification',
        sa.MetaData(),
        sa.Column('id', sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column('dedupe_key', sa.String(length=120), nullable=False, unique=True),
        sa.Column('event', sa.String(length=40), nullable=False),
        sa.Column('channel', sa.String(length=32), nullable=False),
        sa.Column('agency_id', sa.Uuid(as_uuid=False), sa.ForeignKey('agency.id')),
        sa.Column('applicant_id', sa.Uuid(as_uuid=False), sa.ForeignKey('applicant.id')),
        sa.Column('subject_kind', sa.String(length=32), nullable=False),
        sa.Column('subject_id', sa.String(length=36), nullable=False),
        sa.Column('recipient_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('secret_sealed', sa.LargeBinary()),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True)),
        sa.Column('sent_at', sa.DateTime(timezone=True)),
        sa.Column('last_error', sa.String(length=200)),
        sa.Column('subject_version', sa.Integer(), nullable=False, server_default='1'),
        sa.Column('give_up_at', sa.DateTime(timezone=True)),
        sa.Column('has_calendar', sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column('provider_id', sa.String(length=100)),
        sa.Column('parts', sa.Integer()),
        sa.Column('handled_at', sa.DateTime(timezone=True)),
        sa.Column('handled_by_id', sa.Integer(), sa.ForeignKey('ab_user.id', name='fk_notification_handled_by_id')),
        sa.Column('handled_note_sealed', sa.LargeBinary()),
        sa.CheckConstraint(_among('channel', CHANNELS), name='ck_notification_channel'),
        sa.CheckConstraint(sa.text('1 = 1'), name='ck_notification_state'),
    )
    for name, columns in {
        'agency': ('agency_id', 'queued_at', 'id'),
        'all': ('queued_at', 'id'),
        'applicant': ('applicant_id', 'queued_at', 'id'),
        'due': ('state', 'due_at', 'id'),
        'state': ('state', 'queued_at', 'id'),
        'subject_id': ('subject_id',),
    }.items():
        sa.Index(f'ix_notification_{name}', *(table.c[column] for column in columns))
    return table


def _states(words: tuple[str, ...]) -> None:
    with op.batch_alter_table('notification', copy_from=_notification()) as batch_op:
        batch_op.drop_constraint('ck_notification_state', type_='check')
        batch_op.create_check_constraint('ck_notification_state', _among('state', words))


def upgrade() -> None:
    for name, kind, more in OWN_COLUMNS:
        _add('notification', name, kind, more)
    _states(MORE_STATES)
    op.create_index('ix_notification_provider_id', 'notification', ['provider_id'])
    _add('applicant', 'mobile_verified_at', sa.DateTime(timezone=True))
    _add('applicant', 'prefers_sms', sa.Boolean(), 'NOT NULL DEFAULT false')
    _add('applicant', 'mail_bounced_at', sa.DateTime(timezone=True))
    _add('one_time_token', 'value_sealed', sa.LargeBinary())
    _add('message_template', 'version', sa.Integer(), 'NOT NULL DEFAULT 1')
    op.create_table('message_template_edition',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('template_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['template_id'], ['message_template.id']),
    sa.ForeignKeyConstraint(['saved_by_id'], ['ab_user.id']),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('template_id', 'number', name='uq_message_template_edition')
    )
    op.create_table('job_run',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.String(length=200), nullable=True),
    sa.Column('is_failed', sa.Boolean(), nullable=False),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('worker_beat',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_index('ix_worker_beat_seen_at', 'worker_beat', ['seen_at'])


def downgrade() -> None:
    op.drop_table('worker_beat')
    op.drop_table('job_run')
    op.drop_table('message_template_edition')
    op.execute('ALTER TABLE message_template DROP COLUMN version')
    op.execute('ALTER TABLE one_time_token DROP COLUMN value_sealed')
    for name in ('mobile_verified_at', 'prefers_sms', 'mail_bounced_at'):
        op.execute(f'ALTER TABLE applicant DROP COLUMN {name}')
    op.drop_index('ix_notification_provider_id', table_name='notification')
    # What was never sent or told in the older words counts as failed.
    op.execute("UPDATE notification SET state = 'sent' WHERE state = 'delivered'")
    op.execute("UPDATE notification SET state = 'failed' WHERE state IN ('replaced', 'told_by_phone')")
    _states(STATES)
    with op.batch_alter_table('notification', copy_from=_notification()) as batch_op:
        for name, _kind, _more in OWN_COLUMNS:
            batch_op.drop_column(name)
