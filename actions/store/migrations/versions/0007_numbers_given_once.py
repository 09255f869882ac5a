"""numbers given once"""

from alembic import op

revision = '0007'
down_revision = '0006'

#: Tables whose rows others, or old buttons, name by number. SQLite gives the number of the newest row again once that
#: is erased, unless it is told not to; a server never does.
NAMED = ('runs', 'drafts', 'evenings', 'outbox')


def upgrade() -> None:
    _made_anew(sqlite_autoincrement=True)


def downgrade() -> None:
    _made_anew(sqlite_autoincrement=False)


def _made_anew(**table_kwargs: bool) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for table in NAMED:
            with op.batch_alter_table(table, recreate='always', table_kwargs=table_kwargs):
                pass
