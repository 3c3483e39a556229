/** Puts a button beside each password that shows it, so that nobody has to type it twice. Without this script it stays hidden. */

for (const input of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "text-btn small-btn password__show";
  button.setAttribute("aria-controls", input.id);
  const tell = () => {
    const shown = input.type === "text";
    button.textContent = shown ? input.dataset.hide : input.dataset.show;
  };
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    tell();
    input.focus();
  });
  // What is sent is a password again, so that the browser offers to keep it.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  tell();
  input.after(button);
}
