/**
 * Players: builds the film bar over a plain <video controls>, follows the transcript, and reports what was watched.
 *
 *   <figure data-film id="film" data-word-…>       the words of the bar, translated with the page
 *     <video data-start="161" data-progress-url="…">
 *   <ol class="cues" data-for="film"><li><a class="cue" data-t="142.5" href="#t=2:22">…
 *   <a data-seek="125" data-film-id="film">          seeks from anywhere; the first film when no id is given
 *
 * Reports: POST, form-encoded, X-CSRFToken from <meta name="csrf-token">:
 *   event     played | paused | completed | left
 *   time      where it stands, seconds with three decimals
 *   segments  played segments as the xAPI video profile writes them: 0.000[.]12.500[,]20.000[.]31.000
 *   length    seconds
 *
 * Other scripts speak to a film by events on its figure: they send "film:seek" (detail {time, play}), "film:step" and
 * "film:frame" (detail {by}: seconds, pictures), "film:speed" (detail {by}: one faster, one slower), "film:toggle",
 * "film:play", "film:pause", "film:captions" and "film:follow"; they hear "film:time" (detail {time, length, playing})
 * and, for the flag button of data-marks, "film:mark" (detail {time}).
 */

import { filmSteps } from "./film-steps.js";
import { Follow } from "./follow.js";
import { iconFor } from "./icons.js";
import { post } from "./posting.js";
import { Scrub } from "./scrub.js";
import { Segments } from "./segments.js";
import { clock } from "./times.js";

const RATES = [1, 1.25, 1.5, 1.75, 2, 0.75];
const FRAME_SECONDS = 1 / 25;
const REPORT_SECONDS = 15;

/** Tells the server what was watched; keeps quiet when the film has no address for it. */
class Reporter {
  constructor(video) {
    this.video = video;
    this.url = video.dataset.progressUrl;
    this.segments = new Segments();
    this.last = 0;
  }

  /** Send one report. A page that is being left can't wait for an answer, hence keepalive. */
  send(event) {
    if (!this.url || !Number.isFinite(this.video.duration)) return;
    this.last = this.segments.watched;
    const body = new URLSearchParams({
      event, time: this.video.currentTime.toFixed(3), segments: this.segments.text(), length: this.video.duration.toFixed(3),
    });
    post(this.url, body, { keepalive: true }).catch(() => {}); // the next report holds all segments again, so a lost one costs nothing
  }

  /** The film stands at `time`, playing: remember it, and report every fifteen seconds of play. */
  tick(time) {
    this.segments.at(time);
    if (this.segments.watched - this.last >= REPORT_SECONDS) this.send("played");
  }
}

/** One film with its bar, its transcript and its reports. */
class Player {
  constructor(figure) {
    this.figure = figure;
    this.video = figure.querySelector("video");
    this.words = figure.dataset;
    this.reporter = new Reporter(this.video);
    this.follow = new Follow(figure.id, (time) => { this.seek(time); this.start(); });
    this.buildBar();
    this.listen();
    if (this.video.readyState >= 1) this.loaded();
    this.draw();
  }

  /** Replace the browser's controls with the bar of the design. */
  buildBar() {
    this.play = this.button("play", this.words.wordPlay, () => this.toggle());
    this.scrub = new Scrub(this.words.wordPosition, (time) => this.seek(time));
    this.time = document.createElement("span");
    this.time.className = "film__time num";
    this.speed = this.button(null, "", () => this.nextRate());
    this.captions = this.button("caption", this.words.wordCaptions, () => this.toggleCaptions());
    this.full = this.button("full", this.words.wordFull, () => this.fullScreen());
    this.full.classList.add("film__full");
    const keys = document.createElement("span");
    keys.className = "film__keys";
    keys.append(this.time);
    if ("marks" in this.words) keys.append(this.button("flag", this.words.wordMark, () => this.tell("film:mark")));
    keys.append(this.speed);
    if (this.video.textTracks.length) keys.append(this.captions);
    if (document.fullscreenEnabled) keys.append(this.full);
    const bar = document.createElement("figcaption");
    bar.className = "film__bar";
    bar.append(this.play, this.scrub.svg, keys);
    if ("marks" in this.words) bar.append(filmSteps(this.figure));
    this.figure.append(bar);
    this.video.controls = false;
    this.showCaptions(true);
    this.showRate();
  }

  button(icon, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", label);
    if (icon) button.append(iconFor(this.words.sprite, icon));
    button.addEventListener("click", act);
    return button;
  }

  listen() {
    const { video, reporter } = this;
    video.addEventListener("loadedmetadata", () => this.loaded());
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("play", () => { reporter.segments.begin(video.currentTime); this.draw(); });
    video.addEventListener("timeupdate", () => { if (!video.paused && !video.seeking) reporter.tick(video.currentTime); this.draw(); });
    video.addEventListener("seeking", () => reporter.segments.end());
    video.addEventListener("seeked", () => { if (!video.paused) reporter.segments.begin(video.currentTime); this.draw(); });
    video.addEventListener("pause", () => { this.stop(); if (!video.ended) reporter.send("paused"); });
    video.addEventListener("ended", () => { this.stop(); reporter.send("completed"); });
    const source = video.querySelector("source:last-of-type") ?? video;
    source.addEventListener("error", () => this.broken(), { once: true });
    window.addEventListener("pagehide", () => { if (reporter.segments.watched) { this.stop(); reporter.send("left"); } });
    this.figure.addEventListener("keydown", (event) => this.key(event));
    this.obey();
  }

  /** What other scripts may ask for. */
  obey() {
    const orders = {
      seek: ({ time, play }) => { this.seek(time); if (play) this.start(); },
      step: ({ by }) => this.seek(this.video.currentTime + by),
      frame: ({ by }) => { this.video.pause(); this.seek(this.video.currentTime + by * FRAME_SECONDS); },
      speed: ({ by }) => this.changeRate(by),
      toggle: () => this.toggle(),
      play: () => this.start(),
      pause: () => this.video.pause(),
      captions: () => this.toggleCaptions(),
      follow: () => this.follow.turn(!this.follow.on),
    };
    for (const [name, act] of Object.entries(orders)) this.figure.addEventListener(`film:${name}`, ({ detail }) => act(detail ?? {}));
  }

  /** The length is known: go to where the person left, or to the moment that the address names (#t=2:41 or #t=161). */
  loaded() {
    const start = fromHash() ?? Number(this.video.dataset.start || 0);
    if (start > 0 && start < this.video.duration - 1 && this.video.currentTime < 0.5) this.video.currentTime = start;
    this.draw();
  }

  /** Playing has stopped: the last stretch is complete. */
  stop() {
    if (!this.video.seeking) this.reporter.segments.at(this.video.currentTime);
    this.reporter.segments.end();
    this.draw();
  }

  toggle() {
    if (this.video.paused) this.start();
    else this.video.pause();
  }

  start() {
    this.video.play().catch(() => this.draw());
  }

  seek(time) {
    this.video.currentTime = Math.min(Math.max(0, time), this.video.duration || time);
  }

  /** Space and the arrows, wherever the focus is in the player; the line has its own arrows. */
  key(event) {
    if (event.target === this.scrub.svg || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.seek(this.video.currentTime + by);
  }

  nextRate() {
    this.video.playbackRate = RATES[(RATES.indexOf(this.video.playbackRate) + 1) % RATES.length];
    this.showRate();
  }

  /** One faster or slower, as far as there is one. */
  changeRate(by) {
    const rates = RATES.toSorted((one, other) => one - other);
    this.video.playbackRate = rates[rates.indexOf(this.video.playbackRate) + by] ?? this.video.playbackRate;
    this.showRate();
  }

  showRate() {
    this.speed.textContent = `${this.video.playbackRate}×`;
    this.speed.setAttribute("aria-label", this.words.wordSpeed.replace("{rate}", `${this.video.playbackRate}×`));
  }

  toggleCaptions() {
    this.showCaptions(this.captions.getAttribute("aria-pressed") !== "true");
  }

  showCaptions(on) {
    for (const track of this.video.textTracks) track.mode = on ? "showing" : "hidden";
    this.captions.setAttribute("aria-pressed", String(on));
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.figure.requestFullscreen().catch(() => {});
  }

  broken() {
    const note = document.createElement("p");
    note.className = "notice";
    note.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = this.words.wordBroken;
    note.append(iconFor(this.words.sprite, "look"), text);
    this.figure.append(note);
  }

  /** Bring the bar and the transcript to where the film stands. */
  draw() {
    const { video, words } = this;
    const length = Number.isFinite(video.duration) ? video.duration : 0;
    const label = video.paused ? (video.currentTime > 0.5 ? words.wordFrom.replace("{time}", clock(video.currentTime)) : words.wordPlay) : words.wordPause;
    this.play.setAttribute("aria-label", label);
    this.play.querySelector("use").setAttribute("href", `${words.sprite}#${video.paused ? "play" : "pause"}`);
    this.time.textContent = `${clock(video.currentTime)} / ${clock(length)}`;
    this.scrub.draw(video.currentTime, length, words.wordAt.replace("{at}", clock(video.currentTime)).replace("{length}", clock(length)));
    this.follow.at(video.currentTime);
    this.tell("film:time");
  }

  tell(name) {
    const { currentTime: time, duration, paused } = this.video;
    const detail = { time, length: Number.isFinite(duration) ? duration : 0, playing: !paused };
    this.figure.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

/** The moment that the page's address names, or null. */
function fromHash() {
  const said = /^#t=(\d+(?::\d{2}){0,2}(?:\.\d+)?)$/.exec(window.location.hash)?.[1];
  return said ? said.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : null;
}

/** Links to a moment, wherever they stand. */
function seekFromLink(event) {
  const link = event.target.closest?.("[data-seek]");
  const figure = link && (document.getElementById(link.dataset.filmId) ?? document.querySelector("[data-film]"));
  if (!figure) return;
  event.preventDefault();
  figure.dispatchEvent(new CustomEvent("film:seek", { detail: { time: Number(link.dataset.seek), play: true } }));
}

for (const figure of document.querySelectorAll("[data-film]")) new Player(figure);
document.addEventListener("click", seekFromLink);
