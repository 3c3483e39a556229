/**
 * Drafts keep themselves: a form with data-autosave-url is posted a second after the last change, with its revision.
 *
 * The address answers JSON:
 *   200 {revision, saved_at}              kept; the hidden field "revision" takes the new number
 *   409 {reason: "newer", saved_at, url}  another tab has saved since; url shows that draft
 *   409 {reason: "hold", saved_at}        the person's hold on this work has ended
 *   409 {error}                           any other refusal, in the server's words
 * Whatever does not reach the server is kept on this device until it does, and offered when the page opens again.
 * [data-saved] shows the state, in words that the page gives it (see `saved` in parts/basics.html).
 */

import { iconFor } from "./icons.js";

const WAIT_MS = 1000;
const RETRY_MS = 10_000;
const NOT_KEPT = new Set(["csrf_token", "revision"]);

/** A time as the person's clock shows it, with seconds. */
function onTheClock(time) {
  const timeZone = document.documentElement.dataset.zone || undefined;
  return new Date(time).toLocaleTimeString("en-GB", { timeZone });
}

/** All texts of a form as pairs, revision and token included; files are no part of a draft. */
function textsOf(form) {
  return [...new FormData(form)].filter(([, value]) => typeof value === "string");
}

/** What the person wrote and chose, and nothing else. */
function fieldsOf(form) {
  return textsOf(form).filter(([name]) => !NOT_KEPT.has(name));
}

/** The line that says how the draft is. */
class State {
  constructor(element) {
    this.element = element;
  }

  /** Show a refusal in the server's own words. */
  say(text) {
    this.draw(text, { icon: "cross", kind: "no" });
  }

  /** Show one state. kind: "" (a plain line), "look" or "no"; more: an element after the words. */
  show(word, time, look) {
    this.draw((this.element?.dataset[word] ?? "").replace("{time}", time ? onTheClock(time) : ""), look);
  }

  draw(text, { icon = "check", kind = "", more = null } = {}) {
    if (!this.element) return;
    const drawn = iconFor(this.element.dataset.sprite, icon);
    if (!kind) {
      this.element.replaceChildren(drawn, text);
      return;
    }
    const badge = document.createElement("span");
    badge.className = `badge badge--${kind}`;
    badge.append(drawn, text, ...(more ? [" ", more] : []));
    this.element.replaceChildren(badge);
  }
}

/** One form whose draft keeps itself. */
class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.key = `mentorcert:draft:${this.url}`;
    this.state = new State(form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]"));
    this.changed = false;
    this.busy = false;
    this.stopped = false;
    form.addEventListener("input", () => this.touched());
    form.addEventListener("submit", () => { this.stopped = true; clearTimeout(this.timer); });
    window.addEventListener("online", () => { if (this.changed) this.save(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.stopped = false; });
    window.addEventListener("pagehide", () => { if (this.changed && !this.busy && !this.stopped) this.post(true).catch(() => this.keep()); });
    this.offer();
  }

  touched() {
    this.changed = true;
    if (this.conflict) this.keep();
    this.later(WAIT_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), wait);
  }

  post(leaving = false) {
    const body = new URLSearchParams(textsOf(this.form));
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    return fetch(this.url, { method: "POST", body, headers, credentials: "same-origin", keepalive: leaving });
  }

  /** Send the form as it stands. One request at a time: what changes meanwhile goes with the next. */
  async save() {
    if (this.busy || this.stopped || this.conflict) return;
    [this.busy, this.changed] = [true, false];
    this.state.show("wordsSaving", null, { icon: "clock" });
    try {
      await this.answered(await this.post());
    } catch {
      this.offline();
    } finally {
      this.busy = false;
    }
    if (this.changed && !this.conflict) this.later(this.waiting ? RETRY_MS : WAIT_MS);
  }

  async answered(response) {
    if (response.status === 409) return this.refused(await response.json());
    if (response.status >= 500) return this.offline();
    if (!response.ok || response.redirected) return this.lost();
    const { revision, saved_at: savedAt } = await response.json();
    const field = this.form.elements.namedItem("revision");
    if (field && revision !== undefined) field.value = revision;
    this.waiting = null;
    this.forget();
    return this.state.show("wordsSaved", savedAt);
  }

  /** No network, or a server that can't now: keep it here and try again. */
  offline() {
    this.changed = true;
    this.waiting ??= Date.now();
    this.keep();
    this.state.show("wordsKept", this.waiting, { icon: "look", kind: "look" });
  }

  /** Someone else's turn: nothing is overwritten, and what stands here is kept. */
  refused({ reason = "newer", saved_at: savedAt, url = window.location.href, error }) {
    this.conflict = true;
    this.keep();
    if (error && !savedAt) return this.state.say(error);
    if (reason === "hold") return this.state.show("wordsEnded", savedAt, { icon: "cross", kind: "no" });
    const link = document.createElement("a");
    link.href = url;
    link.textContent = this.state.element?.dataset.wordsRead ?? "";
    return this.state.show("wordsNewer", savedAt, { icon: "look", kind: "look", more: link });
  }

  /** Signed out, or the form is too old: only a new page helps. */
  lost() {
    this.conflict = true;
    this.keep();
    this.state.show("wordsRefused", null, { icon: "cross", kind: "no" });
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields: fieldsOf(this.form) }));
    } catch {
      // private windows may have no storage: then the words stay in the form only
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }

  /** What was kept on this device and is not what the page shows: one press puts it back. */
  offer() {
    const kept = this.kept();
    if (!kept || JSON.stringify(kept.fields) === JSON.stringify(fieldsOf(this.form))) return this.forget();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "line-btn small-btn";
    button.textContent = (this.state.element?.dataset.wordsFound ?? "").replace("{time}", onTheClock(kept.at));
    button.addEventListener("click", () => { this.putBack(kept.fields); button.remove(); });
    return this.state.element?.replaceChildren(button);
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  putBack(fields) {
    const wanted = new Map();
    for (const [name, value] of fields) wanted.set(name, [...(wanted.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      const values = wanted.get(field.name);
      if (!values || NOT_KEPT.has(field.name)) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values.shift() ?? field.value;
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Draft(form);
