"""originals of mandates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No table is built anew for this, so SQLite keeps the CHECKs of attachment.
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('original_key', sa.String(length=32), nullable=True))
    op.create_index('uq_attachment_original_key', 'attachment', ['original_key'], unique=True)


def downgrade() -> None:
    op.drop_index('uq_attachment_original_key', table_name='attachment')
    op.execute('ALTER TABLE attachment DROP COLUMN original_key')
