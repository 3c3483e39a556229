/** The line of a film, drawn as the design draws it: a slider for pointer and keyboard. */

import { svgElement } from "./icons.js";

/** A slider; `seek(seconds)` is called when someone moves it. */
export class Scrub {
  constructor(label, seek) {
    this.seek = seek;
    this.now = 0;
    this.length = 0;
    this.svg = svgElement("svg", { class: "scrub", role: "slider", tabindex: "0", "aria-label": label, "aria-valuemin": "0" });
    this.seen = svgElement("rect", { class: "scrub__seen", y: "10", width: "0", height: "4", rx: "2" });
    this.at = svgElement("circle", { class: "scrub__at", cx: "0", cy: "12", r: "7" });
    this.svg.append(svgElement("rect", { class: "scrub__bed", y: "10", width: "100%", height: "4", rx: "2" }), this.seen, this.at);
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointerdown", (event) => this.hold(event));
    this.svg.addEventListener("pointermove", (event) => { if (this.svg.hasPointerCapture(event.pointerId)) this.point(event); });
  }

  /** Show where the film stands; `text` says it in words. */
  draw(now, length, text) {
    [this.now, this.length] = [now, length];
    const share = `${length ? Math.min(100, (100 * now) / length).toFixed(2) : 0}%`;
    this.seen.setAttribute("width", share);
    this.at.setAttribute("cx", share);
    this.svg.setAttribute("aria-valuemax", String(Math.floor(length)));
    this.svg.setAttribute("aria-valuenow", String(Math.floor(now)));
    this.svg.setAttribute("aria-valuetext", text);
  }

  key(event) {
    const steps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
    const time = { Home: 0, End: this.length }[event.key] ?? (event.key in steps ? this.now + steps[event.key] : null);
    if (time === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(time);
  }

  hold(event) {
    if (event.button !== 0) return;
    this.svg.setPointerCapture(event.pointerId);
    this.point(event);
  }

  point(event) {
    const box = this.svg.getBoundingClientRect();
    this.seek(this.length * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  }
}
