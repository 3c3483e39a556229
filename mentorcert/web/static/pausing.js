/**
 * The film waits while somebody writes, and goes on when they have: whoever types can't listen. It can be turned off
 * (input[data-pause-on] in the list of keys), and is remembered on this device.
 */

import { isField } from "./keys.js";
import { remember, remembered } from "./remembered.js";

const SWITCH = "mentorcert:pause-off";

export class Pausing {
  constructor(film, within) {
    this.film = film;
    this.playing = false;
    this.waits = false;
    film?.addEventListener("film:time", ({ detail }) => { this.playing = detail.playing; });
    within.addEventListener("input", ({ target }) => { if (isField(target)) this.wait(); });
    within.addEventListener("focusout", ({ relatedTarget }) => { if (!relatedTarget || !isField(relatedTarget)) this.goOn(); });
    const box = document.querySelector("input[data-pause-on]");
    if (!box) return;
    box.checked = !this.off();
    box.addEventListener("change", () => remember(SWITCH, box.checked ? "0" : "1"));
  }

  off() {
    return remembered(SWITCH) === "1";
  }

  /** Somebody begins to write. */
  wait() {
    if (!this.playing || this.off()) return;
    this.waits = true;
    this.film?.dispatchEvent(new CustomEvent("film:pause"));
  }

  /** They are done: on, but only when it was we who stopped it. */
  goOn() {
    if (!this.waits) return;
    this.waits = false;
    this.film?.dispatchEvent(new CustomEvent("film:play"));
  }
}
