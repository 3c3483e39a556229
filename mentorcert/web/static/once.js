/* What is shown once, a secret, leaves with its page: going back does not bring it again.
 *   [data-once]   an element whose text goes when the page is left
 */
addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll("[data-once]")) each.textContent = "";
});
