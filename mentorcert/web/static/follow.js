/**
 * A transcript that follows its film: what is being said is marked, and kept in sight inside its own box, never by
 * scrolling the page. Whoever scrolls in the box is reading: then it stays where it is until they press the button.
 *
 *   <ol class="cues" data-for="film"><li><a class="cue" data-t="142.5" href="#t=2:22">…
 *   <button data-follow="film" hidden>               shown while the transcript stays behind
 */

const READING_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

/** The cues of one film; `seek(seconds)` is called when someone presses one. */
export class Follow {
  constructor(id, seek) {
    this.list = document.querySelector(`.cues[data-for="${id}"]`);
    this.cues = this.list ? [...this.list.querySelectorAll(".cue[data-t]")] : [];
    this.times = this.cues.map((cue) => Number(cue.dataset.t));
    this.box = this.list?.closest(".lesson__cues, .cues--box");
    this.button = document.querySelector(`[data-follow="${id}"]`);
    this.on = true;
    this.list?.addEventListener("click", (event) => this.press(event, seek));
    this.button?.addEventListener("click", () => { this.turn(true); this.box?.focus({ preventScroll: true }); });
    for (const name of ["wheel", "touchmove"]) this.box?.addEventListener(name, () => this.turn(false), { passive: true });
    this.box?.addEventListener("pointerdown", ({ target }) => { if (target === this.box) this.turn(false); }); // its scroll bar
    this.box?.addEventListener("keydown", ({ key }) => { if (READING_KEYS.has(key)) this.turn(false); });
  }

  press(event, seek) {
    const cue = event.target.closest(".cue[data-t]");
    if (!cue) return;
    event.preventDefault();
    this.turn(true);
    seek(Number(cue.dataset.t));
  }

  /** Follow the film, or let the reader read. Without a box there is nothing to scroll. */
  turn(on) {
    if (!this.box || this.on === on || (!on && !this.button)) return;
    this.on = on;
    this.button.hidden = on;
    if (on) this.show();
  }

  /** The film stands at `time`: mark what is being said there. */
  at(time) {
    const now = this.cues[this.last(time + 0.05)];
    if (now === this.now) return;
    this.now?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    this.now = now;
    if (this.on) this.show();
  }

  show() {
    const { box, now } = this;
    if (now && box && box.scrollHeight > box.clientHeight) box.scrollTop = now.offsetTop - (box === now.offsetParent ? 0 : box.offsetTop) - box.clientHeight / 3;
  }

  /** The index of the last cue that begins by `time`, or -1: there may be thousands, and this is asked all the time. */
  last(time) {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
