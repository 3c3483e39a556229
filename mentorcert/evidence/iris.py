"""The addresses of activities: from ids, never from file paths, never with a version."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Iris:
    """Makes the IRIs of one programme of an installation."""

    base: str
    """IRI_BASE, without a slash at the end."""
    programme: str
    """The programme's id."""

    @property
    def course(self) -> str:
        """The programme itself."""
        return f"{self.base}/activities/{self.programme}"

    @property
    def final(self) -> str:
        """The final assessment: the graded recording."""
        return f"{self.course}/final"

    def unit(self, unit: str) -> str:
        """A unit."""
        return f"{self.course}/{unit}"

    def step(self, unit: str, step: str) -> str:
        """A lesson, the reflection or the check of a unit."""
        return f"{self.course}/{unit}/{step}"

    def question(self, unit: str, check: str, question: str, content_hash: str) -> str:
        """A question of a check. It ends in its content's hash: another wording is another activity."""
        return f"{self.step(unit, check)}/{question}/{content_hash[:12]}"

    def session(self, session: UUID) -> str:
        """A live session of a cohort."""
        return f"{self.base}/sessions/{session}"

    def cohort(self, cohort: UUID) -> str:
        """A cohort."""
        return f"{self.base}/cohorts/{cohort}"

    def recording(self, recording: UUID) -> str:
        """A recorded coaching conversation."""
        return f"{self.base}/recordings/{recording}"

    def criterion(self, rubric: str, criterion: str) -> str:
        """A criterion of a rubric."""
        return f"{self.base}/rubrics/{rubric}/{criterion}"

    def certificate(self, certificate: UUID) -> str:
        """A certificate."""
        return f"{self.base}/certificates/{certificate}"
