"""What a transcript is made of. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that is said: from when to when, in seconds, by whom (empty when nobody is named), and the words."""

    start: float
    end: float
    speaker: str
    text: str
    is_estimated: bool = False
    """Whether the times are worked out from the length of the words; the transcript had none so fine."""

    @property
    def seconds(self) -> float:
        """When it begins, under the name that the list of cues uses."""
        return self.start
