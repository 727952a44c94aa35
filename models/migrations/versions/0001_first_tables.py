"""first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    sa.UniqueConstraint('username')
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    sa.UniqueConstraint('username')
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('agency',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=True),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('full_name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('region', sa.String(length=10), nullable=True),
    sa.Column('county', sa.String(length=10), nullable=True),
    sa.Column('phone', sa.String(length=30), nullable=True),
    sa.Column('address', sa.String(length=200), nullable=True),
    sa.Column('active_from', sa.Date(), nullable=True),
    sa.Column('active_until', sa.Date(), nullable=True),
    sa.Column('host_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['host_id'], ['agency.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code'),
    sa.UniqueConstraint('name')
    )
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_host_id'), ['host_id'], unique=False)

    op.create_table('applicant',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('id_kind', sa.Enum('national_id', 'resident_id', 'passport', name='ck_applicant_id_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('id_country', sa.String(length=2), nullable=True),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_index', sa.String(length=64), nullable=False),
    sa.Column('id_bound_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('birth_date_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mail_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mail_index', sa.String(length=64), nullable=False),
    sa.Column('mail_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mobile_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('mobile_index', sa.String(length=64), nullable=False),
    sa.Column('landline_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('occupation_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('password_hash', sa.String(length=256), nullable=False),
    sa.Column('state', sa.Enum('unverified', 'active', 'locked', 'disabled', name='ck_applicant_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('locale', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('applicant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_applicant_id_number_index'), ['id_number_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_applicant_mail_index'), ['mail_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_applicant_mobile_index'), ['mobile_index'], unique=False)
        batch_op.create_index('uq_applicant_bound_id', ['id_number_index'], unique=True, sqlite_where=sa.text('id_bound_at IS NOT NULL'), postgresql_where=sa.text('id_bound_at IS NOT NULL'))
        batch_op.create_index('uq_applicant_verified_mail', ['mail_index'], unique=True, sqlite_where=sa.text('mail_verified_at IS NOT NULL'), postgresql_where=sa.text('mail_verified_at IS NOT NULL'))

    op.create_table('audit_entry',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.String(length=36), nullable=True),
    sa.Column('actor_name', sa.String(length=50), nullable=True),
    sa.Column('remote_address', sa.String(length=45), nullable=True),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=True),
    sa.Column('values_digest', sa.String(length=64), nullable=False),
    sa.Column('mac', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('id')
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_agency', ['agency_id', 'seq'], unique=False)
        batch_op.create_index('ix_audit_entry_at', ['at'], unique=False)
        batch_op.create_index('ix_audit_entry_event', ['event', 'seq'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject_kind', 'subject_id', 'seq'], unique=False)

    op.create_table('browser_session',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.Enum('applicant', 'staff', name='ck_browser_session_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=True),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('remote_address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('user_agent', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_browser_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index('ix_browser_session_subject', ['kind', 'subject_id'], unique=False)

    op.create_table('calendar_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_working', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('day')
    )
    op.create_table('message_template',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'sms', name='ck_message_template_channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('locale', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('event', 'channel', 'locale', name='uq_message_template')
    )
    op.create_table('privacy_notice',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    op.create_table('rejection_reason',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('scope', sa.Enum('application', 'booking', 'entry', name='ck_rejection_reason_scope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=60), nullable=False),
    sa.Column('text_en', sa.String(length=120), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('scope', 'text', name='uq_rejection_reason_text')
    )
    op.create_table('state_move',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('move', sa.String(length=32), nullable=False),
    sa.Column('from_state', sa.String(length=32), nullable=False),
    sa.Column('to_state', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.String(length=36), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('state_move', schema=None) as batch_op:
        batch_op.create_index('ix_state_move_subject', ['subject_kind', 'subject_id', 'at'], unique=False)

    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('lookup_hash'),
    sa.UniqueConstraint('uuid')
    )
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.create_index('idx_api_key_lookup_hash', ['lookup_hash'], unique=True)
        batch_op.create_index('idx_api_key_prefix', ['key_prefix'], unique=False)
        batch_op.create_index('idx_api_key_user_id', ['user_id'], unique=False)

    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('group_id', 'role_id')
    )
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.create_index('idx_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_group_role_id', ['role_id'], unique=False)

    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], ),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('permission_id', 'view_menu_id')
    )
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.create_index('idx_permission_id', ['permission_id'], unique=False)
        batch_op.create_index('idx_view_menu_id', ['view_menu_id'], unique=False)

    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'group_id')
    )
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.create_index('idx_user_group_id', ['group_id'], unique=False)
        batch_op.create_index('idx_user_id', ['user_id'], unique=False)

    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'role_id')
    )
    op.create_table('agency_parameter',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agency_id', 'code', name='uq_agency_parameter_code')
    )
    with op.batch_alter_table('agency_parameter', schema=None) as batch_op:
        batch_op.create_index('ix_agency_parameter_order', ['agency_id', 'position', 'id'], unique=False)

    op.create_table('audit_values',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('entry_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('facts_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['entry_seq'], ['audit_entry.seq'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('entry_seq')
    )
    op.create_table('consent',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('notice_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('remote_address_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['notice_id'], ['privacy_notice.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_applicant_id'), ['applicant_id'], unique=False)

    op.create_table('inmate',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
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
    sa.Column('status', sa.Enum('present', 'transferred', 'released', name='ck_inmate_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('inmate', schema=None) as batch_op:
        batch_op.create_index('ix_inmate_agency_number', ['agency_id', 'number', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inmate_id_number_index'), ['id_number_index'], unique=False)
        batch_op.create_index('uq_inmate_present_number', ['agency_id', 'number'], unique=True, sqlite_where=sa.text("status = 'present'"), postgresql_where=sa.text("status = 'present'"))

    op.create_table('notification',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('dedupe_key', sa.String(length=120), nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.Enum('mail', 'sms', name='ck_notification_channel', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('subject_kind', sa.String(length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('recipient_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.Enum('queued', 'sending', 'sent', 'retrying', 'failed', 'unknown', name='ck_notification_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('dedupe_key')
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index('ix_notification_agency', ['agency_id', 'queued_at', 'id'], unique=False)
        batch_op.create_index('ix_notification_all', ['queued_at', 'id'], unique=False)
        batch_op.create_index('ix_notification_applicant', ['applicant_id', 'queued_at', 'id'], unique=False)
        batch_op.create_index('ix_notification_due', ['state', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_notification_state', ['state', 'queued_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notification_subject_id'), ['subject_id'], unique=False)

    op.create_table('officer_agency',
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['officer_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('officer_id', 'agency_id')
    )
    op.create_table('one_time_token',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_token_applicant_id'), ['applicant_id'], unique=False)

    op.create_table('roster_edition',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('visit_on', sa.Date(), nullable=False),
    sa.Column('source_filter', sa.String(length=16), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('printed_by_id', sa.Integer(), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['printed_by_id'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('agency_id', 'visit_on', 'source_filter', 'edition', name='uq_roster_edition')
    )
    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('permission_view_id', 'role_id')
    )
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.create_index('idx_permission_view_id', ['permission_view_id'], unique=False)
        batch_op.create_index('idx_role_id', ['role_id'], unique=False)

    op.create_table('application_draft',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('item', sa.Enum('lawyer_visit', 'on_site_visit', 'remote_visit', 'mobile_visit', 'family_book', name='ck_application_draft_item', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('fields_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('applicant_id', 'inmate_id', 'item', name='uq_application_draft_subject')
    )
    with op.batch_alter_table('application_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_draft_expires_at'), ['expires_at'], unique=False)

    op.create_table('inmate_restriction',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('no_contact_order', 'judges_restriction', 'disciplinary', 'protective_isolation', 'medical_isolation', name='ck_inmate_restriction_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('details_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('inmate_restriction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inmate_restriction_inmate_id'), ['inmate_id'], unique=False)

    op.create_table('service_application',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('item', sa.Enum('lawyer_visit', 'on_site_visit', 'remote_visit', 'mobile_visit', 'family_book', name='ck_service_application_item', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('relation', sa.Enum('lawyer', 'defender', 'trainee_lawyer', 'litigation_agent', 'interpreter', name='ck_service_application_relation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('certificate_number', sa.String(length=40), nullable=True),
    sa.Column('supervising_lawyer', sa.String(length=50), nullable=True),
    sa.Column('state', sa.Enum('pending', 'approved', 'partly_approved', 'rejected', 'withdrawn', 'expired', name='ck_service_application_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('rejection_reason', sa.String(length=60), nullable=True),
    sa.Column('rejection_note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('idempotency_key', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('approved','partly_approved','rejected')) = (decided_at IS NOT NULL)", name='ck_service_application_decided'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('applicant_id', 'idempotency_key', name='uq_service_application_idempotency')
    )
    with op.batch_alter_table('service_application', schema=None) as batch_op:
        batch_op.create_index('ix_service_application_all', ['item', 'state', 'submitted_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_application_applicant_id'), ['applicant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_application_inmate_id'), ['inmate_id'], unique=False)
        batch_op.create_index('ix_service_application_item', ['item', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_service_application_review', ['agency_id', 'item', 'state', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_service_application_scope', ['agency_id', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_service_application_submitted', ['submitted_at', 'id'], unique=False)
        batch_op.create_index('uq_service_application_pending', ['applicant_id', 'inmate_id', 'item'], unique=True, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))

    op.create_table('attachment',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('draft_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('application_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('kind', sa.Enum('identity', 'kinship', 'mandate', 'portrait', 'consent', 'court_leave', 'other', name='ck_attachment_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('file_name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('storage_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(draft_id IS NULL) <> (application_id IS NULL)', name='ck_attachment_owner'),
    sa.ForeignKeyConstraint(['application_id'], ['service_application.id'], ),
    sa.ForeignKeyConstraint(['draft_id'], ['application_draft.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('storage_key')
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_draft_id'), ['draft_id'], unique=False)

    op.create_table('service_grant',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('application_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('item', sa.Enum('lawyer_visit', 'on_site_visit', 'remote_visit', 'mobile_visit', 'family_book', name='ck_service_grant_item', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('relation', sa.Enum('lawyer', 'defender', 'trainee_lawyer', 'litigation_agent', 'interpreter', name='ck_service_grant_relation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('active', 'to_check', 'suspended', 'revoked', 'expired', name='ck_service_grant_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('from_on <= until_on', name='ck_service_grant_span'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['application_id'], ['service_application.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('application_id', 'item', name='uq_service_grant_application')
    )
    with op.batch_alter_table('service_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_grant_agency_id'), ['agency_id'], unique=False)
        batch_op.create_index('ix_service_grant_holder', ['applicant_id', 'inmate_id', 'item'], unique=False)

    op.create_table('reservation',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.Enum('lawyer_on_site', 'lawyer_mobile', 'family_on_site', 'family_remote', 'family_mobile', name='ck_reservation_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source', sa.Enum('online', 'phone', 'walk_in', name='ck_reservation_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('agency_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('inmate_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('applicant_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('grant_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('visitor_name', sa.String(length=50), nullable=False),
    sa.Column('visitor_relation', sa.Enum('lawyer', 'defender', 'trainee_lawyer', 'litigation_agent', 'interpreter', name='ck_reservation_relation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('visit_on', sa.Date(), nullable=False),
    sa.Column('arrives_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'approved', 'rejected', 'cancelled', 'lapsed', 'awaiting_new_date', 'checked_in', 'in_progress', 'completed', 'no_show', 'refused_by_inmate', 'inmate_away', name='ck_reservation_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('rejection_reason', sa.String(length=60), nullable=True),
    sa.Column('rejection_note_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('remind_me', sa.Boolean(), nullable=False),
    sa.Column('idempotency_key', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('pending','lapsed','cancelled')) OR (decided_at IS NOT NULL)", name='ck_reservation_decided'),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], ),
    sa.ForeignKeyConstraint(['applicant_id'], ['applicant.id'], ),
    sa.ForeignKeyConstraint(['decided_by_id'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['grant_id'], ['service_grant.id'], ),
    sa.ForeignKeyConstraint(['inmate_id'], ['inmate.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('applicant_id', 'idempotency_key', name='uq_reservation_idempotency'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.create_index('ix_reservation_all', ['kind', 'visit_on', 'arrives_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reservation_applicant_id'), ['applicant_id'], unique=False)
        batch_op.create_index('ix_reservation_day', ['agency_id', 'visit_on', 'arrives_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reservation_inmate_id'), ['inmate_id'], unique=False)
        batch_op.create_index('ix_reservation_review', ['agency_id', 'kind', 'state', 'requested_on', 'id'], unique=False)
        batch_op.create_index('ix_reservation_state', ['state', 'visit_on', 'arrives_at', 'id'], unique=False)
        batch_op.create_index('ix_reservation_visit', ['visit_on', 'arrives_at', 'id'], unique=False)
        batch_op.create_index('uq_reservation_same_arrival', ['applicant_id', 'inmate_id', 'arrives_at'], unique=True, sqlite_where=sa.text("state IN ('pending','approved')"), postgresql_where=sa.text("state IN ('pending','approved')"))

    op.create_table('companion',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('reservation_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('relation', sa.Enum('lawyer', 'defender', 'trainee_lawyer', 'litigation_agent', 'interpreter', name='ck_companion_relation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_index', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['reservation_id'], ['reservation.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('companion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_companion_reservation_id'), ['reservation_id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('companion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_companion_reservation_id'))

    op.drop_table('companion')
    with op.batch_alter_table('reservation', schema=None) as batch_op:
        batch_op.drop_index('uq_reservation_same_arrival', sqlite_where=sa.text("state IN ('pending','approved')"), postgresql_where=sa.text("state IN ('pending','approved')"))
        batch_op.drop_index('ix_reservation_visit')
        batch_op.drop_index('ix_reservation_state')
        batch_op.drop_index('ix_reservation_review')
        batch_op.drop_index(batch_op.f('ix_reservation_inmate_id'))
        batch_op.drop_index('ix_reservation_day')
        batch_op.drop_index(batch_op.f('ix_reservation_applicant_id'))
        batch_op.drop_index('ix_reservation_all')

    op.drop_table('reservation')
    with op.batch_alter_table('service_grant', schema=None) as batch_op:
        batch_op.drop_index('ix_service_grant_holder')
        batch_op.drop_index(batch_op.f('ix_service_grant_agency_id'))

    op.drop_table('service_grant')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_draft_id'))
        batch_op.drop_index(batch_op.f('ix_attachment_application_id'))

    op.drop_table('attachment')
    with op.batch_alter_table('service_application', schema=None) as batch_op:
        batch_op.drop_index('uq_service_application_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index('ix_service_application_submitted')
        batch_op.drop_index('ix_service_application_scope')
        batch_op.drop_index('ix_service_application_review')
        batch_op.drop_index('ix_service_application_item')
        batch_op.drop_index(batch_op.f('ix_service_application_inmate_id'))
        batch_op.drop_index(batch_op.f('ix_service_application_applicant_id'))
        batch_op.drop_index('ix_service_application_all')

    op.drop_table('service_application')
    with op.batch_alter_table('inmate_restriction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inmate_restriction_inmate_id'))

    op.drop_table('inmate_restriction')
    with op.batch_alter_table('application_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_draft_expires_at'))

    op.drop_table('application_draft')
    with op.batch_alter_table('ab_permission_view_role', schema=None) as batch_op:
        batch_op.drop_index('idx_role_id')
        batch_op.drop_index('idx_permission_view_id')

    op.drop_table('ab_permission_view_role')
    op.drop_table('roster_edition')
    with op.batch_alter_table('one_time_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_token_applicant_id'))

    op.drop_table('one_time_token')
    op.drop_table('officer_agency')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notification_subject_id'))
        batch_op.drop_index('ix_notification_state')
        batch_op.drop_index('ix_notification_due')
        batch_op.drop_index('ix_notification_applicant')
        batch_op.drop_index('ix_notification_all')
        batch_op.drop_index('ix_notification_agency')

    op.drop_table('notification')
    with op.batch_alter_table('inmate', schema=None) as batch_op:
        batch_op.drop_index('uq_inmate_present_number', sqlite_where=sa.text("status = 'present'"), postgresql_where=sa.text("status = 'present'"))
        batch_op.drop_index(batch_op.f('ix_inmate_id_number_index'))
        batch_op.drop_index('ix_inmate_agency_number')

    op.drop_table('inmate')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_applicant_id'))

    op.drop_table('consent')
    op.drop_table('audit_values')
    with op.batch_alter_table('agency_parameter', schema=None) as batch_op:
        batch_op.drop_index('ix_agency_parameter_order')

    op.drop_table('agency_parameter')
    op.drop_table('ab_user_role')
    with op.batch_alter_table('ab_user_group', schema=None) as batch_op:
        batch_op.drop_index('idx_user_id')
        batch_op.drop_index('idx_user_group_id')

    op.drop_table('ab_user_group')
    with op.batch_alter_table('ab_permission_view', schema=None) as batch_op:
        batch_op.drop_index('idx_view_menu_id')
        batch_op.drop_index('idx_permission_id')

    op.drop_table('ab_permission_view')
    with op.batch_alter_table('ab_group_role', schema=None) as batch_op:
        batch_op.drop_index('idx_group_role_id')
        batch_op.drop_index('idx_group_id')

    op.drop_table('ab_group_role')
    with op.batch_alter_table('ab_api_key', schema=None) as batch_op:
        batch_op.drop_index('idx_api_key_user_id')
        batch_op.drop_index('idx_api_key_prefix')
        batch_op.drop_index('idx_api_key_lookup_hash')

    op.drop_table('ab_api_key')
    with op.batch_alter_table('state_move', schema=None) as batch_op:
        batch_op.drop_index('ix_state_move_subject')

    op.drop_table('state_move')
    op.drop_table('rejection_reason')
    op.drop_table('privacy_notice')
    op.drop_table('message_template')
    op.drop_table('calendar_day')
    with op.batch_alter_table('browser_session', schema=None) as batch_op:
        batch_op.drop_index('ix_browser_session_subject')
        batch_op.drop_index(batch_op.f('ix_browser_session_expires_at'))

    op.drop_table('browser_session')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')
        batch_op.drop_index('ix_audit_entry_event')
        batch_op.drop_index('ix_audit_entry_at')
        batch_op.drop_index('ix_audit_entry_agency')

    op.drop_table('audit_entry')
    with op.batch_alter_table('applicant', schema=None) as batch_op:
        batch_op.drop_index('uq_applicant_verified_mail', sqlite_where=sa.text('mail_verified_at IS NOT NULL'), postgresql_where=sa.text('mail_verified_at IS NOT NULL'))
        batch_op.drop_index('uq_applicant_bound_id', sqlite_where=sa.text('id_bound_at IS NOT NULL'), postgresql_where=sa.text('id_bound_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_applicant_mobile_index'))
        batch_op.drop_index(batch_op.f('ix_applicant_mail_index'))
        batch_op.drop_index(batch_op.f('ix_applicant_id_number_index'))

    op.drop_table('applicant')
    with op.batch_alter_table('agency', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agency_host_id'))

    op.drop_table('agency')
    op.drop_table('ab_view_menu')
    op.drop_table('ab_user')
    op.drop_table('ab_role')
    op.drop_table('ab_register_user')
    op.drop_table('ab_permission')
    op.drop_table('ab_group')

