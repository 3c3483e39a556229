/**
 * Drafts keep themselves: a form with data-autosave-url is posted a second after the last change, with its revision.
 *
 * The address answers JSON:
 *   200 {revision, saved_at}              kept; the hidden field "revision" takes the new number
 *   409 {reason: "newer", saved_at, url}  another tab has saved since; url shows that draft
 *   200 {reason: "hold", saved_at}        the person's hold on this work has ended; the text is kept all the same
 *   400, 409 {error}                      any other refusal, in the server's words
 * Every change is kept on this device at once (kept.js), until the server has it; what a crash, a lost network or an
 * expired sign-in left behind is offered when the page opens again, to use or to drop.
 * [data-saved] shows the state, in words that the page gives it (see `saved` in parts/basics.html). When the hold has
 * ended, [data-ended] is shown, and its button [data-copy-all] copies everything that the form holds.
 */

import { Kept } from "./kept.js";
import { post } from "./posting.js";
import { State, smallButton } from "./saved.js";

const WAIT_MS = 1000;
const RETRY_MS = 10_000;

/** One form whose draft keeps itself. */
class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.kept = new Kept(form, this.url);
    this.state = new State(form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]"), "draft");
    this.changed = false;
    this.busy = false;
    this.stopped = false;
    form.addEventListener("input", ({ target }) => { if (!this.kept.isElsewhere(target.name)) this.touched(); });
    form.addEventListener("submit", () => { this.stopped = true; clearTimeout(this.timer); this.kept.leave(); });
    form.addEventListener("hold:ended", ({ detail }) => this.refused({ reason: "hold", saved_at: detail.at }, 409));
    window.addEventListener("online", () => { if (this.changed) this.save(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.stopped = false; });
    window.addEventListener("pagehide", () => { if (this.changed && !this.busy && !this.stopped && !this.conflict) this.post(true).catch(() => {}); });
    this.offer();
  }

  touched() {
    this.changed = true;
    this.kept.keep();
    this.later(this.waiting ? RETRY_MS : WAIT_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), wait);
  }

  post(leaving = false) {
    return post(this.url, new URLSearchParams(this.kept.texts()), { keepalive: leaving });
  }

  /** Send the form as it stands. One request at a time: what changes meanwhile goes with the next. */
  async save() {
    if (this.busy || this.stopped || this.conflict) return;
    [this.busy, this.changed] = [true, false];
    this.state.saving();
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
    if (response.status === 409 || response.status === 400) return this.refused(await response.json().catch(() => ({})), response.status);
    if (response.status >= 500) return this.offline();
    if (!response.ok || response.redirected) return this.lost();
    const { reason, revision, saved_at: savedAt } = await response.json();
    if (reason) return this.refused({ reason, saved_at: savedAt }, response.status);
    const field = this.form.elements.namedItem("revision");
    if (field && revision !== undefined) field.value = revision;
    this.waiting = null;
    if (!this.changed) this.kept.forget();
    this.form.dispatchEvent(new CustomEvent("draft:saved"));
    return this.state.show("wordsSaved", savedAt);
  }

  /** No network, or a server that can't now: it is kept here, and tried again. */
  offline() {
    this.changed = true;
    this.waiting ??= Date.now();
    this.kept.keep();
    this.state.show("wordsKept", this.waiting, { icon: "look", kind: "look" });
  }

  /** Someone else's turn, or something that can't be taken: nothing is overwritten, and what stands here is kept. */
  refused({ reason, saved_at: savedAt, url = window.location.href, error, faults = [] }, status) {
    this.kept.keep();
    if (status === 400 && !error) return this.lost();
    if (!reason) return this.state.say([error, ...faults.map((fault) => fault.what ?? fault)].join(" "));
    this.conflict = true;
    if (reason === "hold") return this.ended(savedAt);
    const save = this.form.querySelector("[data-read-both]");
    const words = this.state.words("wordsRead");
    const link = Object.assign(document.createElement("a"), { href: url, textContent: words });
    const both = save ? smallButton(words, () => this.form.requestSubmit(save)) : link;
    return this.state.show("wordsNewer", savedAt, { icon: "look", kind: "look", more: [both] });
  }

  /** The work is somebody else's now: what was written here can be copied. */
  ended(at) {
    this.state.show("wordsEnded", at, { icon: "cross", kind: "no" });
    const notice = document.querySelector("[data-ended]");
    if (!notice) return;
    notice.hidden = false;
    const button = notice.querySelector("[data-copy-all]");
    button?.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.kept.inWords());
      button.textContent = button.dataset.done;
    });
    for (const each of this.form.querySelectorAll("button, [type=radio]")) each.disabled = true;
    for (const each of document.querySelectorAll(`button[form="${this.form.id}"]`)) each.disabled = true;
    for (const each of this.form.querySelectorAll("textarea")) each.readOnly = true;
    this.form.dispatchEvent(new CustomEvent("draft:ended"));
  }

  /** Signed out, or the form is too old: only a new page helps. */
  lost() {
    this.conflict = true;
    this.kept.keep();
    this.state.show("wordsRefused", null, { icon: "cross", kind: "no" });
  }

  /** What was kept on this device and is not what the page shows: to use, or to drop. */
  offer() {
    const found = this.kept.find();
    if (!found) return;
    const use = smallButton(this.state.words("wordsUse"), () => { this.state.quiet(); this.kept.putBack(found); this.touched(); this.save(); });
    const drop = smallButton(this.state.words("wordsDrop"), () => { this.state.quiet(); this.kept.drop(found); this.state.show("wordsDropped", null); });
    this.state.show("wordsFound", found.at, { icon: "look", kind: "look", more: [use, drop] });
  }
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Draft(form);
