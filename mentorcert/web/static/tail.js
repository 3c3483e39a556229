/**
 * The live tail of a list: new rows wait behind a button, or come in on top while nobody is reading.
 *
 *   <div data-tail-url="/statements/new?…" data-after="41" data-words-…>
 *     [data-tail-idle]    what stands there without this script
 *     [data-tail-state]   live, paused, or without a network
 *     [data-tail-pause]   stops the asking, and goes on with it
 *     [data-tail-show]    "Show 3 new statements"
 *   <div id="stmts"> sections [data-day] with their rows, newest first
 *
 * The address answers 304 while nothing was stored, else the rows that came after `after`, anew those that were taken
 * back meanwhile [data-changed], and in data-through up to where that was all. Rows come in by themselves only at the
 * top of the page, when none is unfolded, pointed at, marked or in focus: what somebody reads never moves.
 */

const EVERY_MS = 4000;
const SLOWEST_MS = 60_000;
const MOST_ROWS = 400; // of those that came in here; then the list is loaded again

class Tail {
  constructor(element) {
    this.element = element;
    this.list = document.querySelector("#stmts");
    this.after = element.dataset.after;
    this.etag = `"${element.dataset.after}"`;
    this.waiting = []; // sections of days that came, the newest last
    this.came = 0;
    this.failures = 0;
    this.paused = false;
    this.part("idle").hidden = true;
    this.part("state").hidden = false;
    this.part("pause").hidden = false;
    this.part("pause").addEventListener("click", () => this.toggle());
    this.part("show").addEventListener("click", () => { this.show(); this.element.scrollIntoView({ block: "nearest" }); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.next(0); });
    window.addEventListener("online", () => this.next(0));
    this.say();
    this.next();
  }

  part(name) {
    return this.element.querySelector(`[data-tail-${name}]`);
  }

  /** Ask again after a while: four seconds give or take one, so that many pages do not ask at once. */
  next(wait = Math.min(EVERY_MS * 2 ** this.failures, SLOWEST_MS) * (0.75 + Math.random() / 2)) {
    clearTimeout(this.timer);
    if (!this.paused && !this.full) this.timer = setTimeout(() => this.ask(), wait);
  }

  toggle() {
    this.paused = !this.paused;
    this.say();
    this.next(0);
  }

  async ask() {
    if (document.hidden || this.asking || this.paused) return; // a hidden page asks when it is looked at again
    this.asking = true;
    try {
      const headers = { Accept: "text/html", "X-Requested-With": "live", "If-None-Match": this.etag };
      await this.answered(await fetch(this.address(), { headers, credentials: "same-origin", cache: "no-store" }));
    } catch {
      this.failures += 1;
    } finally {
      this.asking = false;
    }
    this.say();
    this.next();
  }

  address() {
    const url = new URL(this.element.dataset.tailUrl, window.location.href);
    url.searchParams.set("after", this.after);
    return url;
  }

  async answered(response) {
    if (response.redirected || response.status === 401) return window.location.reload();
    if (response.status !== 304 && !response.ok) throw new Error(response.statusText);
    this.failures = 0;
    return response.status === 304 ? undefined : this.take(response.headers.get("ETag") ?? "", await response.text());
  }

  /** Keep what came; show it when that disturbs nobody. */
  take(etag, html) {
    const came = new DOMParser().parseFromString(html, "text/html").querySelector("[data-through]");
    if (!came) throw new Error("no rows in the answer");
    this.etag = etag;
    this.after = came.dataset.through;
    const rows = came.querySelectorAll("[data-day] > .stmt").length;
    this.full = "tooMany" in came.dataset || this.came + rows > MOST_ROWS;
    if (this.full) return;
    this.came += rows;
    for (const row of came.querySelectorAll("[data-changed] > .stmt")) this.renew(row);
    this.waiting.push(...[...came.querySelectorAll("[data-day]")].reverse());
    if (this.waiting.length && !this.reading()) this.show();
  }

  /** A row that was taken back says so where it stands. */
  renew(row) {
    const there = document.getElementById(row.id);
    const summary = there?.querySelector("summary");
    if (!summary) return;
    const focused = summary === document.activeElement;
    row.open = there.open;
    there.replaceWith(row);
    row.dispatchEvent(new CustomEvent("mentorcert:swapped", { bubbles: true }));
    if (focused) row.querySelector("summary").focus({ preventScroll: true });
  }

  /** Whether somebody is at something that would move. */
  reading() {
    const marked = window.getSelection();
    return window.scrollY > 8 || this.paused || this.list.querySelector("details[open]") !== null || this.list.matches(":hover")
      || this.list.contains(document.activeElement) || (!marked.isCollapsed && this.list.contains(marked.anchorNode));
  }

  /** Put what waits on top of the list, each row under its day. */
  show() {
    if (this.full) return window.location.reload();
    const first = this.part("show") === document.activeElement ? this.waiting.at(-1)?.querySelector("summary") : null;
    for (const day of this.waiting.splice(0)) this.insert(day);
    document.querySelector("[data-tail-empty]")?.remove();
    document.querySelector("[data-tail-count]")?.remove(); // "1 to 50 of 214" is no longer so
    first?.focus({ preventScroll: true });
    return this.say();
  }

  insert(day) {
    for (const row of day.querySelectorAll(".stmt")) if (document.getElementById(row.id)) row.remove();
    const rows = [...day.querySelectorAll(".stmt")];
    if (!rows.length) return;
    const there = this.list.querySelector(`[data-day="${day.dataset.day}"]`);
    if (there) there.querySelector("h2").after(...rows);
    else this.list.prepend(day);
    (there ?? day).dispatchEvent(new CustomEvent("mentorcert:swapped", { bubbles: true }));
  }

  /** Say how it stands: live, paused or offline; and how many rows wait. */
  say() {
    const { wordsLive, wordsPaused, wordsOffline, wordsPause, wordsGoOn, wordsOne, wordsSome, wordsMany } = this.element.dataset;
    const waiting = this.waiting.reduce((sum, day) => sum + day.querySelectorAll(".stmt").length, 0);
    const offline = this.failures > 1; // one lost answer is no news
    this.write("state", this.paused ? wordsPaused : offline ? wordsOffline : wordsLive);
    this.write("pause", this.paused ? wordsGoOn : wordsPause);
    this.write("show", this.full ? wordsMany : waiting === 1 ? wordsOne : wordsSome.replace("{count}", waiting));
    this.part("show").hidden = !this.full && !waiting;
    this.part("state").hidden = !this.part("show").hidden; // in its place, so that the bar stays one line
    this.part("pause").hidden = Boolean(this.full);
    this.element.classList.toggle("is-waiting", !this.part("show").hidden);
  }

  /** Change a text only when it is another, so that nothing is read out twice. */
  write(name, text) {
    if (this.part(name).textContent !== text) this.part(name).textContent = text;
  }
}

for (const element of document.querySelectorAll("[data-tail-url]")) new Tail(element);
