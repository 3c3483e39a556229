"""The pages of cohorts: a new one, who is in it, and importing a list of people."""

from mentorcert.cohorts import cohort_views, roster_views
from mentorcert.cohorts.cohort_views import blueprint

__all__ = ["blueprint", "cohort_views", "roster_views"]
