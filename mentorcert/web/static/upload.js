/**
 * Sends the file of a form as soon as it is chosen, in parts (tus 1.0, by tus-js-client), and goes on after whatever breaks.
 *
 *   <form><div data-upload-url="/enrolments/…/uploads"> … see recordings/_upload.html
 *
 * The hidden field says which upload the form hands in; the file itself does not come with the form then. A submit while
 * the file is on its way waits for it. Which upload a file belongs to is kept on this device, so that after a crash the same
 * file, chosen again, goes on where it was. Without this script the file comes with the form.
 */

const LARGEST_PART = 8 * 1024 * 1024;
const SMALLEST_PART = 256 * 1024;
const QUICK_MS = 4000;
const STUCK_MS = 60_000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000];

const MEGABYTE = 1024 * 1024;

/** Bytes as a base64 SHA-256. Only secure addresses (https, localhost) have crypto.subtle. */
async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

/** What sends requests for tus-js-client: each part takes its own checksum along. */
class CheckedParts {
  createRequest(method, url) {
    const request = new tus.DefaultHttpStack().createRequest(method, url);
    if (method !== "PATCH" || !globalThis.crypto?.subtle) return request;
    const [send, abort] = [request.send.bind(request), request.abort.bind(request)];
    let aborted = false;
    request.abort = () => { aborted = true; return abort(); };
    request.send = async (body) => {
      request.setHeader("Upload-Checksum", `sha256 ${await sha256(body)}`);
      return aborted ? new Promise(() => {}) : send(body);
    };
    return request;
  }

  getName() {
    return "CheckedParts";
  }
}

/** Which upload a file belongs to, on this device. */
class Known {
  constructor(endpoint, file) {
    this.key = `mentorcert:upload:${[endpoint, file.name, file.size, file.lastModified].join(":")}`;
  }

  get() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null; // private windows may have no storage
    }
  }

  set(url) {
    try {
      if (url) localStorage.setItem(this.key, url);
      else localStorage.removeItem(this.key);
    } catch {
      // then a file that is chosen again begins anew
    }
  }
}

/** One file on its way. `tell` hears what happens: begun, went, stalled, paused, done, refused. */
class Sending {
  constructor(file, endpoint, kept, tell) {
    Object.assign(this, { file, endpoint, tell, failures: 0, state: "sending" });
    this.known = new Known(endpoint, file);
    const url = this.known.get();
    this.resumed = kept.includes(url);
    this.upload = new tus.Upload(file, {
      ...(this.resumed ? { uploadUrl: url } : { endpoint }),
      chunkSize: MEGABYTE,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: { filename: file.name },
      headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content ?? "" },
      httpStack: new CheckedParts(),
      onUploadUrlAvailable: () => this.placed(),
      onProgress: (sent) => this.went(sent),
      onChunkComplete: (size) => this.stored(size),
      onSuccess: () => { this.settle("done"); this.tell.done(this); },
      onError: (error) => this.failed(error),
    });
    this.begin();
  }

  get path() {
    return new URL(this.upload.url, window.location.href).pathname;
  }

  begin() {
    this.state = "sending";
    clearTimeout(this.timer);
    this.partBegan = Date.now();
    this.watch();
    this.upload.start();
  }

  /** The server has a place for it. From now on it is never begun anew behind our back. */
  placed() {
    this.upload.options.endpoint = null;
    this.known.set(this.path);
  }

  went(sent) {
    this.watch();
    if (this.first === undefined) this.first = { sent, at: Date.now() };
    this.tell.went(this, sent);
  }

  /** A part is there: small ones while it goes slowly, large ones while it goes well. */
  stored(size) {
    this.failures = 0;
    const options = this.upload.options;
    if (size >= options.chunkSize && Date.now() - this.partBegan < QUICK_MS) options.chunkSize = Math.min(2 * options.chunkSize, LARGEST_PART);
    this.partBegan = Date.now();
  }

  /** A connection can be gone without anybody saying so. */
  watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => { if (this.state === "sending") this.stall(); }, STUCK_MS);
  }

  failed(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passing = !status || status >= 500 || [408, 409, 423, 429, 460].includes(status);
    if (this.state !== "sending" && this.state !== "stalled") return;
    if (passing) this.stall();
    else this.refused(status, error.originalResponse.getBody());
  }

  refused(status, body) {
    this.settle("refused");
    const gone = status === 404 || status === 410;
    if (gone) this.known.set(null);
    if (gone && this.resumed) this.tell.gone(this);
    else this.tell.refused(this, status, body);
  }

  /** Wait a little, longer each time, and go on from what is there. */
  stall() {
    this.settle("stalled");
    this.upload.abort();
    this.upload.options.chunkSize = Math.max(this.upload.options.chunkSize / 2, SMALLEST_PART);
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)];
    this.failures += 1;
    this.first = undefined;
    this.timer = setTimeout(() => this.begin(), wait);
    if (this.failures > 1) this.tell.stalled(this);
  }

  pause() {
    this.settle("paused");
    this.upload.abort();
    this.first = undefined;
    this.tell.paused(this);
  }

  /** Give it up, here and on the server. */
  async end() {
    this.settle("ended");
    this.upload.abort();
    this.known.set(null);
    if (this.upload.url) await remove(this.path);
  }

  settle(state) {
    this.state = state;
    clearTimeout(this.watchdog);
    clearTimeout(this.timer);
  }

  get underWay() {
    return ["sending", "stalled", "paused"].includes(this.state);
  }

  /** Minutes until it is there, at the speed since it last began; null while nobody can say. */
  minutesLeft(sent) {
    const [bytes, milliseconds] = [sent - this.first.sent, Date.now() - this.first.at];
    return bytes > 0 && milliseconds > 2000 ? (((this.file.size - sent) / bytes) * milliseconds) / 60_000 : null;
  }
}

/** Ask the server to forget an upload. What it can't hear now, it forgets by itself in two days. */
async function remove(path) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token, Accept: "application/json" };
  return fetch(path, { method: "DELETE", headers, credentials: "same-origin" }).catch(() => undefined);
}

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
    this.sending = new Sending(file, this.element.dataset.uploadUrl, kept, this);
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
