/**
 * Small things that must arrive, one after the other: each is kept on this device until the server has it, and sent
 * again after a lost network, a reload or a crash. Sending the same thing twice changes nothing, so nothing is lost and
 * nothing doubled.
 */

import { post } from "./posting.js";

const RETRY_MS = 10_000;

/** What waits to be sent to `url`, by id; `state` says how it is, `hear(id, answer)` is told what was refused. */
export class Sending {
  constructor(url, state, hear) {
    [this.url, this.state, this.hear] = [url, state, hear];
    this.key = `mentorcert:sending:${url}`;
    this.waiting = new Map(this.kept());
    this.stuck = new Set();
    window.addEventListener("online", () => this.flush());
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      if (this.waiting.size) localStorage.setItem(this.key, JSON.stringify([...this.waiting]));
      else localStorage.removeItem(this.key);
    } catch {
      // without storage it waits in this window only
    }
  }

  /** Keep this for `id` in place of what waits there, and send it soon. */
  put(id, fields, wait = 600) {
    this.waiting.set(id, fields);
    this.stuck.delete(id);
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  async flush() {
    if (this.busy || this.ended) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let next = this.next(); next && !this.ended; next = this.next()) await this.send(...next);
      if (this.waiting.size === 0) this.lostAt = null;
    } catch {
      this.offline();
    } finally {
      this.busy = false;
    }
  }

  next() {
    return [...this.waiting].find(([id]) => !this.stuck.has(id));
  }

  async send(id, fields) {
    this.state.saving();
    const response = await post(this.url, new URLSearchParams({ moment: id, ...fields }), { keepalive: true });
    if (response.status >= 500) throw new Error("not now");
    if (response.ok && !response.redirected) return this.arrived(id, fields, (await response.json()).saved_at);
    return this.refused(id, response);
  }

  arrived(id, fields, savedAt) {
    if (this.waiting.get(id) === fields) this.waiting.delete(id);
    this.keep();
    this.lostAt = null;
    this.state.show("wordsSaved", savedAt);
  }

  async refused(id, response) {
    const answer = [400, 409].includes(response.status) ? await response.json().catch(() => ({})) : {};
    this.stuck.add(id);
    if (answer.reason === "hold") {
      this.ended = true;
      this.state.show("wordsEnded", answer.saved_at, { icon: "cross", kind: "no" });
    } else if (answer.error) {
      this.state.say([answer.error, answer.todo, ...(answer.faults ?? [])].join(" "));
    } else {
      this.ended = true;
      this.state.show("wordsRefused", null, { icon: "cross", kind: "no" });
    }
    this.hear(id, answer);
  }

  offline() {
    this.lostAt ??= Date.now();
    this.state.show("wordsKept", this.lostAt, { icon: "look", kind: "look" });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), RETRY_MS);
  }
}
