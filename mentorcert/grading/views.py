"""The pages of grading: the queue, the bench and the rubric; the feedback that comes of it; how far coaches agree."""

from mentorcert.grading import agreement_views, feedback_views, queue_views, rubric_views
from mentorcert.grading.bench_views import blueprint

__all__ = ["agreement_views", "blueprint", "feedback_views", "queue_views", "rubric_views"]
