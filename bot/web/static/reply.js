// One reply as the page shows it: text, sources that unfold, files, what can be asked next.

import { blocks } from "./text.js";
import { label, languageOf, say, word } from "./words.js";

const ROOM = 40; // pixels below what was unfolded

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function sourceItem(source) {
  const title = make("span", "source-title", source.article ? `${source.title} ${source.article}` : source.title);
  const item = make("li", "source", title);
  const facts = make("span", "source-facts");
  if (source.as_of) facts.append(word(make("span"), "as_of", { date: source.as_of }));
  facts.append(word(make("span", source.checked ? "badge checked" : "badge unchecked"), source.checked ? "checked" : "unchecked"));
  item.append(facts);
  return item;
}

function sourcesBox(sources) {
  const summary = word(make("summary"), "sources", { count: sources.length });
  const box = make("details", "sources", summary, make("ul", "", ...sources.map(sourceItem)));
  box.addEventListener("toggle", () => box.open && showWhole(box));
  return box;
}

/** Scrolls the conversation, and nothing else, until an element's end is in view. */
function showWhole(element) {
  const log = element.closest("[role=log]");
  const hidden = element.getBoundingClientRect().bottom + ROOM - log.getBoundingClientRect().bottom;
  if (hidden > 0) log.scrollTop += hidden;
}

/** Only what this site or a web address offers; anything else a link could do is not wanted. */
function safeAddress(address) {
  const url = new URL(address, location.href);
  return ["https:", "http:"].includes(url.protocol) ? url.href : null;
}

/** Pictures of this site are shown; anything else is only linked to. */
function isPicture(file, href) {
  return href !== null && file.content_type.startsWith("image/") && new URL(href).origin === location.origin;
}

function picture(file, href) {
  const image = make("img", "picture");
  Object.assign(image, { src: href, alt: file.name, loading: "lazy", decoding: "async" });
  return image;
}

function fileList(attachments) {
  const list = label(make("ul", "files"), "attachments");
  for (const file of attachments) {
    const href = safeAddress(file.url);
    const link = make(href ? "a" : "span", "file", file.name);
    if (href) Object.assign(link, { href, download: file.name, rel: "noopener noreferrer" });
    list.append(make("li", "", ...(isPicture(file, href) ? [picture(file, href)] : []), link));
  }
  return list;
}

function choices(buttons, press) {
  const group = label(make("div", "choices"), "choices");
  group.setAttribute("role", "group");
  for (const button of buttons) {
    const element = make("button", "choice", button.label);
    element.type = "button";
    element.addEventListener("click", () => press(button));
    group.append(element);
  }
  return group;
}

function asPlainText(reply) {
  const lines = (reply.sources ?? []).map((source) => {
    const name = source.article ? `${source.title} ${source.article}` : source.title;
    return `· ${name} (${say("as_of", { date: source.as_of })}; ${say(source.checked ? "checked" : "unchecked")})`;
  });
  const heading = lines.length ? ["", say("sources", { count: lines.length })] : [];
  return [reply.text, ...heading, ...lines].join("\n");
}

function copyButton(reply) {
  const button = word(make("button", "copy"), "copy");
  button.type = "button";
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(asPlainText(reply)).then(() => true, () => false);
    word(button, done ? "copied" : "copy_failed");
    setTimeout(() => word(button, "copy"), 2000);
  });
  return button;
}

/** The parts of a reply: the card and, below it, what can be asked next. ``press`` is called with {label, value}. */
export function replyParts(reply, press) {
  const language = reply.lang ?? languageOf(reply.text);
  const card = make("div", "card", make("div", "words", ...blocks(reply.text)));
  card.querySelector(".words").lang = language;
  if (reply.attachments?.length) card.append(fileList(reply.attachments));
  if (reply.sources?.length) card.append(sourcesBox(reply.sources));
  const foot = make("div", "foot", copyButton(reply));
  const parts = { card, foot, choices: null };
  if (reply.buttons?.length) {
    parts.choices = choices(reply.buttons, (button) => press({ ...button, lang: language }));
    parts.choices.lang = language;
  }
  return parts;
}
