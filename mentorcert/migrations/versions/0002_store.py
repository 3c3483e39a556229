"""The statement store becomes whole: documents, definitions, attachments, delivery, hashes, and new search rows.

What statements are found by is made again from their texts; so are hashes and definitions. That takes about a minute
for each hundred thousand statements.
"""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from mentorcert import installation
from mentorcert.evidence.service import door
from xapi import reindexing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PAGE = 1000
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REGISTERED = sa.text("registration IS NOT NULL")
_statement = sa.table(
    "xapi_statement",
    sa.column("sequence", sa.BigInteger()),
    sa.column("stored", sa.DateTime(timezone=True)),
    sa.column("late", sa.Boolean()),
    sa.column("text", sa.Text()),
    sa.column("sha256", sa.LargeBinary()),
)


def upgrade() -> None:
    op.create_table(
        "self_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("search_rows", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check")),
    )
    op.create_table(
        "xapi_activity",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("iri", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("by_system", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_xapi_activity")),
    )
    with op.batch_alter_table("xapi_activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_xapi_activity_changed"), ["changed"], unique=False)

    op.create_table(
        "xapi_attachment",
        sa.Column("statement", sa.Uuid(), nullable=False),
        sa.Column("sha2", sa.String(length=128), nullable=False),
        sa.Column("length", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("statement", "sha2", name=op.f("pk_xapi_attachment")),
    )
    with op.batch_alter_table("xapi_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_xapi_attachment_sha2"), ["sha2"], unique=False)

    op.create_table(
        "xapi_document",
        sa.Column("context", sa.String(length=64), nullable=False),
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("agent_key", sa.String(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sha1", sa.String(length=40), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("context", "registration", "name", name=op.f("pk_xapi_document")),
    )
    with op.batch_alter_table("xapi_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_xapi_document_agent_key"), ["agent_key"], unique=False)

    op.create_table(
        "xapi_target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("verbs", sa.JSON(), nullable=False),
        sa.Column("skips", sa.String(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("cursor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_target")),
        sa.UniqueConstraint("uuid", name=op.f("uq_xapi_target_uuid")),
    )
    op.create_table(
        "xapi_dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("refused", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["target"], ["xapi_target.id"], name=op.f("fk_xapi_dead_letter_target_xapi_target"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_dead_letter")),
        sa.UniqueConstraint("target", "statement", name=op.f("uq_xapi_dead_letter_target_statement")),
        sa.UniqueConstraint("uuid", name=op.f("uq_xapi_dead_letter_uuid")),
    )
    op.create_table(
        "xapi_promise",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("through", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_xapi_promise")),
    )
    with op.batch_alter_table("xapi_credential", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(), server_default="", nullable=False))

    _new_search_rows("about")
    _alter_statements()
    _fill(op.get_bind())


def _new_search_rows(*more: str) -> None:
    """Make the table of search rows anew: they are derived, and their key changes."""
    op.drop_table("xapi_related")
    numbers = [sa.Column(name, _NUMBER, autoincrement=False, nullable=False) for name in ("sequence", *more)]
    op.create_table(
        "xapi_related",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        *numbers,
        sa.PrimaryKeyConstraint("key", "kind", "sequence", *more, name=op.f("pk_xapi_related")),
        sqlite_with_rowid=False,
    )


def _alter_statements() -> None:
    with op.batch_alter_table("xapi_statement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("sha256", sa.LargeBinary(length=32), server_default="", nullable=False))
        batch_op.drop_index(batch_op.f("ix_xapi_statement_authority_key_sequence"))
        batch_op.drop_index(batch_op.f("ix_xapi_statement_registration_object_id"))
        batch_op.drop_index(batch_op.f("ix_xapi_statement_stored"))
        batch_op.drop_index(batch_op.f("ix_xapi_statement_verb_sequence"))
    with op.batch_alter_table("xapi_statement", schema=None) as batch_op:
        batch_op.alter_column("late", existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column("sha256", existing_type=sa.LargeBinary(length=32), server_default=None)
        batch_op.create_index(
            "ix_xapi_statement_late",
            ["sequence"],
            unique=False,
            sqlite_where=sa.text("late = 1"),
            postgresql_where=sa.text("late"),
        )
        batch_op.create_index(
            batch_op.f("ix_xapi_statement_registration_object_id"),
            ["registration", "object_id"],
            unique=False,
            sqlite_where=_REGISTERED,
            postgresql_where=_REGISTERED,
        )
        batch_op.create_index(batch_op.f("ix_xapi_statement_stored_sequence"), ["stored", "sequence"], unique=False)


def _fill(connection: sa.Connection) -> None:
    """Give the statements that are there what they lack."""
    newest: datetime | None = None
    after, given = 0, sa.update(_statement).where(_statement.c.sequence == sa.bindparam("number"))
    given = given.values(late=sa.bindparam("is_late"), sha256=sa.bindparam("digest"))
    page = sa.select(_statement.c.sequence, _statement.c.stored, _statement.c.text).order_by(_statement.c.sequence)
    while rows := connection.execute(page.where(_statement.c.sequence > after).limit(PAGE)).all():
        lines = []
        for row in rows:
            late = newest is not None and row.stored < newest
            newest = row.stored if newest is None or not late else newest
            digest = hashlib.sha256(row.text.encode()).digest()
            lines.append({"number": row.sequence, "is_late": late, "digest": digest})
        connection.execute(given, lines)
        after = rows[-1].sequence
    if after:
        _derive(connection)


def _derive(connection: sa.Connection) -> None:
    with Session(connection, join_transaction_mode="rollback_only") as session:
        reindexing.reindex(session)
        iri_base = session.scalars(sa.select(installation.Installation.iri_base)).one()
        door(iri_base).rebuild(session)
        session.flush()


def downgrade() -> None:
    """Take it back. Search rows are lost: the version before makes none for statements that are there already."""
    with op.batch_alter_table("xapi_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_xapi_statement_stored_sequence"))
        batch_op.drop_index("ix_xapi_statement_late")
        batch_op.drop_index(batch_op.f("ix_xapi_statement_registration_object_id"))
        batch_op.drop_column("sha256")
        batch_op.drop_column("late")
    with op.batch_alter_table("xapi_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_xapi_statement_verb_sequence"), ["verb", "sequence"], unique=False)
        batch_op.create_index(batch_op.f("ix_xapi_statement_stored"), ["stored"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_xapi_statement_registration_object_id"), ["registration", "object_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_xapi_statement_authority_key_sequence"), ["authority_key", "sequence"], unique=False
        )
    _new_search_rows()
    with op.batch_alter_table("xapi_credential", schema=None) as batch_op:
        batch_op.drop_column("owner")
    for table in (
        *("xapi_promise", "xapi_dead_letter", "xapi_target", "xapi_document", "xapi_attachment"),
        *("xapi_activity", "self_check"),
    ):
        op.drop_table(table)
