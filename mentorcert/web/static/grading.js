/**
 * The grading bench: form[data-grading] with its sections [data-criterion]. Without this script every criterion stands
 * open, with its levels in words; with it only the current one does, and everything can be done by keyboard (keys.js
 * has the list). Moments are marks.js's.
 *
 *   [data-graded] data-words="{done} of {all} graded." data-words-open=" Still open: {open}."   says how far it is
 *   button[data-when-complete]                    can be pressed when every criterion has a level
 *   [data-timeline-at="1900"]                     the upright mark of the timeline, moved with the film
 *   button[data-insert]                           writes a sentence of the bank into the criterion's comment
 */

import { Keys } from "./keys.js";
import { Marks } from "./marks.js";
import { Pausing } from "./pausing.js";

class Bench {
  constructor(form) {
    this.form = form;
    this.sections = [...form.querySelectorAll("[data-criterion]")];
    this.film = document.querySelector("[data-film]");
    form.classList.add("is-folded");
    for (const section of this.sections) {
      section.tabIndex = -1;
      this.tell(section, false);
    }
    this.open(this.sections.find((section) => !this.chosen(section)) ?? this.sections[0]);
    // what a press has focused opens when the press is over: an unfolding page must not move away under the finger
    form.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, () => { this.pressed = false; }, { capture: true });
    form.addEventListener("focusin", ({ target }) => { if (!this.pressed) this.open(target.closest("[data-criterion]")); });
    form.addEventListener("click", ({ target }) => this.open(target.closest("[data-criterion]")));
    form.addEventListener("input", () => this.count());
    form.addEventListener("click", ({ target }) => this.insert(target.closest("button[data-insert]")));
    form.addEventListener("keydown", (event) => this.leave(event));
    this.film?.addEventListener("film:time", ({ detail }) => this.moved(detail));
    this.film?.addEventListener("film:mark", ({ detail }) => this.mark(detail.time));
    this.pausing = new Pausing(this.film, form.closest("main") ?? form);
    this.marks = form.dataset.momentsUrl ? new Marks(form, this.film) : null;
    new Keys(this.acts());
    for (const bank of form.querySelectorAll("[data-bank]")) bank.hidden = false;
    this.count();
  }

  chosen(section) {
    return section.querySelector(".level input:checked");
  }

  /** Show or fold what each level of a criterion means. */
  tell(section, told) {
    section.querySelector(".levels")?.classList.toggle("levels--told", told);
  }

  /** Make one criterion the current one. It stays where it is in the window, whatever folds above it. */
  open(section) {
    if (!section || section === this.now) return;
    const top = section.getBoundingClientRect().top;
    if (this.now) {
      this.tell(this.now, false);
      this.now.classList.remove("crit--now");
      this.now.removeAttribute("aria-current");
    }
    this.tell(section, true);
    section.classList.add("crit--now");
    section.setAttribute("aria-current", "true");
    if (this.now) window.scrollBy({ top: section.getBoundingClientRect().top - top, behavior: "instant" });
    this.now = section;
  }

  step(by) {
    const next = this.sections[this.sections.indexOf(this.now) + by];
    if (!next) return;
    this.open(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  /** Escape in a comment goes back to its criterion, where the single keys act again. */
  leave(event) {
    if (event.key !== "Escape" || event.isComposing || !event.target.matches(".crit__note textarea")) return;
    event.preventDefault();
    event.target.closest("[data-criterion]").focus({ preventScroll: true });
  }

  choose(number) {
    const radio = this.now?.querySelectorAll(".level input")[number - 1];
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** What each key does, by the names of the list. */
  acts() {
    const film = (name, detail) => () => this.film?.dispatchEvent(new CustomEvent(`film:${name}`, { detail }));
    return {
      toggle: film("toggle"),
      back: film("step", { by: -5 }),
      on: film("step", { by: 5 }),
      "far-back": film("step", { by: -10 }),
      "far-on": film("step", { by: 10 }),
      "frame-back": film("frame", { by: -1 }),
      "frame-on": film("frame", { by: 1 }),
      "mark-before": film("mark-step", { by: -1 }),
      "mark-next": film("mark-step", { by: 1 }),
      slower: film("speed", { by: -1 }),
      faster: film("speed", { by: 1 }),
      captions: film("captions"),
      follow: film("follow"),
      mark: () => this.mark(this.time ?? 0),
      level: (key) => this.choose(Number(key)),
      next: () => this.step(1),
      before: () => this.step(-1),
      comment: () => this.now?.querySelector(".crit__note textarea")?.focus(),
    };
  }

  /** Mark where the film stands, for the open criterion. */
  mark(time) {
    if (!this.marks || !this.film) return document.querySelector("[data-mark-new] input")?.focus();
    this.marks.add(time, this.now?.dataset.criterion ?? "");
    this.pausing.wait();
  }

  /** Write a sentence of the bank where the comment's cursor stands, and go on writing there. */
  insert(button) {
    const comment = button?.closest("[data-criterion]")?.querySelector(".crit__note textarea");
    if (!comment || comment.readOnly) return;
    const [before, after] = [comment.value.slice(0, comment.selectionStart), comment.value.slice(comment.selectionEnd)];
    comment.value = `${before}${before && !/\s$/.test(before) ? " " : ""}${button.dataset.insert}${after}`;
    comment.focus();
    const end = comment.value.length - after.length;
    comment.setSelectionRange(end, end);
    comment.dispatchEvent(new Event("input", { bubbles: true }));
  }

  moved({ time, length }) {
    this.time = time;
    const at = document.querySelector("[data-timeline-at]");
    const whole = Number(at?.dataset.timelineAt) || length;
    if (at && whole) at.setAttribute("x", `${Math.min(100, (100 * time) / whole).toFixed(2)}%`);
  }

  /** Say how many are graded and which are open; never a score: a running total pulls the levels towards it. */
  count() {
    const open = this.sections.flatMap((section, index) => (this.chosen(section) ? [] : [index + 1]));
    for (const section of this.sections) {
      const written = section.querySelector(".crit__written");
      if (written) written.hidden = !section.querySelector(".crit__note textarea")?.value.trim();
    }
    const line = document.querySelector("[data-graded]");
    if (line) {
      const done = line.dataset.words.replace("{done}", this.sections.length - open.length).replace("{all}", this.sections.length);
      line.textContent = done + (open.length ? line.dataset.wordsOpen.replace("{open}", open.join(", ")) : "");
    }
    for (const button of document.querySelectorAll("button[data-when-complete]")) button.disabled = open.length > 0;
  }
}

const form = document.querySelector("form[data-grading]");
if (form) new Bench(form);
