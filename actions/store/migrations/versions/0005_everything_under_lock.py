"""everything under lock"""

import secrets

import sqlalchemy as sa
from alembic import context, op

from actions.store.keys import Key

revision = '0005'
down_revision = '0004'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
SEALED, FINDABLE = 'sealed', 'findable'

#: For each table whose rows it locks them to, and its columns: what they were, whether they may be empty, what they are.
TABLES = {
    'people': ('id', {
        'role': (sa.Text(), True, SEALED),
        'unsent': (sa.Text(), True, SEALED),
        'care': (sa.Text(), True, SEALED),
        'language': (sa.String(16), True, SEALED),
    }),
    'runs': ('person_id', {
        'exercise': (sa.String(32), False, FINDABLE),
        'role': (sa.String(16), False, SEALED),
        'step': (sa.String(32), True, SEALED),
    }),
    'answers': ('person_id', {
        'step': (sa.String(32), False, FINDABLE),
        'parts': (sa.Text(), False, SEALED),
        'doubt': (sa.String(32), True, SEALED),
    }),
    'draft_versions': ('person_id', {'text': (sa.Text(), False, SEALED)}),
    'dismissals': ('person_id', {
        'label': (sa.String(32), False, SEALED),
        'phrase': (sa.Text(), False, SEALED),
    }),
    'schedules': ('person_id', {'habit': (sa.Text(), False, SEALED)}),
    'evenings': ('person_id', {
        'reason': (sa.String(16), True, SEALED),
        'kind': (sa.String(16), True, SEALED),
        'question': (sa.String(32), True, SEALED),
        'marks': (sa.Text(), True, SEALED),
    }),
    'conversations': ('person_id', {'state': (sa.Text(), False, SEALED)}),
    'inbox': ('chat_id', {'turn': (sa.Text(), True, SEALED)}),
    'outbox': ('chat_id', {
        'reply': (sa.Text(), False, SEALED),
        'place': (sa.String(64), True, FINDABLE),
    }),
    'buttons': ('chat_id', {
        'label': (sa.String(64), False, SEALED),
        'choice': (sa.String(96), False, SEALED),
        'place': (sa.String(64), True, SEALED),
    }),
}
#: Tables whose rows named the chat itself.
OF_CHATS = ('inbox', 'outbox', 'buttons')


def upgrade() -> None:
    op.create_table(
        'secrets',
        sa.Column('name', sa.String(16), primary_key=True),
        sa.Column('box', sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        'chats',
        sa.Column('id', BIG, primary_key=True, autoincrement=False),
        sa.Column('channel', sa.String(16), nullable=False),
        sa.Column('pseudonym', sa.LargeBinary(32), nullable=False),
        sa.Column('key', sa.LargeBinary(), nullable=False),
        sa.Column('address', sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint('channel', 'pseudonym', name='uq_chats_pseudonym'),
    )
    keys = _make_keys()
    op.drop_index('ix_inbox_waiting', 'inbox')
    op.drop_index('ix_outbox_waiting', 'outbox')
    op.drop_index('ix_outbox_place', 'outbox')
    op.drop_index('ix_buttons_chat', 'buttons')
    for table, (_, columns) in TABLES.items():
        with op.batch_alter_table(table) as batch:
            for name, (was, empty, _) in columns.items():
                using = f"convert_to({name}, 'UTF8')"
                batch.alter_column(
                    name, existing_type=was, type_=sa.LargeBinary(), existing_nullable=empty, postgresql_using=using
                )
            if table in OF_CHATS:
                batch.alter_column('chat_id', existing_type=BIG, nullable=False)
                batch.drop_column('chat')
                batch.create_foreign_key(f'fk_{table}_chats', 'chats', ['chat_id'], ['id'], ondelete='CASCADE')
            if table == 'buttons':
                batch.drop_column('channel')
            if table == 'people':
                batch.drop_constraint('uq_people_channel_chat', type_='unique')
                batch.drop_column('chat')
                batch.create_foreign_key('fk_people_chats', 'chats', ['id'], ['id'], ondelete='CASCADE')
    for table in TABLES:
        _each(table, keys, _locked)
    op.create_index('ix_inbox_waiting', 'inbox', ['channel', 'state', 'chat_id', 'id'])
    op.create_index('ix_outbox_waiting', 'outbox', ['channel', 'state', 'chat_id', 'id'])
    op.create_index('ix_outbox_place', 'outbox', ['chat_id', 'place', 'id'])
    op.create_index('ix_buttons_chat_id', 'buttons', ['chat_id'])


def downgrade() -> None:
    keys, names = _known_keys()
    op.drop_index('ix_inbox_waiting', 'inbox')
    op.drop_index('ix_outbox_waiting', 'outbox')
    op.drop_index('ix_outbox_place', 'outbox')
    op.drop_index('ix_buttons_chat_id', 'buttons')
    for table in TABLES:
        _each(table, keys, _opened)
    for table in (*OF_CHATS, 'people'):
        op.add_column(table, sa.Column('chat', sa.String(64), nullable=True))
        if table == 'buttons':
            op.add_column(table, sa.Column('channel', sa.String(16), nullable=True))
        owner = TABLES[table][0]
        for number, (channel, chat) in names.items():
            values = {'chat': chat, **({'channel': channel} if table == 'buttons' else {})}
            rows = _table(table, *values, owner)
            op.get_bind().execute(sa.update(rows).where(rows.c[owner] == number).values(**values))
    for table, (_, columns) in TABLES.items():
        with op.batch_alter_table(table) as batch:
            for name, (was, empty, _) in columns.items():
                using = f"convert_from({name}, 'UTF8')"
                batch.alter_column(
                    name, existing_type=sa.LargeBinary(), type_=was, existing_nullable=empty, postgresql_using=using
                )
            if table in OF_CHATS:
                batch.alter_column('chat', existing_type=sa.String(64), nullable=False)
                batch.drop_constraint(f'fk_{table}_chats', type_='foreignkey')
                batch.drop_column('chat_id')
            if table == 'buttons':
                batch.alter_column('channel', existing_type=sa.String(16), nullable=False)
            if table == 'people':
                batch.alter_column('chat', existing_type=sa.String(64), nullable=False)
                batch.drop_constraint('fk_people_chats', type_='foreignkey')
                batch.create_unique_constraint('uq_people_channel_chat', ['channel', 'chat'])
    op.create_index('ix_inbox_waiting', 'inbox', ['channel', 'state', 'chat', 'id'])
    op.create_index('ix_outbox_waiting', 'outbox', ['channel', 'state', 'chat', 'id'])
    op.create_index('ix_outbox_place', 'outbox', ['channel', 'chat', 'place', 'id'])
    op.create_index('ix_buttons_chat', 'buttons', ['chat'])
    op.drop_table('chats')
    op.drop_table('secrets')


def _make_keys():
    """A key for each chat; chats of people get the people's numbers."""
    connection, vault = op.get_bind(), context.config.attributes['vault']
    vault.open(connection)
    chats = _table('chats', 'id', 'channel', 'pseudonym', 'key', 'address')
    people = _table('people', 'id', 'channel', 'chat')
    numbers = {(channel, chat): number for number, channel, chat in connection.execute(sa.select(people))}
    for table in OF_CHATS:
        op.add_column(table, sa.Column('chat_id', BIG, nullable=True))
        rows = _table(table, 'channel', 'chat', 'chat_id')
        for channel, chat in connection.execute(sa.select(rows.c.channel, rows.c.chat).distinct()).all():
            if (channel, chat) not in numbers:
                numbers[channel, chat] = secrets.randbits(62)
            where = (rows.c.channel == channel, rows.c.chat == chat)
            connection.execute(sa.update(rows).where(*where).values(chat_id=numbers[channel, chat]))
    keys = {number: Key.new() for number in numbers.values()}
    for (channel, chat), number in numbers.items():
        values = {'id': number, 'channel': channel, 'pseudonym': vault.pseudonym(channel, chat)}
        values |= {'key': vault.wrap(keys[number]), 'address': keys[number].seal(chat, 'chats.address')}
        connection.execute(sa.insert(chats).values(**values))
    return keys


def _known_keys():
    """The keys of all chats, and the names of the chats."""
    connection, vault = op.get_bind(), context.config.attributes['vault']
    vault.open(connection)
    chats = _table('chats', 'id', 'channel', 'key', 'address')
    keys, names = {}, {}
    for number, channel, key, address in connection.execute(sa.select(chats)).all():
        keys[number] = vault.key(key, connection)
        names[number] = (channel, keys[number].open(address, 'chats.address'))
    return keys, names


def _each(table, keys, change):
    connection = op.get_bind()
    owner, columns = TABLES[table]
    primary = 'token' if table == 'buttons' else 'id' if owner != 'person_id' or table in (
        'runs', 'answers', 'draft_versions', 'dismissals', 'evenings') else 'person_id'
    rows = _table(table, *dict.fromkeys((primary, owner, *columns)))
    for number, person in connection.execute(sa.select(rows.c[primary], rows.c[owner])).all():
        row = connection.execute(sa.select(rows).where(rows.c[primary] == number)).mappings().one()
        values = {
            name: change(keys[person], row[name], f'{table}.{name}', how)
            for name, (_, _, how) in columns.items() if row[name] is not None
        }
        if values:
            connection.execute(sa.update(rows).where(rows.c[primary] == number).values(**values))


def _locked(key, was, where, how):
    text = was if isinstance(was, str) else bytes(was).decode()  # the server's driver gives a memoryview
    return key.name(text, where) if how == FINDABLE else key.seal(text, where)


def _opened(key, box, where, how):
    box = bytes(box)
    return (key.named(box, where) if how == FINDABLE else key.open(box, where)).encode()


def _table(name, *columns):
    return sa.table(name, *(sa.column(column) for column in columns))
