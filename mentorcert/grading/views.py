"""The pages of grading: the queue, the bench, moderation, release, feedback and appeals; rubrics; how far coaches agree."""

from mentorcert.grading import (
    agreement_views,
    appeal_views,
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
    "feedback_views",
    "moderation_views",
    "queue_views",
    "release_views",
    "rubric_views",
]
