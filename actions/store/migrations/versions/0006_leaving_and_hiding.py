"""leaving and hiding"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('people', sa.Column('lock', sa.LargeBinary(), nullable=True))
    op.add_column('people', sa.Column('discretion', sa.LargeBinary(), nullable=True))
    op.add_column('people', sa.Column('asked_to_stay_at', sa.Float(), nullable=True))
    op.create_index('ix_people_seen_at', 'people', ['seen_at'])
    op.create_table(
        'vanishing',
        sa.Column('id', BIG, primary_key=True, autoincrement=True),
        sa.Column('chat_id', BIG, sa.ForeignKey('chats.id', ondelete='CASCADE'), nullable=False),
        sa.Column('message', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.Float(), nullable=False),
    )
    op.create_index('ix_vanishing_chat_id', 'vanishing', ['chat_id'])
    op.create_index('ix_vanishing_due_at', 'vanishing', ['due_at'])
    op.create_index('ix_inbox_chat', 'inbox', ['chat_id', 'state', 'id'])
    op.create_table(
        'erasures',
        sa.Column('number', BIG, primary_key=True, autoincrement=False),
        sa.Column('erased_at', sa.Float(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table('erasures')
    op.drop_index('ix_inbox_chat', 'inbox')
    op.drop_table('vanishing')
    op.drop_index('ix_people_seen_at', 'people')
    op.drop_column('people', 'asked_to_stay_at')
    op.drop_column('people', 'discretion')
    op.drop_column('people', 'lock')
