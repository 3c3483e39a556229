"""Grading becomes a process: places, moments, outcomes, appeals, calibration, coaching; recordings come in parts.

A grade that was released is from now on what a coach submitted, and an outcome that holds what was delivered.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_assessment = sa.table(
    "assessment",
    sa.column("id", sa.Integer()),
    sa.column("recording_id", sa.Integer()),
    sa.column("rubric_version_id", sa.Integer()),
    sa.column("round", sa.String()),
    sa.column("taken_at", sa.DateTime(timezone=True)),
    sa.column("lease_until", sa.DateTime(timezone=True)),
    sa.column("released_at", sa.DateTime(timezone=True)),
    sa.column("submitted_at", sa.DateTime(timezone=True)),
    sa.column("statement_id", sa.Uuid()),
    sa.column("percent", sa.Integer()),
    sa.column("passed", sa.Boolean()),
    sa.column("comment", sa.Text()),
)
_mark = sa.table("mark", *(sa.column(name) for name in ("assessment_id", "criterion", "level", "comment")))
_recording = sa.table("recording", sa.column("id", sa.Integer()), sa.column("number", sa.Integer()))
_rubric = sa.table("rubric_version", sa.column("id", sa.Integer()), sa.column("hash"), sa.column("document", sa.Text()))
_outcome = sa.table(
    "outcome",
    sa.column("id", sa.Integer()),
    sa.column("uuid", sa.Uuid()),
    sa.column("recording_id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("rubric_version_id", sa.Integer()),
    sa.column("percent", sa.Integer()),
    sa.column("passed", sa.Boolean()),
    sa.column("document", sa.JSON()),
    sa.column("decided_at", sa.DateTime(timezone=True)),
    sa.column("released_at", sa.DateTime(timezone=True)),
    sa.column("statement_ids", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "coaching",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_coaching_coach_id_person")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_coaching_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_coaching_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching")),
        sa.UniqueConstraint("uuid", name=op.f("uq_coaching_uuid")),
    )
    with op.batch_alter_table("coaching", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coaching_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "extra_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_extra_attempt_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_extra_attempt_granted_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_attempt")),
    )
    with op.batch_alter_table("extra_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extra_attempt_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "exemplar",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("rubric_version_id", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.JSON(), nullable=False),
        sa.Column("panel", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_exemplar_made_by_id_person")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_exemplar_recording_id_recording")),
        sa.ForeignKeyConstraint(
            ["rubric_version_id"], ["rubric_version.id"], name=op.f("fk_exemplar_rubric_version_id_rubric_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemplar")),
        sa.UniqueConstraint("uuid", name=op.f("uq_exemplar_uuid")),
    )
    with op.batch_alter_table("exemplar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exemplar_rubric_version_id"), ["rubric_version_id"], unique=False)
        batch_op.create_index(
            "uq_exemplar_open",
            ["recording_id", "rubric_version_id"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "outcome",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("grade", "appeal", name="kind", native_enum=False, length=32), nullable=False),
        sa.Column("rubric_version_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("statement_ids", sa.JSON(), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_outcome_recording_id_recording")),
        sa.ForeignKeyConstraint(["released_by_id"], ["person.id"], name=op.f("fk_outcome_released_by_id_person")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["outcome.id"], name=op.f("fk_outcome_replaced_by_id_outcome")),
        sa.ForeignKeyConstraint(
            ["rubric_version_id"], ["rubric_version.id"], name=op.f("fk_outcome_rubric_version_id_rubric_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("recording_id", "kind", name=op.f("uq_outcome_recording_id_kind")),
        sa.UniqueConstraint("uuid", name=op.f("uq_outcome_uuid")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_released_at"), ["released_at"], unique=False)

    op.create_table(
        "question_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column(
            "verdict", sa.Enum("open", "closed", "struck", name="verdict", native_enum=False, length=32), nullable=False
        ),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_question_verdict_coach_id_person")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_question_verdict_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_verdict")),
        sa.UniqueConstraint(
            "recording_id", "coach_id", "at", name=op.f("uq_question_verdict_recording_id_coach_id_at")
        ),
    )
    with op.batch_alter_table("question_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_verdict_coach_id"), ["coach_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_upload_enrolment_id_enrolment")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_upload_recording_id_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_upload_recording_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_upload_uuid")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_outcome_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_outcome_id"], ["outcome.id"], name=op.f("fk_appeal_decided_outcome_id_outcome")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_appeal_outcome_id_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_appeal_outcome_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_appeal_uuid")),
    )
    op.create_table(
        "calibration_attempt",
        sa.Column("exemplar_id", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["person.id"], name=op.f("fk_calibration_attempt_coach_id_person")),
        sa.ForeignKeyConstraint(
            ["exemplar_id"], ["exemplar.id"], name=op.f("fk_calibration_attempt_exemplar_id_exemplar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_attempt")),
        sa.UniqueConstraint("uuid", name=op.f("uq_calibration_attempt_uuid")),
    )
    with op.batch_alter_table("calibration_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_attempt_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(
            "uq_calibration_attempt_open",
            ["exemplar_id", "coach_id"],
            unique=True,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )

    op.create_table(
        "coaching_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coaching_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["coaching_id"], ["coaching.id"], name=op.f("fk_coaching_member_coaching_id_coaching")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_coaching_member_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_coaching_member_outcome_id_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_member")),
        sa.UniqueConstraint("coaching_id", "enrolment_id", name=op.f("uq_coaching_member_coaching_id_enrolment_id")),
    )
    with op.batch_alter_table("coaching_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_member_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coaching_member_outcome_id"), ["outcome_id"], unique=False)

    op.create_table(
        "moment",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_moment_assessment_id_assessment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moment")),
        sa.UniqueConstraint("uuid", name=op.f("uq_moment_uuid")),
    )
    with op.batch_alter_table("moment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moment_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "upload_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id_upload")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_part")),
        sa.UniqueConstraint("upload_id", "start", name=op.f("uq_upload_part_upload_id_start")),
    )
    with op.batch_alter_table("upload_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_part_upload_id"), ["upload_id"], unique=False)

    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "round",
                sa.Enum("first", "second", "moderation", "appeal", name="round", native_enum=False, length=32),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    _deliver(op.get_bind())
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.alter_column("round", existing_type=sa.String(length=32), nullable=False)
        batch_op.alter_column("lease_until", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_index(batch_op.f("uq_assessment_open"))
        batch_op.create_index(
            "uq_assessment_coach",
            ["recording_id", "coach_id"],
            unique=True,
            sqlite_where=sa.text("given_back_at IS NULL"),
            postgresql_where=sa.text("given_back_at IS NULL"),
        )
        batch_op.create_index(
            "uq_assessment_place",
            ["recording_id", "round"],
            unique=True,
            sqlite_where=sa.text("given_back_at IS NULL"),
            postgresql_where=sa.text("given_back_at IS NULL"),
        )
        batch_op.drop_column("released_at")
        batch_op.drop_column("statement_id")

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(), server_default="ready", nullable=False))
        batch_op.add_column(sa.Column("refusal", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("poster_key", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("waveform", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("speakers", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("speakers_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("media_deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("consent_withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mentee_email", sa.String(), server_default="", nullable=False))
        batch_op.alter_column("size", existing_type=sa.INTEGER(), type_=sa.BigInteger(), existing_nullable=False)


def _deliver(connection: sa.Connection) -> None:
    """Make what was released an outcome. Whoever has a recording on the bench keeps it: nobody took it meanwhile."""
    connection.execute(
        sa.update(_assessment).values(
            round="first", lease_until=_assessment.c.taken_at, submitted_at=_assessment.c.released_at
        )
    )
    released = sa.select(_assessment, _recording.c.number, _rubric.c.hash, _rubric.c.document)
    released = released.join(_recording, _recording.c.id == _assessment.c.recording_id)
    released = released.join(_rubric, _rubric.c.id == _assessment.c.rubric_version_id)
    for row in connection.execute(released.where(_assessment.c.released_at.is_not(None))).all():
        marks = connection.execute(sa.select(_mark).where(_mark.c.assessment_id == row.id)).all()
        made = {
            "uuid": uuid4(),
            "recording_id": row.recording_id,
            "kind": "grade",
            "rubric_version_id": row.rubric_version_id,
            "percent": row.percent,
            "passed": row.passed,
            "document": _document(row, {each.criterion: each for each in marks}),
            "decided_at": row.released_at,
            "released_at": row.released_at,
            "statement_ids": [str(row.statement_id)],
        }
        connection.execute(sa.insert(_outcome).values(made))


def _document(row: sa.Row[Any], marks: dict[str, sa.Row[Any]]) -> dict[str, Any]:
    """What the trainee was shown, as it is kept from now on."""
    rubric = json.loads(row.document)
    return {
        "number": row.number,
        "rubric": {**{key: rubric[key] for key in ("id", "title", "pass_percent")}, "hash": row.hash},
        "percent": row.percent,
        "passed": row.passed,
        "says": "One coach graded it.",
        "comment": row.comment,
        "criteria": list(_criteria(rubric, marks)),
        "moments": [],
    }


def _criteria(rubric: dict[str, Any], marks: dict[str, sa.Row[Any]]) -> Iterator[dict[str, Any]]:
    minimum = next((each["min_level"] for each in rubric["criteria"] if each["critical"]), None)
    for each in rubric["criteria"]:
        mark = marks[each["id"]]
        kept = {key: each[key] for key in ("id", "title", "weight", "critical", "min_level")}
        levels = [{key: level[key] for key in ("id", "title", "points", "anchor")} for level in each["levels"]]
        given = {"level": mark.level, "given": {"first": mark.level}, "comment": mark.comment}
        yield {**kept, "line": _line(rubric, each, minimum), "levels": levels, **given}


def _line(rubric: dict[str, Any], criterion: dict[str, Any], minimum: str | None) -> str:
    """The level to reach: the minimum, elsewhere the level of the same name, or the first one that passes."""
    levels = criterion["levels"]
    wanted = criterion["min_level"] or minimum
    highest = max(each["points"] for each in levels)
    passing = [each["id"] for each in levels if each["points"] * 100 >= rubric["pass_percent"] * highest]
    found: str = wanted if wanted in [each["id"] for each in levels] else passing[0]
    return found


def downgrade() -> None:
    """Take it back. What the version before knows nothing of is lost: second grades, moderation, appeals, moments."""
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.alter_column("size", existing_type=sa.BigInteger(), type_=sa.INTEGER(), existing_nullable=False)
        batch_op.drop_column("mentee_email")
        batch_op.drop_column("consent_withdrawn_at")
        batch_op.drop_column("media_deleted_at")
        batch_op.drop_column("keep_until")
        batch_op.drop_column("speakers_confirmed_at")
        batch_op.drop_column("speakers")
        batch_op.drop_column("waveform")
        batch_op.drop_column("poster_key")
        batch_op.drop_column("refusal")
        batch_op.drop_column("state")
        batch_op.drop_column("appealed_at")

    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("statement_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    _take_back(op.get_bind())
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index("uq_assessment_place")
        batch_op.drop_index("uq_assessment_coach")
        batch_op.create_index(
            "uq_assessment_open",
            ["recording_id"],
            unique=True,
            sqlite_where=sa.text("given_back_at IS NULL"),
            postgresql_where=sa.text("given_back_at IS NULL"),
        )
        batch_op.drop_column("submitted_at")
        batch_op.drop_column("lease_until")
        batch_op.drop_column("round")

    with op.batch_alter_table("upload_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_part_upload_id"))

    op.drop_table("upload_part")
    with op.batch_alter_table("moment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moment_assessment_id"))

    op.drop_table("moment")
    with op.batch_alter_table("coaching_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_member_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_member_enrolment_id"))

    op.drop_table("coaching_member")
    with op.batch_alter_table("calibration_attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calibration_attempt_open",
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_calibration_attempt_coach_id"))

    op.drop_table("calibration_attempt")
    op.drop_table("appeal")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_expires_at"))
        batch_op.drop_index(batch_op.f("ix_upload_enrolment_id"))

    op.drop_table("upload")
    with op.batch_alter_table("question_verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_verdict_coach_id"))

    op.drop_table("question_verdict")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcome_released_at"))

    op.drop_table("outcome")
    with op.batch_alter_table("exemplar", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_exemplar_open",
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_exemplar_rubric_version_id"))

    op.drop_table("exemplar")
    with op.batch_alter_table("extra_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extra_attempt_enrolment_id"))

    op.drop_table("extra_attempt")
    with op.batch_alter_table("coaching", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_cohort_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_coach_id"))

    op.drop_table("coaching")


def _take_back(connection: sa.Connection) -> None:
    """Leave one grade a recording: the last one that was submitted, or who has it on the bench."""
    connection.execute(sa.text("DELETE FROM moment"))
    held = sa.select(_assessment.c.id, _assessment.c.recording_id, _assessment.c.submitted_at)
    kept: dict[int, sa.Row[Any]] = {}
    for row in connection.execute(held.where(sa.text("given_back_at IS NULL")).order_by(_assessment.c.id)).all():
        before = kept.get(row.recording_id)
        stays = before is None or row.submitted_at is not None
        lost = before if stays else row
        if stays:
            kept[row.recording_id] = row
        if lost is not None:
            connection.execute(sa.delete(_mark).where(_mark.c.assessment_id == lost.id))
            connection.execute(sa.delete(_assessment).where(_assessment.c.id == lost.id))
    for each in connection.execute(sa.select(_outcome).where(_outcome.c.kind == "grade")).all():
        told = {"released_at": each.released_at, "percent": each.percent, "passed": each.passed}
        connection.execute(
            sa.update(_assessment)
            .where(_assessment.c.id == kept[each.recording_id].id)
            .values(statement_id=UUID(each.statement_ids[0]), **told)
        )
