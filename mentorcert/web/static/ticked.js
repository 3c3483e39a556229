/* A button that says how many boxes of its form are ticked. The words stand on the button:
 *   data-words-none, data-words-one, data-words-many (with {number}), data-numbers: the words for 0, 1, 2 …
 */
for (const form of document.querySelectorAll("form[data-ticked]")) {
  const button = form.querySelector("button[data-words-many]");
  if (!button) continue;
  const words = button.querySelector("span");
  const numbers = button.dataset.numbers.split(" ");
  const say = () => {
    const count = form.querySelectorAll("input[type=checkbox]:checked:not(:disabled)").length;
    const { wordsNone, wordsOne, wordsMany } = button.dataset;
    words.textContent = count > 1 ? wordsMany.replace("{number}", numbers[count] ?? count) : count ? wordsOne : wordsNone;
    button.disabled = count === 0;
  };
  form.addEventListener("change", say);
  say();
}
