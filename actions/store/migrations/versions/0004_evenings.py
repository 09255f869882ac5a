"""evenings"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'schedules',
        sa.Column('person_id', BIG, sa.ForeignKey('people.id', ondelete='CASCADE'), primary_key=True),
        sa.Column('channel', sa.String(16), nullable=False),
        sa.Column('habit', sa.Text(), nullable=False),
        sa.Column('running', sa.Boolean(), nullable=False),
        sa.Column('next_date', sa.String(10), nullable=True),
        sa.Column('next_due', sa.Float(), nullable=True),
    )
    op.create_index('ix_schedules_due', 'schedules', ['channel', 'next_due'])
    op.create_table(
        'evenings',
        sa.Column('id', BIG, primary_key=True, autoincrement=True),
        sa.Column('person_id', BIG, sa.ForeignKey('people.id', ondelete='CASCADE'), nullable=False),
        sa.Column('date', sa.String(10), nullable=False),
        sa.Column('state', sa.String(8), nullable=False),
        sa.Column('reason', sa.String(16), nullable=True),
        sa.Column('kind', sa.String(16), nullable=True),
        sa.Column('question', sa.String(32), nullable=True),
        sa.Column('run_id', BIG, nullable=True),
        sa.Column('reply_id', BIG, nullable=True),
        sa.Column('marks', sa.Text(), nullable=True),
        sa.Column('due_at', sa.Float(), nullable=False),
        sa.Column('claimed_at', sa.Float(), nullable=False),
        sa.Column('again_at', sa.Float(), nullable=True),
        sa.Column('answered_at', sa.Float(), nullable=True),
        sa.UniqueConstraint('person_id', 'date', name='uq_evenings_date'),
    )
    op.create_index('ix_evenings_run_id', 'evenings', ['run_id'])
    op.create_index('ix_evenings_reply_id', 'evenings', ['reply_id'])
    op.create_index('ix_evenings_again_at', 'evenings', ['again_at'])
    op.add_column('outbox', sa.Column('once', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('people', sa.Column('language', sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column('people', 'language')
    op.drop_column('outbox', 'once')
    op.drop_table('evenings')
    op.drop_table('schedules')
