"""The pages of grading: the queue, the bench and the rubric; and the feedback that comes of it."""

from mentorcert.grading import feedback_views, queue_views, rubric_views
from mentorcert.grading.bench_views import blueprint

__all__ = ["blueprint", "feedback_views", "queue_views", "rubric_views"]
