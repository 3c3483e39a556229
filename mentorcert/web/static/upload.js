/**
 * Sends the file of a form as soon as it is chosen (on-its-way.js), and shows how far it is.
 *
 *   <form><div data-upload-url="/enrolments/…/uploads"> … see recordings/_upload.html
 *
 * The hidden field says which upload the form hands in; the file itself does not come with the form then. A submit while
 * the file is on its way waits for it. Without this script the file comes with the form.
 */

import { MEGABYTE, OnItsWay, remove } from "./on-its-way.js";

/** The field, the bar, the words. */
class Box {
  constructor(element) {
    this.element = element;
    this.form = element.closest("form");
    this.input = element.querySelector("input[type=file]");
    this.find = (name) => element.querySelector(`[data-upload-${name}]`);
    this.input.addEventListener("change", () => this.chosen());
    this.find("pause").addEventListener("click", () => this.sending.pause());
    this.find("go").addEventListener("click", () => { this.show("pause"); this.sending.begin(); this.find("pause").focus(); });
    this.find("end").addEventListener("click", () => this.end());
    for (const button of element.querySelectorAll("[data-upload-remove]")) button.addEventListener("click", (event) => this.removeKept(event));
    this.form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("online", () => { if (this.sending?.state === "stalled") this.sending.begin(); });
    window.addEventListener("beforeunload", (event) => { if (this.sending?.underWay) event.preventDefault(); });
  }

  words(name, values = {}) {
    return (this.element.dataset[`words${name}`] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  /** For those who listen: only what is new, never every number. */
  say(text) {
    this.find("said").textContent = text;
  }

  fault(text) {
    const line = this.find("fault");
    line.hidden = !text;
    line.querySelector("span").textContent = text;
    if (text) this.say(text);
  }

  show(button) {
    this.find("pause").hidden = button !== "pause";
    this.find("go").hidden = button !== "go";
  }

  async chosen() {
    const file = this.input.files[0];
    if (this.sending?.underWay) await this.sending.end();
    this.sending = undefined;
    this.find("now").hidden = true;
    this.fault("");
    if (!file) return;
    this.input.removeAttribute("name"); // it comes in parts, and not with the form
    if (file.size === 0) return this.fault(this.words("Empty"));
    if (file.size > Number(this.element.dataset.uploadLargest)) return this.fault(this.words("Large"));
    return this.begin(file);
  }

  begin(file) {
    const kept = [...this.element.querySelectorAll("[data-upload]")].map((each) => each.dataset.upload);
    this.find("field").value = "";
    this.find("now").hidden = false;
    this.find("name").textContent = file.name;
    this.find("bar").value = 0;
    this.find("detail").textContent = "";
    this.milestone = 0;
    this.show("pause");
    this.find("end").hidden = false;
    this.say(this.words("Begins", { name: file.name }));
    this.sending = new OnItsWay(file, this.element.dataset.uploadUrl, kept, this);
  }

  went(sending, sent) {
    const percent = Math.floor((100 * sent) / sending.file.size);
    if (sending.resumed && !this.milestone) this.say(this.words("GoesOn", { number: percent }));
    this.find("bar").value = percent;
    this.element.querySelector(`[data-upload="${sending.path}"]`)?.setAttribute("hidden", "");
    const numbers = { percent, sent: Math.floor(sent / MEGABYTE), total: Math.ceil(sending.file.size / MEGABYTE) };
    const waits = this.waits ? this.words("Waits") : "";
    this.find("detail").textContent = [this.words("Sending", numbers), this.timeLeft(sending.minutesLeft(sent)), waits].filter(Boolean).join(" ");
    if (percent >= this.milestone + 25) this.say(this.words("Percent", { number: percent }));
    this.milestone = Math.max(1, 25 * Math.floor(percent / 25));
  }

  timeLeft(minutes) {
    if (minutes === null) return "";
    return minutes < 1 ? this.words("LeftMinute") : this.words("LeftMinutes", { number: Math.ceil(minutes) });
  }

  stalled() {
    this.find("detail").textContent = this.words("Stalled");
    this.say(this.words("Stalled"));
  }

  paused() {
    this.show("go");
    this.find("detail").textContent = this.words("Paused");
    this.say(this.words("Paused"));
    this.find("go").focus();
  }

  done(sending) {
    this.show("");
    this.find("bar").value = 100;
    this.find("field").value = sending.path.split("/").pop();
    const text = this.words("Done", { name: sending.file.name });
    this.find("detail").textContent = text;
    this.say(text);
    this.element.querySelector(`[data-upload="${sending.path}"]`)?.setAttribute("hidden", "");
    if (this.waits) this.form.requestSubmit(this.submitter);
  }

  /** What this device remembers, the server has let go: begin anew. */
  gone(sending) {
    this.begin(sending.file);
  }

  refused(sending, status, body) {
    this.waits = false;
    this.find("now").hidden = true;
    this.fault(this.reason(status, body));
  }

  reason(status, body) {
    if (status === 403) return this.words("SignedOut");
    if (status === 404 || status === 410) return this.words("Lost");
    try {
      const { error, todo } = JSON.parse(body);
      return `${error} ${todo}`;
    } catch {
      return this.words("Lost");
    }
  }

  async end() {
    const sending = this.sending;
    [this.sending, this.waits] = [undefined, false];
    this.find("now").hidden = true;
    this.find("field").value = "";
    this.input.value = "";
    this.say(this.words("Removed"));
    this.input.focus();
    await (sending.state === "done" ? remove(sending.path) : sending.end());
    sending.known.set(null);
  }

  /** A file of an earlier visit goes without loading the page: what was typed stays. */
  async removeKept(event) {
    event.preventDefault();
    const kept = event.currentTarget.closest("[data-upload]");
    await remove(kept.dataset.upload);
    if (this.find("field").value === kept.dataset.uploadUuid) this.find("field").value = "";
    kept.remove();
    this.say(this.words("Removed"));
    this.input.focus();
  }

  submitted(event) {
    if (!this.sending?.underWay) return;
    event.preventDefault();
    [this.waits, this.submitter] = [true, event.submitter];
    if (this.sending.state === "paused") this.sending.begin();
    this.show("pause");
    this.find("detail").textContent = this.words("Waits");
    this.say(this.words("Waits"));
  }
}

for (const element of document.querySelectorAll("[data-upload-url]")) if (globalThis.tus?.isSupported) new Box(element);
