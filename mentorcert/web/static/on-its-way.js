/**
 * A file on its way to the server, in parts (tus 1.0, by tus-js-client): goes on after whatever breaks, and says how it goes.
 * The parts grow while it goes well. Which upload a file belongs to is kept on this device, so that after a crash the same
 * file, chosen again, goes on where it was.
 */

import { token } from "./posting.js";
import { remember, remembered } from "./remembered.js";

export const MEGABYTE = 1024 * 1024;

const LARGEST_PART = 8 * MEGABYTE;
const SMALLEST_PART = 256 * 1024;
const QUICK_MS = 4000;
const STUCK_MS = 60_000;
const WAITS_MS = [500, 1000, 2000, 4000, 8000];

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
    return remembered(this.key);
  }

  set(url) {
    remember(this.key, url);
  }
}

/** One file on its way. `tell` hears what happens: begun, went, stalled, paused, done, refused. */
export class OnItsWay {
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
      headers: { Accept: "application/json", "X-CSRFToken": token() },
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
export async function remove(path) {
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), Accept: "application/json" };
  return fetch(path, { method: "DELETE", headers, credentials: "same-origin" }).catch(() => undefined);
}
