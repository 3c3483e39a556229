/**
 * The line that says how what one writes is kept: [data-saved], in words that the page gives it (`saved` in
 * parts/basics.html). Several scripts may keep something on one page; the worst of what they say is shown.
 */

import { iconFor } from "./icons.js";

const RANKS = { no: 3, look: 2, saving: 1, "": 0 };

/** A time as the person's clock shows it, with seconds; `shown` can leave them out ({ hour: "2-digit", minute: "2-digit" }). */
export function onTheClock(time, shown = {}) {
  const timeZone = document.documentElement.dataset.zone || undefined;
  return new Date(time).toLocaleTimeString("en-GB", { timeZone, ...shown });
}

/** A button of the page's own look. */
export function smallButton(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "line-btn small-btn";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

class Line {
  constructor(element) {
    this.element = element;
    this.parts = new Map();
  }

  /** Take what one part says: {rank, at, nodes}. Of those that are equally bad the newest is shown. */
  take(part, said) {
    this.parts.set(part, { ...said, at: Date.now() });
    const [worst] = [...this.parts.values()].sort((one, other) => RANKS[other.rank] - RANKS[one.rank] || other.at - one.at);
    this.element.replaceChildren(...worst.nodes());
  }

  quiet(part) {
    this.parts.delete(part);
  }
}

const lines = new WeakMap();

/** What one script (`part`) says of its state on the page's line. */
export class State {
  constructor(element, part) {
    [this.element, this.part] = [element, part];
    if (element && !lines.has(element)) lines.set(element, new Line(element));
  }

  words(name, time) {
    return (this.element?.dataset[name] ?? "").replace("{time}", time ? onTheClock(time) : "");
  }

  saving() {
    this.draw(this.words("wordsSaving"), { icon: "clock", rank: "saving" });
  }

  /** Show a refusal in the server's own words. */
  say(text) {
    this.draw(text, { icon: "cross", kind: "no" });
  }

  /** Show one state. kind: "" (a plain line), "look" or "no"; more: elements after the words. */
  show(word, time, look) {
    this.draw(this.words(word, time), look);
  }

  /** Nothing to say any more. */
  quiet() {
    if (this.element) lines.get(this.element).quiet(this.part);
  }

  draw(text, { icon = "check", kind = "", rank = kind, more = [] } = {}) {
    if (!this.element) return;
    const nodes = () => {
      const drawn = iconFor(this.element.dataset.sprite, icon);
      if (!kind) return [drawn, text];
      const badge = document.createElement("span");
      badge.className = `badge badge--${kind}`;
      badge.append(drawn, text);
      return [badge, ...more.flatMap((each) => [" ", each])];
    };
    lines.get(this.element).take(this.part, { rank, nodes });
  }
}
