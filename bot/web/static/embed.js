// Puts the assistant into any site with one line: <script src="https://…/embed.js" async></script>
// data-lang="zh" or "en" (else the site's language), data-side="left" or "right" on the script element.
"use strict";
((words) => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const wished = script.dataset.lang ?? document.documentElement.lang ?? navigator.language;
  const language = /^en/i.test(wished) || (!wished && !/^zh/i.test(navigator.language)) ? "en" : "zh";
  const say = words[language];
  const side = script.dataset.side === "left" ? "left" : "right";

  const styles = `
    :host { all: initial !important; }
    .open, .panel { position: fixed; ${side}: max(20px, env(safe-area-inset-${side})); z-index: 2147483000; box-sizing: border-box; }
    .open { bottom: max(20px, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: 10px; height: 52px; padding: 0 20px 0 12px;
      border: 0; border-radius: 26px; background: #14605a; color: #fff; cursor: pointer; box-shadow: 0 6px 24px #0f2b2938, 0 1px 3px #0f2b2933;
      font: 600 16px/1 -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    .open:hover { background: #0f4f4a; }
    .open:focus-visible { outline: 3px solid #14605a; outline-offset: 3px; }
    .open img { width: 32px; height: 32px; display: block; }
    .panel { bottom: max(84px, calc(env(safe-area-inset-bottom) + 84px)); width: min(400px, calc(100vw - 40px)); height: min(660px, calc(100dvh - 108px));
      border: 1px solid #0f2b2926; border-radius: 16px; overflow: hidden; background: #f6f4ee; box-shadow: 0 16px 56px #0f2b2940; }
    .panel[hidden] { display: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 520px) { .panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; } }
  `;

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function build() {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];

    const panel = make("div", { className: "panel", id: "panel", hidden: true });
    const name = make("span", { textContent: say.embed_open });
    const button = make("button", { type: "button", className: "open" }, make("img", { src: `${origin}${words.mark}`, alt: "" }), name);
    button.setAttribute("aria-controls", "panel");
    let frame = null;

    function show(open) {
      if (open && !frame) {
        frame = make("iframe", { title: say.embed_title, src: `${origin}/?embed=1&lang=${language}`, allow: "clipboard-write", referrerPolicy: "no-referrer" });
        panel.append(frame);
      }
      panel.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      name.textContent = open ? say.embed_close : say.embed_open;
      (open ? frame : button).focus();
    }

    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => show(panel.hidden));
    window.addEventListener("message", (event) => {
      if (event.origin === origin && event.source === frame?.contentWindow && event.data?.yuanwen === "close") show(false);
    });
    root.append(panel, button);
    document.body.append(host);
  }

  if (document.body) build();
  else document.addEventListener("DOMContentLoaded", build);
})(/*WORDS*/ {});
