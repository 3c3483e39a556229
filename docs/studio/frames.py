"""From a moment to a picture: what stands on the stage at a time, as HTML that the browser draws."""

import html
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from dialogue import Script
from drawing import LOOK, LOOKS, Look, Pose, scene
from timeline import Timeline

FADE = 0.45  # seconds
WINDOW_ALONE, WINDOW_UNDER_WORDS = 40, 108  # where the window begins, of 360
FACES = {
    "Figtree": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "Newsreader": "@fontsource/newsreader/files/newsreader-latin-500-normal.woff2",
}
MENTOR_MARK = '<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="#c3dcd3"/></svg>'
MENTEE_MARK = (
    '<svg viewBox="0 0 20 20"><circle cx="10" cy="10" r="7.5" fill="none" stroke="#c3dcd3" stroke-width="3"/></svg>'
)
STYLE = """
html, body { margin: 0; overflow: hidden; background: #26332e }
.scene, .card { position: absolute; inset: 0; width: 100vw; height: 100vh }
.band { position: absolute; left: 80px; right: 80px; top: 40px; color: #f1f6f3 }
.who { font: 600 22px Figtree; color: #c3dcd3; margin: 0 0 8px }
.who svg { width: 15px; height: 15px; margin-right: 12px }
.said i, .words i, .close i { font-style: normal; visibility: hidden }
.said { font: 500 40px/1.25 Newsreader; margin: 0; text-wrap: balance }
.said.title { font-size: 60px }
.way { display: block; margin-top: 52px }
.card { background: #0f4a41; color: #fff }
.card div { position: absolute; left: 120px; right: 160px; top: 50%; transform: translateY(-54%) }
.card .chapter { font: 600 24px Figtree; color: #cfe3dc; margin: 0 0 18px }
.card h1 { font: 500 76px/1.12 Newsreader; margin: 0 0 36px }
.card .words { font: 500 36px/1.4 Newsreader; color: #cfe3dc; margin: 32px 0 0; min-height: 100px }
.card .close { font: 500 54px/1.3 Newsreader; margin: 0 0 44px; text-wrap: balance }
"""


def stylesheet(fonts: Path) -> str:
    """The page's CSS with both faces inside it, so that the drawing needs no server; `fonts` is a node_modules."""
    faces = []
    for family, file in FACES.items():
        data = b64encode((fonts / file).read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "{family}"; font-weight: 300 900; src: url(data:font/woff2;base64,{data}) }}'
        )
    return "".join(faces) + STYLE


@dataclass(frozen=True)
class Stage:
    """A film ready to be drawn at any moment."""

    script: Script
    timeline: Timeline

    def at(self, moment: float) -> str:
        """The picture at `moment` seconds, as the content of the page's body."""
        if not self.script.is_lesson:
            return self._scene(moment, WINDOW_ALONE)
        number = self._line_at(moment)
        return self._scene(moment, WINDOW_UNDER_WORDS) + self._band(number, moment) + self._cards(moment)

    def poster(self) -> str:
        """The still shown before the film starts: both people, and the title where the words will stand."""
        picture = scene(self.script.background, WINDOW_UNDER_WORDS, self._looks(), (Pose(1, 0), Pose(1, 0)))
        chapter, title = html.escape(self.script.chapter), html.escape(self.script.title)
        return f'{picture}<div class="band"><p class="who">{chapter}</p><p class="said title">{title}</p></div>'

    def _looks(self) -> tuple[Look, Look]:
        people = self.script.people
        return LOOKS[people["mentor"].look or ""], LOOKS[people["mentee"].look or ""]

    def _scene(self, moment: float, window_top: int) -> str:
        poses = (self._pose("mentor", moment), self._pose("mentee", moment))
        return scene(self.script.background, window_top, self._looks(), poses)

    def _pose(self, who: str, moment: float) -> Pose:
        """A speaker comes forward just before the first word and nods a little with the voice."""
        turns = [self._span(number) for number, line in enumerate(self.script.lines) if line.who == who]
        focus = max(_presence(moment, start - FADE / 2, end + FADE) for start, end in turns)
        speaking = any(cue.who == who and cue.start <= moment <= cue.end for cue in self.timeline.cues)
        nod = 2.4 * self.timeline.loudness(moment - 0.1, 0.25) if speaking else 0.0
        return Pose(focus, round(nod * 4) / 4, self._bow(moment) if who == "mentee" else 0.0)

    def _bow(self, moment: float) -> float:
        """The mentee looks down while a silence lasts, and up again just before speaking."""
        silences = [self._span(number) for number, line in enumerate(self.script.lines) if line.silence]
        return max((_presence(moment, start + 0.2, end - 0.7) for start, end in silences), default=0.0)

    def _span(self, line: int) -> tuple[float, float]:
        own = [cue for cue in self.timeline.cues if cue.line == line]
        return own[0].start, own[-1].end

    def _line_at(self, moment: float) -> int:
        """The line that has begun last: its words stay in the picture until somebody else speaks."""
        begun = [number for number in range(len(self.script.lines)) if self._span(number)[0] <= moment]
        return begun[-1] if begun else 0

    def _band(self, number: int, moment: float) -> str:
        """What stands above the window: the words as they are said, or the point that crosses a silence."""
        line = self.script.lines[number]
        start, end = self._span(number)
        if line.card:
            return ""
        if line.silence:
            return f'<div class="band">{_way((moment - start) / (end - start), line.silence)}</div>'
        mark = MENTOR_MARK if line.who == "mentor" else MENTEE_MARK
        name = html.escape(self.script.people[line.who].name)
        return (
            f'<div class="band"><p class="who">{mark}{name}</p><p class="said">{self._said(number, moment)}</p></div>'
        )

    def _said(self, number: int, moment: float, first_piece: int = 0) -> str:
        """The words of a line, those not said yet keeping their place unseen, so that nothing jumps."""
        cues = [cue for cue in self.timeline.cues if cue.line == number][first_piece:]
        words = []
        for cue in cues:
            done = (moment - cue.start) / (cue.end - cue.start) * len(cue.text)
            place = 0
            for word in cue.text.split():
                words.append(html.escape(word) if place <= done else f"<i>{html.escape(word)}</i>")
                place += len(word) + 1
        return " ".join(words)

    def _cards(self, moment: float) -> str:
        """The title card before the first word of the dialogue, the closing card after the last."""
        last = len(self.script.lines) - 1
        opening = 1 - _ramp(moment, self._span(0)[1] + 0.7)
        closing = _ramp(moment, self._span(last)[0] - 1.1)
        if opening > 0:
            return _card(opening, self._title(moment))
        return _card(closing, f'<p class="close">{self._said(last, moment)}</p>{_LINE}') if closing > 0 else ""

    def _title(self, moment: float) -> str:
        chapter, title = html.escape(self.script.chapter), html.escape(self.script.title)
        words = self._said(0, moment, first_piece=1)
        return f'<p class="chapter">{chapter}</p><h1>{title}</h1>{_LINE}<p class="words">{words}</p>'


def _ramp(moment: float, start: float) -> float:
    """From 0 at `start` to 1 a fade later, slow at both ends."""
    part = min(max((moment - start) / FADE, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def _presence(moment: float, start: float, end: float) -> float:
    return _ramp(moment, start) * (1 - _ramp(moment, end))


def _card(opacity: float, content: str) -> str:
    return f'<div class="card" style="opacity:{opacity:.3f}"><div>{content}</div></div>'


def _way(part: float, seconds: float) -> str:
    """A silence as a line with a tick a second; the point is where it has got to."""
    at = 12 + 1096 * min(max(part, 0.0), 1.0)
    ticks = "".join(f"M{12 + 1096 * tick / seconds:.1f} 14v12" for tick in range(int(seconds) + 1))
    return (
        f'<svg class="way" width="1120" height="40"><path d="M12 20h1096{ticks}" stroke="#4f665b" stroke-width="3"/>'
        f'<path d="M12 20H{at:.1f}" stroke="#c3dcd3" stroke-width="3"/>'
        f'<circle cx="{at:.1f}" cy="20" r="11" fill="{LOOK}"/></svg>'
    )


_LINE = (
    '<svg width="420" height="24"><path d="M0 12h420" stroke="#5d8f83" stroke-width="3"/>'
    f'<circle cx="132" cy="12" r="9" fill="{LOOK}"/></svg>'
)
