/**
 * Single keys: what they do stands in one place, the list that dialog.keys-help shows.
 *
 *   <dt data-act="mark" data-keys="m">…</dt><dd>…</dd>    keys as KeyboardEvent.key has them, lower case, apart by spaces;
 *                                                       "space" is the space bar, "shift+" may stand before a key
 *   input[data-keys-on]                                the switch: single keys can be in the way of speech input
 *   button[data-keys-help]                             opens the list
 *
 * No key acts in a field, in the dialog, or with Ctrl, Alt or Meta. On a button or a link the space bar and the arrows
 * are theirs; on a level the arrows are.
 */

import { remember, remembered } from "./remembered.js";

const SWITCH = "mentorcert:keys-off";
const OWN_KEYS = new Set(["space", "arrowleft", "arrowright", "arrowup", "arrowdown"]);

/** Whether what is typed now is text. */
export function isField(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])") || element.isContentEditable;
}

function nameOf(event) {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return event.shiftKey && (key.startsWith("arrow") || key === "space") ? `shift+${key}` : key;
}

/** Listens for the keys of the list; `acts` maps each data-act to a function that is given the key. */
export class Keys {
  constructor(acts) {
    this.acts = acts;
    this.help = document.querySelector("dialog.keys-help");
    this.table = new Map();
    for (const row of this.help?.querySelectorAll("[data-act]") ?? []) for (const key of row.dataset.keys.split(" ")) this.table.set(key, row.dataset.act);
    document.addEventListener("keydown", (event) => this.pressed(event));
    for (const button of document.querySelectorAll("[data-keys-help]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.help?.showModal());
    }
    this.switch();
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.help?.open || isField(event.target)) return;
    const key = nameOf(event);
    const act = this.table.get(key);
    if (!act || (OWN_KEYS.has(key.replace("shift+", "")) && event.target.closest("button, a, summary, input, [role=slider], [role=separator]"))) return;
    if (act === "help") this.help.showModal();
    else if (this.off() || !this.acts[act]) return;
    else this.acts[act](key);
    event.preventDefault();
  }

  off() {
    return remembered(SWITCH) === "1";
  }

  switch() {
    const box = this.help?.querySelector("input[data-keys-on]");
    if (!box) return;
    box.checked = !this.off();
    box.addEventListener("change", () => remember(SWITCH, box.checked ? "0" : "1"));
  }
}
