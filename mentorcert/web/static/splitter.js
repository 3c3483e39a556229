/**
 * Bars that change how large two neighbours are: with the pointer, or with the arrows when they have the focus.
 *
 *   <div role="separator" data-splitter="film" data-property="--bench-film" data-unit="%" aria-orientation="vertical"
 *        aria-valuemin="25" aria-valuenow="41" aria-valuemax="70" tabindex="0" hidden>
 *
 * Its value is given to main as a CSS property, and remembered on this device; a double click puts it back. An upright
 * bar counts percent of main's width, a lying one percent of the window's height. With data-measure (a selector) it
 * begins with what that element has by itself.
 */

import { remember, remembered } from "./remembered.js";

const STEP = 2;

class Splitter {
  constructor(bar) {
    this.bar = bar;
    this.main = bar.closest("main");
    this.upright = bar.getAttribute("aria-orientation") === "vertical";
    this.first = this.value;
    bar.hidden = false;
    const kept = Number(remembered(this.key));
    if (kept) this.set(kept);
    else this.measure();
    bar.addEventListener("keydown", (event) => this.pressed(event));
    bar.addEventListener("pointerdown", (event) => this.take(event));
    bar.addEventListener("pointermove", (event) => { if (bar.hasPointerCapture(event.pointerId)) this.drag(event); });
    bar.addEventListener("dblclick", () => this.reset());
    bar.addEventListener("focus", () => this.measure());
  }

  get key() {
    return `mentorcert:split:${this.bar.dataset.splitter}`;
  }

  get value() {
    return Number(this.bar.getAttribute("aria-valuenow"));
  }

  /** Nobody has moved it: its value is what the element has by itself. */
  measure() {
    const element = document.querySelector(this.bar.dataset.measure || null);
    if (!element || this.main.style.getPropertyValue(this.bar.dataset.property)) return;
    const share = this.upright ? element.offsetWidth / this.main.offsetWidth : element.offsetHeight / window.innerHeight;
    this.bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
  }

  reset() {
    this.main.style.removeProperty(this.bar.dataset.property);
    remember(this.key, "");
    this.bar.setAttribute("aria-valuenow", String(this.first));
    this.measure();
  }

  /** Make the first neighbour this large, within the bounds. */
  set(wanted, keeps = false) {
    const [least, most] = ["aria-valuemin", "aria-valuemax"].map((name) => Number(this.bar.getAttribute(name)));
    const value = Math.round(Math.min(most, Math.max(least, wanted)));
    this.bar.setAttribute("aria-valuenow", String(value));
    this.main.style.setProperty(this.bar.dataset.property, `${value}${this.bar.dataset.unit}`);
    if (keeps) remember(this.key, String(value));
  }

  pressed(event) {
    const steps = this.upright ? { ArrowLeft: -STEP, ArrowRight: STEP } : { ArrowUp: -STEP, ArrowDown: STEP };
    const ends = { Home: -1000, End: 1000 };
    const by = steps[event.key] ?? ends[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.set(this.value + by, true);
  }

  take(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.bar.focus({ preventScroll: true });
    this.measure();
    this.bar.setPointerCapture(event.pointerId);
    [this.from, this.held] = [this.upright ? event.clientX : event.clientY, this.value];
  }

  drag(event) {
    const moved = (this.upright ? event.clientX : event.clientY) - this.from;
    const whole = this.upright ? this.main.getBoundingClientRect().width : window.innerHeight;
    this.set(this.held + (100 * moved) / whole, true);
  }
}

for (const bar of document.querySelectorAll("[data-splitter]")) new Splitter(bar);
