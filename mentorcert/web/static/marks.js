/**
 * Moments of a recording, each tied to a criterion, with a note: made by a key, a button or a typed time; changed, moved
 * and removed where they stand. Each is sent by itself (sending.js), under an id that is made here.
 *
 *   form[data-moments-url]                   where they are sent: POST moment, at, criterion, note, or remove=1
 *   template[data-mark-template]             one moment, li[data-moment]; its fields are named mark-…-<id>
 *   ul[data-marks-of="<criterion>"]          where they stand
 *   a[data-key] with .moment__n              a pin; those with the same key have the same number
 *   [data-mark-now data-words="Mark {time}"] a button in a criterion that marks where the film stands
 *   fieldset[data-mark-new]                  a moment by its time: fields mark-at, mark-of, mark-note
 *   [data-timeline-marks]                    the group of the timeline's pins
 */

import { svgElement } from "./icons.js";
import { State } from "./saved.js";
import { Sending } from "./sending.js";
import { clock, secondsOf } from "./times.js";

/** A UUID of version 4; pages without https have no crypto.randomUUID. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export class Marks {
  constructor(form, film) {
    [this.form, this.film, this.time] = [form, film, 0];
    this.template = document.querySelector("template[data-mark-template]");
    this.sending = new Sending(form.dataset.momentsUrl, new State(document.querySelector("[data-saved]"), "marks"), (id, answer) => this.hear(id, answer));
    this.timeline = document.querySelector("[data-timeline-marks]");
    form.addEventListener("input", (event) => this.changed(event.target));
    form.addEventListener("keydown", (event) => this.keyed(event));
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("draft:ended", () => { this.sending.ended = true; });
    document.querySelector("[data-mark-new]")?.addEventListener("click", (event) => this.typed(event));
    document.querySelector("[data-mark-new]")?.addEventListener("keydown", (event) => this.typed(event));
    film?.addEventListener("film:time", ({ detail }) => this.moved(detail.time));
    film?.addEventListener("film:mark-step", ({ detail }) => this.step(detail.by));
    for (const [id, fields] of this.sending.waiting) this.restore(id, fields);
    for (const button of form.querySelectorAll("[data-mark-now]")) button.hidden = !film;
    this.number();
    this.sending.flush();
  }

  rows() {
    return [...this.form.querySelectorAll("[data-moment]")];
  }

  field(row, name) {
    return row.querySelector(`[name="mark-${name}-${row.dataset.moment}"]`);
  }

  /** A new row in its list; `seconds` with fractions. */
  place(id, seconds, criterion, note) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    for (const each of row.querySelectorAll("[name], [id], [for], [value], [aria-labelledby]")) {
      for (const name of ["name", "id", "for", "value"]) if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace("ID", id));
    }
    row.dataset.moment = id;
    this.field(row, "note").value = note;
    this.field(row, "of").value = criterion;
    row.querySelector(".pin").dataset.key = id;
    this.setTime(row, seconds);
    this.sort(row);
    this.draw(row);
    return row;
  }

  /** What was not sent before the page was left. */
  restore(id, fields) {
    const row = this.rows().find((each) => each.dataset.moment === id);
    if (row) row.remove();
    if (!fields.remove) this.place(id, Number(fields.at), fields.criterion, fields.note);
  }

  /** Mark a moment, and write its note. */
  add(seconds, criterion, note = "") {
    const row = this.place(newId(), Math.round(seconds * 100) / 100, criterion, note);
    this.number();
    this.send(row, 0);
    this.open(row);
    return row;
  }

  open(row) {
    row.querySelector("details").open = true;
    const note = this.field(row, "note");
    note.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  send(row, wait) {
    const { moment, at } = row.dataset;
    this.sending.put(moment, { at, criterion: this.field(row, "of").value, note: this.field(row, "note").value }, wait);
  }

  changed(field) {
    const row = field.closest("[data-moment]");
    if (!row) return;
    if (field === this.field(row, "at")) {
      const seconds = secondsOf(field.value);
      field.setAttribute("aria-invalid", String(seconds === null));
      if (seconds === null) return;
      if (clock(Number(row.dataset.at)) !== field.value.trim()) this.setTime(row, seconds, false);
    }
    this.draw(row);
    this.send(row);
  }

  setTime(row, seconds, writes = true) {
    row.dataset.at = seconds;
    if (writes) this.field(row, "at").value = clock(seconds);
    const pin = row.querySelector(".pin");
    pin.dataset.seek = seconds;
    if (pin.matches("a")) pin.href = `#t=${clock(seconds)}`;
    row.querySelector("time").textContent = clock(seconds);
  }

  draw(row) {
    row.querySelector("[data-note]").textContent = this.field(row, "note").value;
  }

  /** Put a row where its criterion and its time have it. */
  sort(row) {
    const list = this.form.querySelector(`[data-marks-of="${CSS.escape(this.field(row, "of").value)}"]`);
    const later = [...list.children].find((each) => each !== row && Number(each.dataset.at) > Number(row.dataset.at));
    list.insertBefore(row, later ?? null);
    for (const each of this.form.querySelectorAll("[data-marks-of]")) each.hidden = !each.children.length;
  }

  /** Done with a row: it folds, stands in its place, and the keys are the bench's again. */
  done(row) {
    this.sort(row);
    this.number();
    this.send(row, 0);
    row.querySelector("details").open = false;
    (row.closest("[data-criterion]") ?? row.querySelector("summary")).focus({ preventScroll: true });
  }

  remove(row) {
    const section = row.closest("[data-criterion]");
    row.remove();
    this.number();
    for (const each of this.form.querySelectorAll("[data-marks-of]")) each.hidden = !each.children.length;
    this.sending.put(row.dataset.moment, { remove: "1" }, 0);
    section?.focus({ preventScroll: true });
  }

  keyed(event) {
    const row = event.target.closest("[data-moment]");
    if (!row || !event.target.matches("input, select") || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    this.done(row);
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (button?.matches("[data-mark-now]")) this.add(this.time, button.closest("[data-criterion]").dataset.criterion);
    const row = button?.closest("[data-moment]");
    if (!row) return;
    event.preventDefault();
    if (button.matches("[data-mark-remove]")) this.remove(row);
    else this.done(row);
  }

  /** A moment by its time, for a recording that is no film of ours. */
  typed(event) {
    const here = event.currentTarget;
    const asked = event.type === "click" ? event.target.closest("button") : event.key === "Enter" && event.target.matches("input");
    if (!asked) return;
    event.preventDefault();
    const [at, of, note] = ["mark-at", "mark-of", "mark-note"].map((name) => here.querySelector(`[name="${name}"]`));
    const seconds = secondsOf(at.value);
    at.setAttribute("aria-invalid", String(seconds === null));
    if (seconds === null) return at.focus();
    const row = this.place(newId(), seconds, of.value, note.value);
    this.number();
    this.send(row, 0);
    [at.value, note.value] = ["", ""];
    at.focus();
  }

  /** Number every pin in order of time, and draw them on the timeline. */
  number() {
    const pins = [...this.form.querySelectorAll(".pin[data-key]")];
    const times = new Map(pins.map((pin) => [pin.dataset.key, Number(pin.dataset.seek)]));
    this.order = [...times].sort(([, one], [, other]) => one - other);
    const numbers = new Map(this.order.map(([key], index) => [key, index + 1]));
    for (const pin of pins) pin.querySelector(".moment__n").textContent = numbers.get(pin.dataset.key);
    if (!this.timeline) return;
    const length = Number(this.timeline.dataset.timelineMarks) || 1;
    this.timeline.replaceChildren(...this.order.flatMap(([, at], index) => drawn(at, length, index + 1)));
  }

  moved(time) {
    this.time = time;
    for (const button of this.form.querySelectorAll(".crit--now [data-mark-now]")) {
      const words = button.dataset.words.replace("{time}", clock(time));
      const label = button.querySelector("span");
      if (label.textContent !== words) label.textContent = words;
    }
  }

  /** To the next mark, or to the one before. */
  step(by) {
    const times = this.order.map(([, at]) => at);
    const to = by > 0 ? times.find((at) => at > this.time + 0.2) : times.findLast((at) => at < this.time - 1);
    if (to !== undefined) this.film?.dispatchEvent(new CustomEvent("film:seek", { detail: { time: to } }));
  }

  /** The server would not take it: it stays, and says so. */
  hear(id) {
    const row = this.rows().find((each) => each.dataset.moment === id);
    if (row) this.field(row, "note").setAttribute("aria-invalid", "true");
  }
}

function drawn(at, length, number) {
  const x = `${Math.min(100, (100 * at) / length).toFixed(1)}%`;
  const text = svgElement("text", { class: "tl__n", x, y: "16" });
  text.textContent = number;
  const group = svgElement("g", { "data-seek": at });
  group.append(svgElement("line", { class: "tl__stem", x1: x, x2: x, y1: "20", y2: "66" }), svgElement("circle", { class: "tl__pin", cx: x, cy: "12", r: "9" }), text);
  return [group];
}
