"""care for the person"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.add_column('people', sa.Column('care', sa.Text(), nullable=True))


def downgrade() -> None:
    # Not in a batch: that makes the table anew, and its end would take every walk and answer with it.
    op.drop_column('people', 'care')
