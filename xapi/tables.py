"""The store's tables, in metadata of their own: no foreign key leads out of here or in."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    literal_column,
)
from sqlalchemy import Boolean as Bool
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with microseconds: given aware, read back aware."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """`timestamptz` on PostgreSQL, text that sorts by time on SQLite."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored; give an aware datetime")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Number = BigInteger().with_variant(Integer(), "sqlite")

statement: Final = Table(
    "xapi_statement",
    metadata,
    Column("sequence", _Number, primary_key=True, autoincrement=False, doc="1, 2, 3 … in the order of storing"),
    Column("id", Uuid(), nullable=False, unique=True, doc="the statement's id"),
    Column("stored", Instant(), nullable=False, doc="when it was stored; rises with the sequence, but for `late`"),
    Column("late", Bool(), nullable=False, doc="whether one before it says that it was stored later (history)"),
    Column("timestamp", Instant(), nullable=False, doc="when it happened, as its sender says"),
    Column("verb", String(), nullable=False, doc="the verb's IRI, as `indexed`"),
    Column("actor_key", String(), nullable=False, doc="the actor's canonical key, as `indexed`"),
    Column("object_type", String(12), nullable=False, doc="Activity, Agent, Group, StatementRef or SubStatement"),
    Column("object_id", String(), nullable=False, doc="the object's IRI, key or UUID, as `indexed`"),
    Column("registration", Uuid(), doc="context.registration"),
    Column("authority_key", String(), nullable=False, doc="the key of the authority that sent it, as `indexed`"),
    Column("refers", Uuid(), doc="the statement that is its object"),
    Column("voiding", Bool(), nullable=False, doc="whether it voids the statement it refers to"),
    Column("voids_any", Bool(), nullable=False, doc="whether its authority may void what others sent"),
    Column(
        "text", Text(), nullable=False, doc="the statement as JSON: what came, byte for byte, and what a store adds"
    ),
    Column("sha256", LargeBinary(32), nullable=False, doc="SHA-256 of `text` in UTF-8, for whoever checks the disk"),
)
Index(None, statement.c.stored, statement.c.sequence)
_of_registration = statement.c.registration.is_not(None)
Index(
    None,
    statement.c.registration,
    statement.c.object_id,
    sqlite_where=_of_registration,
    postgresql_where=_of_registration,
)
_referring = statement.c.refers.is_not(None)
Index(None, statement.c.refers, sqlite_where=_referring, postgresql_where=_referring)
# SQLite takes such an index only for the very words of its condition, and this is how it is asked.
Index(
    "ix_xapi_statement_late",
    statement.c.sequence,
    sqlite_where=literal_column("late = 1"),
    postgresql_where=statement.c.late,
)


related: Final = Table(
    "xapi_related",
    metadata,
    Column("key", String(), primary_key=True, doc="an agent's key, an IRI or a registration, as `indexed`"),
    Column("kind", SmallInteger(), primary_key=True, autoincrement=False, doc="a Relation: how it has to do with it"),
    Column("sequence", _Number, primary_key=True, autoincrement=False, doc="the statement that is found by it"),
    Column(
        "about",
        _Number,
        primary_key=True,
        autoincrement=False,
        doc="the statement that says so: the same, or one that it refers to",
    ),
    sqlite_with_rowid=False,
)

credential: Final = Table(
    "xapi_credential",
    metadata,
    Column("id", _Number, primary_key=True, doc="known to this table alone"),
    Column("uuid", Uuid(), nullable=False, unique=True, doc="its name in addresses"),
    Column("key", String(64), nullable=False, unique=True, doc="the user name of Basic authentication"),
    Column("secret_sha256", String(64), nullable=False, doc="SHA-256 of the 256-bit secret, in hexadecimal digits"),
    Column("label", String(), nullable=False, doc="what people call it"),
    Column("owner", String(), nullable=False, server_default="", doc="who answers for it; ours to interpret"),
    Column("scopes", JSON(), nullable=False, doc="a list of scopes of the standard"),
    Column("programmes", JSON(), nullable=False, doc="a list of what its statements may count for; ours to interpret"),
    Column("created", Instant(), nullable=False, doc="when it was made"),
    Column("expires", Instant(), doc="from when on it is refused"),
    Column("revoked", Instant(), doc="when it was taken back"),
    Column("last_used", Instant(), doc="when it was last used, to the hour"),
)

target: Final = Table(
    "xapi_target",
    metadata,
    Column("id", _Number, primary_key=True, doc="known to these tables alone"),
    Column("uuid", Uuid(), nullable=False, unique=True, doc="its name in addresses"),
    Column("name", String(), nullable=False, doc="what people call it"),
    Column("endpoint", String(), nullable=False, doc="the other store's address, without a slash at the end"),
    Column("version", String(8), nullable=False, doc="the version of the standard that is spoken with it"),
    Column("key", String(), nullable=False, doc="the user name of Basic authentication"),
    Column("secret", String(), nullable=False, doc="its password, sealed by the application"),
    Column("activities", JSON(), nullable=False, doc="only what is about these IRIs or below; empty: everything"),
    Column("verbs", JSON(), nullable=False, doc="only what has one of these verbs; empty: everything"),
    Column("skips", String(), doc="the authority whose statements are not sent, as `indexed`: that store's own"),
    Column("created", Instant(), nullable=False, doc="when it was made"),
    Column("state", String(8), nullable=False, doc="running, paused, or failing: somebody must see to it"),
    Column("cursor", _Number, nullable=False, doc="the sequence up to which everything is settled"),
    Column("size", Integer(), nullable=False, doc="how many statements are sent at once, at most"),
    Column("failures", Integer(), nullable=False, doc="how often in a row it could not be reached"),
    Column("refusals", Integer(), nullable=False, doc="how many statements in a row it refused"),
    Column("next_at", Instant(), nullable=False, doc="when it may be tried next"),
    Column("lease", Uuid(), doc="whose turn it is"),
    Column("lease_until", Instant(), doc="when that turn ends, come what may"),
    Column("succeeded", Instant(), doc="when it last took something"),
    Column("failed", Instant(), doc="when it last did not"),
    Column("error", String(), nullable=False, doc="what was wrong then, in words"),
    Column("sent", JSON(), nullable=False, doc="how many statements it took, by minute, of the last hour"),
)

dead_letter: Final = Table(
    "xapi_dead_letter",
    metadata,
    Column("id", _Number, primary_key=True, doc="known to this table alone"),
    Column("uuid", Uuid(), nullable=False, unique=True, doc="its name in addresses"),
    Column("target", _Number, ForeignKey(target.c.id, ondelete="CASCADE"), nullable=False, doc="who refused it"),
    Column("statement", Uuid(), nullable=False, doc="the statement's id"),
    Column("status", Integer(), nullable=False, doc="the HTTP status of the refusal"),
    Column("said", String(), nullable=False, doc="what the other store said, cut short"),
    Column("refused", Instant(), nullable=False, doc="when it was last refused"),
    Column("attempts", Integer(), nullable=False, doc="how often"),
    Column("again", Bool(), nullable=False, doc="whether somebody asked to send it once more"),
    UniqueConstraint("target", "statement"),
)

document: Final = Table(
    "xapi_document",
    metadata,
    Column("context", String(64), primary_key=True, doc="SHA-256 of the kind, activity and agent: three are too long"),
    Column("registration", String(36), primary_key=True, doc="the UUID that a state belongs to; empty without one"),
    Column("name", String(), primary_key=True, doc="the stateId or profileId, as `indexed`"),
    Column("kind", SmallInteger(), nullable=False, doc="what it describes: a Kind"),
    Column("activity", Text(), doc="the activity's IRI, where it is about one"),
    Column("agent_key", String(), index=True, doc="the agent's canonical key, as `indexed`, where it is about one"),
    Column("document_id", Text(), nullable=False, doc="the stateId or profileId"),
    Column("content_type", Text(), nullable=False, doc="the media type, as its sender says"),
    Column("sha1", String(40), nullable=False, doc="SHA-1 of the content: its entity tag"),
    Column("updated", Instant(), nullable=False, doc="when it was last stored"),
    Column("content", LargeBinary(), nullable=False, doc="the document; last, so that the rest is read without it"),
)

activity: Final = Table(
    "xapi_activity",
    metadata,
    Column("key", String(), primary_key=True, doc="the activity's IRI, as `indexed`"),
    Column("iri", Text(), nullable=False, doc="the activity's IRI"),
    Column("definition", Text(), nullable=False, doc="its canonical definition as JSON"),
    Column("by_system", Bool(), nullable=False, doc="whether the system itself defined it; then nobody else does"),
    Column("changed", _Number, nullable=False, index=True, doc="the statement that last changed it"),
)

attachment: Final = Table(
    "xapi_attachment",
    metadata,
    Column("statement", Uuid(), primary_key=True, doc="the id of the statement that it came with"),
    Column("sha2", String(128), primary_key=True, index=True, doc="the hash of its bytes, under which they are kept"),
    Column("length", _Number, nullable=False, doc="how many bytes there are"),
    Column("stored", Instant(), nullable=False, doc="when it came"),
)

promise: Final = Table(
    "xapi_promise",
    metadata,
    Column("id", SmallInteger(), primary_key=True, autoincrement=False, doc="1: there is one row"),
    Column("through", Instant(), nullable=False, doc="somebody was told that whatever comes is stored later than this"),
)
