/**
 * Small things on every page. Each page works without them: what needs this script is hidden until it runs.
 *
 *   [data-copy="#id"]   copies the text of that element; says so with data-done
 *   [data-print]        prints the page
 *   [data-confirm]      a button that asks by changing its words; the second press does it
 *   .toast              goes after eight seconds, unless someone reads it with pointer or focus
 *   [data-focus]        takes the focus when the page opens: the summary of a form's faults
 */

const TOAST_MS = 8000;
const CONFIRM_MS = 6000;

/** Put the text of an element on the clipboard, and say so on the button for two seconds. */
async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    select(source); // without a secure address there is no clipboard: marked text is one key away
    return;
  }
  const label = button.textContent;
  button.textContent = button.dataset.done || label;
  setTimeout(() => { button.textContent = label; }, 2000);
}

/** Mark the text of an element. */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** The first press: show the question where the label was, until a second press, six seconds, or the focus goes. */
function ask(button) {
  const before = [...button.childNodes];
  const withdraw = () => {
    clearTimeout(timer);
    button.classList.remove("is-asking");
    button.replaceChildren(...before);
  };
  button.classList.add("is-asking");
  button.replaceChildren(button.dataset.confirm);
  const timer = setTimeout(withdraw, CONFIRM_MS);
  button.addEventListener("blur", withdraw, { once: true });
}

/** One toast: away after eight seconds, counted again when someone has stopped reading it. */
function expire(toast) {
  const go = () => {
    if (toast.matches(":hover") || toast.contains(document.activeElement)) setTimeout(go, 2000);
    else toast.remove();
  };
  setTimeout(go, TOAST_MS);
}

/** Show the parts that need this script, and start the clock of toasts; also for HTML that came later. */
function enliven(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
  for (const toast of root.querySelectorAll(".toasts .toast")) expire(toast);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button, [role=button]");
  if (!button) return;
  if (button.matches("[data-confirm]") && !button.classList.contains("is-asking")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button);
  } else if (button.matches("[data-copy]")) copy(button);
  else if (button.matches("[data-print]")) window.print();
}, { capture: true });

// A link that looks like a button, and is called one, is pressed like one: with the space bar too.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

/**
 * A form whose draft was kept on this device (kept.js) has been sent: its copy goes. It stays when that form has come
 * back, and when an error or the sign-in has come instead.
 */
function sweep() {
  try {
    const key = sessionStorage.getItem("mentorcert:left");
    if (!key || document.querySelector("form[data-autosave-url]")) return;
    const arrived = performance.getEntriesByType("navigation")[0]?.responseStatus === 200 && document.querySelector(".site__me");
    if (arrived) localStorage.removeItem(key);
    sessionStorage.removeItem("mentorcert:left");
  } catch {
    // without storage nothing was kept
  }
}

enliven(document);
sweep();
document.addEventListener("mentorcert:swapped", (event) => enliven(event.target));
document.querySelector("[data-focus]")?.focus();
