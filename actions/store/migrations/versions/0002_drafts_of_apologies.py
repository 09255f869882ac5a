"""drafts of apologies"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:

    op.create_table('drafts',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('person_id', KEY, nullable=False),
    sa.Column('run_id', KEY, nullable=False),
    sa.Column('created_at', sa.Float(), nullable=False),
    sa.Column('touched_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id')
    )
    with op.batch_alter_table('drafts', schema=None) as batch_op:
        batch_op.create_index('ix_drafts_person', ['person_id', 'touched_at'], unique=False)

    op.create_table('draft_versions',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('person_id', KEY, nullable=False),
    sa.Column('draft_id', KEY, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('draft_id', 'number', name='uq_draft_versions_number')
    )
    with op.batch_alter_table('draft_versions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_versions_person_id'), ['person_id'], unique=False)

    op.create_table('dismissals',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('person_id', KEY, nullable=False),
    sa.Column('draft_id', KEY, nullable=False),
    sa.Column('label', sa.String(length=32), nullable=False),
    sa.Column('phrase', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('dismissals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dismissals_draft_id'), ['draft_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_dismissals_person_id'), ['person_id'], unique=False)


def downgrade() -> None:

    op.drop_table('dismissals')
    op.drop_table('draft_versions')
    op.drop_table('drafts')
