/**
 * What somebody writes in a form, kept on this device until the server has it: under the form's address and the tab, so
 * that two tabs never take each other's words away. What is older than thirty days is thrown away.
 */

const PREFIX = "mentorcert:draft:";
const TAB = "mentorcert:tab";
const LEFT = "mentorcert:left";
const OLDEST_MS = 30 * 24 * 3600 * 1000;
const NOT_KEPT = new Set(["csrf_token", "revision"]);
/** Fields that begin like this are sent and kept by another script (marks.js). */
const ELSEWHERE = "mark-";

/** The name of this tab: the same after a reload, another one in another tab. */
function tab() {
  const made = sessionStorage.getItem(TAB) ?? Math.random().toString(36).slice(2);
  sessionStorage.setItem(TAB, made);
  return made;
}

/** Storage may be off or full: then the words stay in the form only. */
function attempt(act, otherwise = null) {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

export class Kept {
  constructor(form, url) {
    this.form = form;
    this.prefix = `${PREFIX}${url}#`;
    this.key = attempt(() => `${this.prefix}${tab()}`, `${this.prefix}here`);
  }

  isElsewhere(name = "") {
    return name.startsWith(ELSEWHERE);
  }

  /** All texts of the form as pairs, revision and token included; files are no part of a draft. */
  texts() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !this.isElsewhere(name));
  }

  /** What the person wrote and chose, and nothing else. */
  fields() {
    return this.texts().filter(([name]) => !NOT_KEPT.has(name));
  }

  keep() {
    const revision = this.form.elements.namedItem("revision")?.value ?? "";
    attempt(() => localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), revision, fields: this.fields() })));
  }

  forget() {
    attempt(() => localStorage.removeItem(this.key));
  }

  /** The form is being sent for good: the page that comes instead throws the copy away (app.js), this one would offer it. */
  leave() {
    this.keep();
    attempt(() => sessionStorage.setItem(LEFT, this.key));
  }

  drop({ key }) {
    attempt(() => localStorage.removeItem(key));
  }

  /** The newest copy that is not what the page shows; those that are, and old ones, are thrown away. */
  find() {
    const shown = JSON.stringify(this.fields());
    const found = [];
    for (const key of attempt(() => Object.keys(localStorage), []).filter((each) => each.startsWith(PREFIX))) {
      const copy = attempt(() => JSON.parse(localStorage.getItem(key)));
      const mine = key.startsWith(this.prefix);
      if (!copy?.fields || Date.now() - copy.at > OLDEST_MS || (mine && JSON.stringify(copy.fields) === shown)) this.drop({ key });
      else if (mine) found.push({ ...copy, key });
    }
    return found.sort((one, other) => other.at - one.at)[0];
  }

  putBack({ key, fields }) {
    const wanted = new Map();
    for (const [name, value] of fields) wanted.set(name, [...(wanted.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      const values = wanted.get(field.name);
      const chooses = field.type === "radio" || field.type === "checkbox";
      if (!field.name || NOT_KEPT.has(field.name) || this.isElsewhere(field.name)) continue;
      if (chooses) field.checked = values?.includes(field.value) ?? false;
      else if (values) field.value = values.shift() ?? field.value;
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    if (key !== this.key) this.drop({ key });
  }

  /** Everything that is written and chosen, to read: a line for each field's name, then its text. */
  inWords() {
    const named = (name) => this.form.querySelector(`[data-words-for="${CSS.escape(name)}"]`)?.dataset.words ?? name;
    return this.fields().filter(([, value]) => value.trim()).map(([name, value]) => `${named(name)}\n${value}`).join("\n\n");
  }
}
