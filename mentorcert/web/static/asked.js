/* Candidate questions: a press on Open, Closed or No question is sent without leaving the page.
 *   <form data-asked> with buttons data-verdict="open|closed|struck"; [data-asked-numbers] shows what is counted now.
 * When it can't be sent the form goes the usual way.
 */
async function send(form, pressed) {
  const body = new FormData(form, pressed);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`refused: ${answer.status}`);
  return answer.json();
}

function show(form, { verdict, numbers }) {
  for (const button of form.querySelectorAll("[data-verdict]")) {
    const chosen = button.dataset.verdict === verdict;
    button.setAttribute("aria-pressed", String(chosen));
    button.value = chosen ? "" : button.dataset.verdict;
    for (const guess of button.querySelectorAll("span")) guess.remove();
  }
  const place = form.closest(".context").querySelector("[data-asked-numbers]");
  if (place) place.textContent = numbers;
}

for (const form of document.querySelectorAll("form[data-asked]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    try {
      show(form, await send(form, pressed));
    } catch {
      form.dataset.refused = "";
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "verdict", value: pressed?.value ?? "" });
      form.append(hidden);
      form.submit(); // without the script: the page says what is wrong
    }
  });
}
