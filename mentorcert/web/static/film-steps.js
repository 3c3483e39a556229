/**
 * The second row of a film's bar, for those who grade: seconds back and on, picture by picture, from mark to mark.
 * Each button only says what is wanted, by an event on the figure; player.js and marks.js do it.
 */

/** What stands in the row: the word (data-word-…), what the button shows, the event, its detail, how far it can be left out. */
const STEPS = [
  ["wordMarkBefore", "⇤", "film:mark-step", { by: -1 }, ""],
  ["wordBack10", "−10", "film:step", { by: -10 }, "film__wide"],
  ["wordBack5", "−5", "film:step", { by: -5 }, ""],
  ["wordFrameBack", "‹", "film:frame", { by: -1 }, "film__wide"],
  ["wordFrameOn", "›", "film:frame", { by: 1 }, "film__wide"],
  ["wordOn5", "+5", "film:step", { by: 5 }, ""],
  ["wordOn10", "+10", "film:step", { by: 10 }, "film__wide"],
  ["wordMarkNext", "⇥", "film:mark-step", { by: 1 }, ""],
];

/** The row, as an element of the figure's bar. */
export function filmSteps(figure) {
  const row = document.createElement("span");
  row.className = "film__steps";
  for (const [word, shown, name, detail, wide] of STEPS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = wide;
    button.textContent = shown;
    button.title = figure.dataset[word] ?? "";
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", () => figure.dispatchEvent(new CustomEvent(name, { detail })));
    row.append(button);
  }
  return row;
}
