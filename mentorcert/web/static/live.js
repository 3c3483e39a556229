/**
 * Live pages: an element with data-poll-url asks for its own HTML every four seconds, and clocks count down.
 *
 *   <div data-poll-url="/sessions/…/live" data-etag="…" data-words-offline="No network since …">
 *       200 replaces what is inside; 304 leaves it; 410 ends the asking; a redirect (signed out) loads the page anew.
 *       What someone is writing in is never replaced: the new HTML waits until the field is left.
 *   <span data-ends-at="2026-11-26T16:20:00+00:00" data-left="400" data-words="{minutes} min {seconds} s left">
 *       counts down by the server's clock; in a .clock the line moves with it.
 */

const EVERY_MS = 4000;
const SLOWEST_MS = 60_000;
const DRIFT_MS = 1500;

let offset = null; // what the server's clock is ahead of ours, in milliseconds

/** Learn the server's clock from an answer's Date, which has whole seconds only. */
function learnClock(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  const seen = date + 500 - Date.now();
  if (offset === null || Math.abs(seen - offset) > DRIFT_MS) offset = seen;
}

class Poll {
  constructor(element) {
    this.element = element;
    this.etag = element.dataset.etag ?? "";
    this.failures = 0;
    element.addEventListener("focusout", () => setTimeout(() => this.swapWaiting(), 0));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.next(0); });
    window.addEventListener("online", () => this.next(0));
    this.next();
  }

  /** Ask again after a while: four seconds give or take one, so that a whole room does not ask at once. */
  next(wait = Math.min(EVERY_MS * 2 ** this.failures, SLOWEST_MS) * (0.75 + Math.random() / 2)) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    if (document.hidden || this.asking) return; // a hidden page asks when it is looked at again
    this.asking = true;
    try {
      await this.answered(await fetch(this.element.dataset.pollUrl, { headers: this.headers(), credentials: "same-origin", cache: "no-store" }));
    } catch {
      this.failed();
    } finally {
      this.asking = false;
    }
    if (!this.ended) this.next();
  }

  headers() {
    return { Accept: "text/html", "X-Requested-With": "live", ...(this.etag ? { "If-None-Match": this.etag } : {}) };
  }

  async answered(response) {
    if (response.redirected || response.status === 401) return window.location.reload();
    if (response.status === 410) { this.ended = true; return undefined; }
    if (response.status !== 304 && !response.ok) return this.failed();
    learnClock(response);
    this.failures = 0;
    this.element.classList.remove("is-offline");
    if (response.status === 304) return undefined;
    this.etag = response.headers.get("ETag") ?? "";
    this.waiting = await response.text();
    return this.swapWaiting();
  }

  failed() {
    this.failures += 1;
    if (this.failures > 1) this.element.classList.add("is-offline"); // one lost answer is no news
  }

  writing() {
    const at = document.activeElement;
    return this.element.contains(at) && at.matches("textarea, select, input:not([type=radio], [type=checkbox]), .is-asking");
  }

  /** Put the new HTML in, keeping what is unfolded and where the focus was. */
  swapWaiting() {
    if (this.waiting === undefined || this.writing()) return;
    const focus = this.element.contains(document.activeElement) ? document.activeElement.id : "";
    const unfolded = [...this.element.querySelectorAll("details[open][id]")].map((details) => details.id);
    this.element.innerHTML = this.waiting;
    this.waiting = undefined;
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    this.element.dispatchEvent(new CustomEvent("mentorcert:swapped", { bubbles: true }));
    tick();
  }
}

/** Draw one clock. */
function draw(timer) {
  const ends = Date.parse(timer.dataset.endsAt);
  offset ??= ends - Number(timer.dataset.left) * 1000 - Date.now();
  const left = Math.max(0, Math.round((ends - Date.now() - offset) / 1000));
  const [minutes, seconds] = [Math.floor(left / 60), left % 60];
  timer.lastChild.nodeValue = `${minutes}:${String(seconds).padStart(2, "0")}`;
  timer.setAttribute("aria-label", timer.dataset.words.replace("{minutes}", minutes).replace("{seconds}", seconds));
  const way = timer.closest(".clock")?.querySelector("[data-clock-length]");
  if (!way) return;
  const share = `${Math.min(100, Math.max(0, 100 - (100 * left) / Number(way.dataset.clockLength))).toFixed(1)}%`;
  way.querySelector(".rail-on").setAttribute("width", share);
  way.querySelector(".rail-at").setAttribute("cx", share);
}

function tick() {
  for (const timer of document.querySelectorAll("[data-ends-at]")) draw(timer);
}

for (const element of document.querySelectorAll("[data-poll-url]")) new Poll(element);
tick();
setInterval(tick, 1000);
