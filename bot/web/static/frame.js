// The page inside another site's frame: it can ask to be closed, and says nothing else to that site.

const embedded = new URLSearchParams(location.search).has("embed") && window.parent !== window;

function askToClose() {
  window.parent.postMessage({ yuanwen: "close" }, "*"); // no more than a wish: fit for any ear
}

export function bindFrame(closeButton) {
  if (!embedded) return;
  document.body.classList.add("embedded");
  closeButton.hidden = false;
  closeButton.addEventListener("click", askToClose);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) askToClose();
  });
}
