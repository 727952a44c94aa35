"""guard the ways in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attempt_counter',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('purpose', 'digest', name='uq_attempt_counter')
    )
    with op.batch_alter_table('attempt_counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_counter_until'), ['until'], unique=False)

    op.create_table('audit_counter',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name='ck_audit_counter_single'),
    sa.PrimaryKeyConstraint('id')
    )
    # Numbers go on from the rows that are there.
    op.execute('INSERT INTO audit_counter (id, last) SELECT 1, COALESCE(MAX(seq), 0) FROM audit_entry')
    op.create_table('audit_seal',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('last_seq', sa.BigInteger(), nullable=False),
    sa.Column('chain', sa.String(length=64), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('last_seq')
    )
    op.create_table('former_password',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('officer_id', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=256), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('former_password', schema=None) as batch_op:
        batch_op.create_index('ix_former_password_officer', ['officer_id', 'set_at'], unique=False)

    op.create_table('recovery_code',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('applicant', 'staff', name='ck_recovery_code_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'subject_id', 'digest', name='uq_recovery_code')
    )
    op.create_table('second_factor',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.Enum('applicant', 'staff', name='ck_second_factor_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.String(length=36), nullable=False),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('kind', 'subject_id', name='uq_second_factor_subject')
    )
    with op.batch_alter_table('ab_user', schema=None) as batch_op:
        batch_op.add_column(sa.Column('must_change_password', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('password_set_at', sa.DateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('ab_user', schema=None) as batch_op:
        batch_op.drop_column('password_set_at')
        batch_op.drop_column('must_change_password')

    op.drop_table('second_factor')
    op.drop_table('recovery_code')
    with op.batch_alter_table('former_password', schema=None) as batch_op:
        batch_op.drop_index('ix_former_password_officer')

    op.drop_table('former_password')
    op.drop_table('audit_seal')
    op.drop_table('audit_counter')
    with op.batch_alter_table('attempt_counter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_counter_until'))

    op.drop_table('attempt_counter')
