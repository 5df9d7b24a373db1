// A phone's keyboard covers the page where the browser does not make it smaller itself (Safari): then this does.

const KEYBOARD = 80; // pixels: less is a toolbar

export function makeRoomForKeyboard() {
  const view = window.visualViewport;
  view?.addEventListener("resize", () => {
    const covered = window.innerHeight - view.height * view.scale > KEYBOARD;
    document.body.style.height = covered ? `${view.height}px` : "";
    if (covered) window.scrollTo(0, 0);
  });
}
