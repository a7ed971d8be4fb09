// Copies the text of the element that a button names to the clipboard. Without a clipboard, as on
// a page that came over plain HTTP from another machine, the button stays hidden.
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.parentElement.querySelector("[data-copied]").textContent = "Copied.";
  });
}
