/**
 * The hold on what somebody grades: while they work, and only then, the server hears of it every two minutes.
 *
 *   [data-hold-url] data-words="Yours while you work; kept until {time}"   says until when it is theirs; data-lapsed: it
 *                                                                          was theirs, and will be with the next save
 *
 * The address answers {until}, or 409 {ended_at} when the hold has ended; drafts.js says so.
 */

import { post } from "./posting.js";
import { onTheClock } from "./saved.js";

const EVERY_MS = 2 * 60_000;
const SIGNS = ["keydown", "pointerdown", "input", "wheel"];

class Hold {
  constructor(element) {
    this.element = element;
    this.worked = false;
    for (const sign of SIGNS) document.addEventListener(sign, () => { this.worked = true; }, { passive: true, capture: true });
    document.querySelector("[data-film]")?.addEventListener("film:time", ({ detail }) => { if (detail.playing) this.worked = true; });
    document.querySelector("form[data-grading]")?.addEventListener("draft:saved", () => { if ("lapsed" in element.dataset) this.renew(); });
    this.timer = setInterval(() => this.renew(), EVERY_MS);
  }

  /** Say that somebody works, if they did since the last time. */
  async renew() {
    if (!this.worked) return;
    this.worked = false;
    try {
      const response = await post(this.element.dataset.holdUrl);
      if (response.status === 409) return this.stop((await response.json()).ended_at);
      if (response.ok && !response.redirected) this.show((await response.json()).until);
    } catch {
      this.worked = true; // without a network the next time will do
    }
  }

  show(until) {
    delete this.element.dataset.lapsed;
    const time = onTheClock(until, { hour: "2-digit", minute: "2-digit" });
    this.element.textContent = this.element.dataset.words.replace("{time}", time);
  }

  stop(at) {
    clearInterval(this.timer);
    document.querySelector("form[data-grading]")?.dispatchEvent(new CustomEvent("hold:ended", { detail: { at } }));
  }
}

for (const element of document.querySelectorAll("[data-hold-url]")) new Hold(element);
