/**
 * The grading bench by keyboard: form[data-grading] with its sections [data-criterion]. Without this script every
 * criterion stands open, with its levels in words; with it only the current one does.
 *
 *   1 to 9  a level of the current criterion      J, K  next, previous criterion
 *   Space   play or pause                         ← →   five seconds back, on
 *   M       write this moment into the comment    ?     all keys, and a switch to turn them off
 *
 *   [data-graded] data-words="{done} of {all} graded." data-words-open=" Still open: {open}."   says how far it is
 *   button[data-when-complete]                    can be pressed when every criterion has a level
 *   [data-timeline-at="1900"]                     the upright mark of the timeline, moved with the film
 *   dialog.keys-help                              the list of keys; has input[data-keys-on]
 *   button[data-keys-help]                        opens it
 */

const SWITCH = "mentorcert:keys-off";

/** Minutes and seconds as in the transcript. */
function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** Whether keys now belong to a field, a button or a film, and not to us. */
function typing(event) {
  const at = event.target;
  return at.matches("textarea, select, input:not([type=radio], [type=checkbox])") || at.isContentEditable;
}

class Bench {
  constructor(form) {
    this.form = form;
    this.sections = [...form.querySelectorAll("[data-criterion]")];
    this.film = document.querySelector("[data-film]");
    this.help = document.querySelector("dialog.keys-help");
    form.classList.add("is-folded");
    for (const section of this.sections) {
      section.tabIndex = -1;
      this.tell(section, false);
    }
    this.open(this.sections.find((section) => !this.chosen(section)) ?? this.sections[0]);
    // what a press has focused opens when the press is over: an unfolding page must not move away under the finger
    form.addEventListener("pointerdown", () => { this.pressed = true; });
    for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, () => { this.pressed = false; }, { capture: true });
    form.addEventListener("focusin", ({ target }) => { if (!this.pressed) this.open(target.closest("[data-criterion]")); });
    form.addEventListener("click", ({ target }) => this.open(target.closest("[data-criterion]")));
    form.addEventListener("input", () => this.count());
    document.addEventListener("keydown", (event) => this.key(event));
    this.film?.addEventListener("film:time", ({ detail }) => this.moved(detail));
    this.film?.addEventListener("film:mark", ({ detail }) => this.mark(detail.time));
    document.querySelector("[data-keys-help]")?.addEventListener("click", () => this.showHelp());
    this.switch();
    this.count();
  }

  chosen(section) {
    return section.querySelector(".level input:checked");
  }

  /** Show or fold what each level of a criterion means. */
  tell(section, told) {
    section.querySelector(".levels")?.classList.toggle("levels--told", told);
  }

  /** Make one criterion the current one. It stays where it is in the window, whatever folds above it. */
  open(section) {
    if (!section || section === this.now) return;
    const top = section.getBoundingClientRect().top;
    if (this.now) {
      this.tell(this.now, false);
      this.now.classList.remove("crit--now");
      this.now.removeAttribute("aria-current");
    }
    this.tell(section, true);
    section.classList.add("crit--now");
    section.setAttribute("aria-current", "true");
    if (this.now) window.scrollBy({ top: section.getBoundingClientRect().top - top, behavior: "instant" });
    this.now = section;
  }

  step(by) {
    const next = this.sections[this.sections.indexOf(this.now) + by];
    if (!next) return;
    this.open(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  choose(number) {
    const radio = this.now?.querySelectorAll(".level input")[number - 1];
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || this.help?.open) return;
    if (event.key === "?") return this.taken(event, () => this.showHelp());
    if (this.off()) return;
    const key = event.key.toLowerCase();
    const onControl = event.target.closest("button, a, summary, [role=slider], input");
    if (/^[1-9]$/.test(key)) this.taken(event, () => this.choose(Number(key)));
    else if (key === "j" || key === "k") this.taken(event, () => this.step(key === "j" ? 1 : -1));
    else if (key === "m") this.taken(event, () => this.mark(this.time ?? 0));
    else if (key === " " && !onControl) this.taken(event, () => this.film?.dispatchEvent(new CustomEvent("film:toggle")));
    else if ((key === "arrowleft" || key === "arrowright") && !onControl) this.taken(event, () => this.jump(key === "arrowleft" ? -5 : 5));
  }

  taken(event, act) {
    event.preventDefault();
    act();
  }

  jump(by) {
    this.film?.dispatchEvent(new CustomEvent("film:seek", { detail: { time: (this.time ?? 0) + by } }));
  }

  /** Write the moment at the end of the current comment, and go on writing there. */
  mark(time) {
    const comment = this.now?.querySelector("textarea");
    if (!comment || comment.readOnly) return;
    comment.value = `${comment.value.trimEnd()}${comment.value.trim() ? "\n" : ""}${clock(time)} `;
    comment.focus();
    comment.setSelectionRange(comment.value.length, comment.value.length);
    comment.dispatchEvent(new Event("input", { bubbles: true }));
  }

  moved({ time, length }) {
    this.time = time;
    const at = document.querySelector("[data-timeline-at]");
    const whole = Number(at?.dataset.timelineAt) || length;
    if (at && whole) at.setAttribute("x", `${Math.min(100, (100 * time) / whole).toFixed(2)}%`);
  }

  /** Say how many are graded and which are open; never a score: a running total pulls the levels towards it. */
  count() {
    const open = this.sections.flatMap((section, index) => (this.chosen(section) ? [] : [index + 1]));
    for (const section of this.sections) {
      const written = section.querySelector(".crit__written");
      if (written) written.hidden = !section.querySelector("textarea")?.value.trim();
    }
    const line = document.querySelector("[data-graded]");
    if (line) {
      const done = line.dataset.words.replace("{done}", this.sections.length - open.length).replace("{all}", this.sections.length);
      line.textContent = done + (open.length ? line.dataset.wordsOpen.replace("{open}", open.join(", ")) : "");
    }
    for (const button of document.querySelectorAll("button[data-when-complete]")) button.disabled = open.length > 0;
  }

  showHelp() {
    this.help?.showModal();
  }

  off() {
    try {
      return localStorage.getItem(SWITCH) === "1";
    } catch {
      return false;
    }
  }

  /** Single keys can be in the way of speech input, so they can be turned off. */
  switch() {
    const box = this.help?.querySelector("input[data-keys-on]");
    if (!box) return;
    box.checked = !this.off();
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(SWITCH, box.checked ? "0" : "1");
      } catch {
        // without storage the choice can't be remembered
      }
    });
  }
}

const form = document.querySelector("form[data-grading]");
if (form) new Bench(form);
