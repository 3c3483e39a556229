"""The picture: two people at a table by a window, drawn as SVG in a field of 640 by 360."""

from dataclasses import dataclass

WALL, FLOOR, LOOK = "#26332e", "#1a2420", "#f0b429"


@dataclass(frozen=True)
class Look:
    """How somebody is drawn: three colours, a hair style, and what they wear on the face."""

    skin: str
    hair: str
    clothes: str
    style: str
    glasses: bool = False
    beard: bool = False


LOOKS = {
    "noor": Look("#b98562", "#1d1512", "#3f8375", "long"),
    "pavel": Look("#d9b08f", "#4d3727", "#d8cdb8", "crop"),
    "ines": Look("#c9a184", "#2a211d", "#7f9c90", "bob", glasses=True),
    "dana": Look("#8a5f48", "#151110", "#d8cdb8", "sweep"),
    "amara": Look("#6e4a36", "#120d0b", "#b5d4cb", "curls"),
    "marta": Look("#dfb796", "#85542a", "#8d97a8", "bun"),
    "kemi": Look("#5c3c2b", "#0f0b0a", "#d3a24a", "bun"),
    "oskar": Look("#e3bf9f", "#a67c43", "#6d8c98", "crop", glasses=True),
    "elin": Look("#e8c7ab", "#c79c53", "#a56f5e", "long"),
    "farid": Look("#a8754f", "#1a1310", "#cfc8b4", "crop", beard=True),
}

# Around a head of radius 40 at the origin: what lies behind it, and what lies over it.
BACK_HAIR = {
    "long": "M-45 0c-4-42 20-58 46-58s50 18 46 58c0 20-2 36-8 52q-38 16-78 0c-4-16-6-32-6-52z",
    "bun": "M-18-52a18 18 0 1 1 36 0a18 18 0 1 1-36 0z",
}
FRONT_HAIR = {
    "bob": "M-42 2c-4-44 20-58 46-56 28 2 40 20 36 44-18-2-34-8-44-18-6 14-20 24-38 30z",
    "sweep": "M42-2c2-40-22-54-46-52-26 2-42 22-38 58 8-4 12-12 14-24 24 8 48 6 70 18z",
    "long": "M-42 6c-4-44 18-60 44-58 28 2 42 22 39 50-14-6-24-16-30-30-12 18-30 28-53 38z",
    "crop": "M-41-2c-2-36 18-50 42-50s42 16 40 46c-6-8-9-14-11-22-18 4-36 3-54 0-5 8-12 14-17 26z",
    "bun": "M-42 0c-2-38 18-52 43-52s42 16 40 46c-14-4-26-12-33-22-12 14-28 22-50 28z",
    "curls": "M-40 8a14 14 0 0 1-6-26a18 18 0 0 1 12-28a22 22 0 0 1 34-12a22 22 0 0 1 34 10a18 18 0 0 1 12 28"
    "a14 14 0 0 1-5 27c-3-12-7-20-12-26c-18 4-38 4-56 0c-6 6-11 14-13 27z",
}
BODY = "M-86 190c0-94 22-142 76-142s80 48 84 142z"
BEARD = "M-38 8c6 12 12 14 20 10c10-4 30-4 38 0c8 4 14 0 19-10c1 24-14 40-38 40s-40-16-39-40z"


@dataclass(frozen=True)
class Pose:
    """How somebody sits: `focus` 0 listens, 1 speaks; `bow` 0 looks up, 1 looks down; `nod` in drawing units."""

    focus: float
    nod: float
    bow: float = 0.0


def scene(background: str, window_top: int, people: tuple[Look, Look], poses: tuple[Pose, Pose]) -> str:
    """The whole picture as one SVG; the window begins at `window_top`, so that words can stand above it."""
    left, right = (_place(look, pose, side) for look, pose, side in zip(people, poses, ("left", "right"), strict=True))
    return (
        '<svg class="scene" viewBox="0 0 640 360">'
        f'<rect width="640" height="360" fill="{WALL}"/>{_window(background, window_top)}'
        f'<rect y="318" width="640" height="42" fill="{FLOOR}"/>'
        f"{left[0]}{right[0]}{_table()}{left[1]}{right[1]}</svg>"
    )


def _place(look: Look, pose: Pose, side: str) -> tuple[str, str]:
    """Somebody's body, and the arm that lies on the table in front of it; the right side is mirrored."""
    where = "translate(214 180)" if side == "left" else "translate(462 178) scale(-1 1)"
    bright, lean = 0.74 + 0.26 * pose.focus, 2.6 * pose.focus
    frame = f'<g style="filter:brightness({bright:.2f})" transform="{where} rotate({lean:.2f} 0 170)">'
    arm = "M40 94c32 0 54 8 72 24" if side == "left" else "M40 96c16 2 26 10 32 20"
    hand = (116, 120) if side == "left" else (75, 118)
    return (
        f"{frame}{_figure(look, pose)}</g>",
        f'{frame}<path d="{arm}" fill="none" stroke="{look.clothes}" stroke-width="22" stroke-linecap="round"/>'
        f'<circle cx="{hand[0]}" cy="{hand[1]}" r="11" fill="{look.skin}"/></g>',
    )


def _figure(look: Look, pose: Pose) -> str:
    back, front = BACK_HAIR.get(look.style, ""), FRONT_HAIR[look.style]
    head = f'<circle r="40" fill="{look.skin}"/>'
    if look.beard:
        head += f'<path d="{BEARD}" fill="{look.hair}"/>'
    if look.glasses:
        head += '<g fill="none" stroke="#2a2f2d" stroke-width="3"><circle cx="8" cy="2" r="11"/>'
        head += '<circle cx="33" cy="2" r="9"/><path d="M19 1h5M-3 0l-30-4"/></g>'
    head_moves = f'transform="translate(0 {pose.nod:.2f}) rotate({14 * pose.bow:.2f} 0 34)"'
    return (
        f'<g {head_moves}><path d="{back}" fill="{look.hair}"/></g>'
        f'<path d="{BODY}" fill="{look.clothes}"/><path d="M-15 26h30v22a16 10 0 0 1-30 0z" fill="{look.skin}"/>'
        f'<g {head_moves}>{head}<path d="{front}" fill="{look.hair}"/></g>'
    )


def _table() -> str:
    return (
        '<path d="M216 306h218l14 54H202z" fill="#46362b"/><rect x="352" y="284" width="30" height="26" rx="4" '
        'fill="#f4f1ea"/><path d="M352 290c-12 0-12 14 0 14" fill="none" stroke="#f4f1ea" stroke-width="4"/>'
    )


def _window(background: str, top: int) -> str:
    """A wide window with one of three views; everything outside the glass is clipped."""
    sky, view = VIEWS[background]
    glass = f'x="66" y="{top}" width="508" height="{240 - top}" rx="4"'
    return (
        f'<clipPath id="glass"><rect {glass}/></clipPath><g clip-path="url(#glass)"><rect {glass} fill="{sky}"/>{view}'
        f'<path d="M235 0v360M405 0v360" stroke="{WALL}" stroke-width="6"/></g>'
    )


def _towers() -> str:
    """An office district: flat blocks, a few lit windows in a fixed pattern."""
    blocks = (
        (70, 60, 170),
        (136, 44, 140),
        (250, 52, 150),
        (312, 38, 186),
        (356, 44, 132),
        (430, 58, 160),
        (500, 70, 136),
    )
    parts = []
    for number, (x, width, y) in enumerate(blocks):
        parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="200" fill="{("#587065", "#4c6359")[number % 2]}"/>'
        )
        for row in range(4):
            lit = x + 8 + (number * 13 + row * 17) % (width - 18)
            parts.append(f'<rect x="{lit}" y="{y + 12 + row * 18}" width="7" height="7" fill="{LOOK}" opacity=".55"/>')
    return "".join(parts)


HILLS = "M60 214c60-40 100 6 170-24s110-10 180-30 110-8 170-30v140H60z"
VIEWS = {
    "window": (
        "#3d5149",
        f'<circle cx="338" cy="146" r="20" fill="{LOOK}" opacity=".9"/><path d="{HILLS}" fill="#5a7468"/>',
    ),
    "evening": (
        "#4b4037",
        f'<circle cx="320" cy="186" r="26" fill="{LOOK}" opacity=".8"/><path d="{HILLS}" fill="#35443d"/>',
    ),
    "site": ("#3d5149", _towers()),
}
