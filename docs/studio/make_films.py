"""Make the films from their dialogue: speech, captions, pictures, and the encoded file. See README.md."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dialogue import Script, read_script
from frames import Stage, stylesheet
from playwright.sync_api import Page, sync_playwright
from timeline import lay_out, write_captions, write_sound

STUDIO = Path(__file__).parent
ROOT = STUDIO.parent.parent
FRAMES_PER_SECOND = 15

# A little air in the room: without it the pauses are as dead as a broken cable. The noise is seeded.
ROOM_TONE = "anoisesrc=color=brown:amplitude=0.003:sample_rate=48000:seed=7"
MIX = (
    "[1:a]aecho=0.9:0.9:17|29:0.10|0.06[v];"
    "[v][2:a]amix=inputs=2:duration=first:normalize=0,volume=3.5dB,alimiter=limit=0.8:level=0[a]"
)
VP9 = "-c:v libvpx-vp9 -b:v 0 -crf 36 -g 150 -row-mt 1 -cpu-used 3 -c:a libopus -b:a 40k"
H264 = "-c:v libx264 -crf 27 -preset slow -profile:v main -g 150 -c:a aac -b:a 56k -movflags +faststart"


def main() -> None:
    """Make the films named on the command line, or all of them."""
    options = _options()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=options.chromium)
        for name in options.films:
            script = read_script(STUDIO / f"{name}.yaml")
            scale = 1 if script.is_lesson else 0.5
            page = browser.new_page(viewport={"width": round(1280 * scale), "height": round(720 * scale)})
            page.set_content(f"<style>{stylesheet(options.fonts)}</style>")
            make(script, page, Path(folder), options.still)
            page.close()
        browser.close()


def _options() -> argparse.Namespace:
    films = sorted(path.stem for path in STUDIO.glob("*.yaml"))
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("films", nargs="*", default=films, help=f"of: {', '.join(films)}")
    parser.add_argument(
        "--fonts", type=Path, required=True, help="the node_modules that holds both @fontsource packages"
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser that draws")
    parser.add_argument("--still", type=float, help="only write the picture at this second, as <film>.png, to look at")
    return parser.parse_args()


def make(script: Script, page: Page, folder: Path, still: float | None = None) -> None:
    """Make one film with its captions and, for a lesson, its poster; or, to look at, one still of it."""
    timeline = lay_out(script, folder)
    stage = Stage(script, timeline)
    if still is not None:
        Path(f"{script.output.stem}.png").write_bytes(_draw(page, stage.at(still)))
        return
    target = ROOT / script.output
    target.parent.mkdir(parents=True, exist_ok=True)
    sound = folder / "sound.wav"
    write_sound(timeline, sound)
    write_captions(script, timeline, target.with_suffix(".en.vtt" if script.is_lesson else ".vtt"))
    if script.is_lesson:
        poster = _draw(page, stage.poster(), quality=86)
        target.with_suffix(".jpg").write_bytes(poster)
    count = int(timeline.seconds * FRAMES_PER_SECOND)
    _encode(_pictures(page, stage, count), sound, target)
    sys.stdout.write(f"{script.output}: {timeline.seconds:.1f} s, {target.stat().st_size / 1024:.0f} kB\n")


def _pictures(page: Page, stage: Stage, count: int) -> Iterator[bytes]:
    """Every frame in order; a picture that did not change is not drawn again."""
    last, drawn = "", b""
    for number in range(count):
        content = stage.at(number / FRAMES_PER_SECOND)
        if content != last:
            last, drawn = content, _draw(page, content)
        yield drawn


def _draw(page: Page, content: str, quality: int | None = None) -> bytes:
    """Draw one picture: PNG, or JPEG when a quality is given."""
    page.evaluate("async content => { document.body.innerHTML = content; await document.fonts.ready }", content)
    return page.screenshot(type="jpeg" if quality else "png", quality=quality)


def _encode(pictures: Iterator[bytes], sound: Path, target: Path) -> None:
    """Feed the frames to ffmpeg and let it join them with the sound."""
    codec = H264 if target.suffix == ".mp4" else VP9
    command = (
        f"ffmpeg -v error -y -f image2pipe -c:v png -framerate {FRAMES_PER_SECOND} -i - -i {sound}"
        f" -f lavfi -i {ROOM_TONE} -filter_complex {MIX} -map 0:v -map [a] -pix_fmt yuv420p"
        f" -colorspace bt709 -vf scale=out_color_matrix=bt709 {codec} -bitexact -map_metadata -1 -shortest"
    )
    with subprocess.Popen([*command.split(), str(target)], stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for picture in pictures:
            encoder.stdin.write(picture)
    if encoder.returncode:
        raise RuntimeError(f"ffmpeg could not encode {target.name}.")


if __name__ == "__main__":
    main()
