"""The pages of grading: queue, bench, moderation, release, feedback and appeals; rubrics; calibration and agreement."""

from mentorcert.grading import (
    agreement_views,
    appeal_views,
    calibration_views,
    exemplar_views,
    feedback_views,
    moderation_views,
    queue_views,
    release_views,
    rubric_views,
)
from mentorcert.grading.bench_views import blueprint

__all__ = [
    "agreement_views",
    "appeal_views",
    "blueprint",
    "calibration_views",
    "exemplar_views",
    "feedback_views",
    "moderation_views",
    "queue_views",
    "release_views",
    "rubric_views",
]
