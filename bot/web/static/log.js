// The conversation on the page: adds messages in order, keeps the newest in view, knows nothing of the network.

import { make, replyParts } from "./reply.js";
import { timeElement } from "./times.js";
import { languageOf, word } from "./words.js";

const NEAR = 96; // pixels from the end that still count as being there
const SLOW = 350; // milliseconds before "looking it up" is shown: most answers are faster
const SLOW_TO_SEND = 1200; // milliseconds before a message says that it is being sent
const LONGEST_SCROLL = 800; // milliseconds, where the browser does not tell the end of one

export class Log {
  #element;
  #toLatest;
  #press;
  #own = new Map(); // message id → its element
  #day = "";
  #thinking = null;
  #soon = 0;
  #moving = 0; // set while the page itself scrolls
  #atEnd = true;

  constructor(element, toLatest, press) {
    this.#element = element;
    this.#toLatest = toLatest;
    this.#press = press;
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    element.addEventListener("scrollend", () => this.#arrived());
    toLatest.addEventListener("click", () => this.showLatest());
    new ResizeObserver(() => this.#resized()).observe(element);
  }

  /** Empty again. */
  clear() {
    this.think(false);
    this.#element.replaceChildren();
    this.#own.clear();
    this.#day = "";
  }

  get spoken() {
    return this.#own.size > 0;
  }

  /** The past comes in at once, without being read out and without movement. */
  restoring(busy) {
    this.#element.setAttribute("aria-live", busy ? "off" : "polite");
    this.#element.setAttribute("aria-busy", String(busy));
    this.#element.classList.toggle("restoring", busy);
    if (!busy) this.#element.scrollTop = this.#element.scrollHeight;
  }

  /** What the person said. The same id again only confirms it. */
  person(id, text, at, state = "sent") {
    if (this.#own.has(id)) {
      if (state === "sent") this.mark(id, "sent");
      return;
    }
    const bubble = make("div", "bubble", text);
    bubble.lang = languageOf(text);
    const foot = make("div", "foot", make("span", "state"));
    const message = this.#message("person", "you", at, foot, bubble);
    this.#own.set(id, message);
    this.mark(id, state);
    this.showLatest();
  }

  /** How the sending of an own message stands: sending, sent, waiting, failed, refused; with a word for it and a way on. */
  mark(id, state, name = "", values = {}, retry = null) {
    const message = this.#own.get(id);
    if (!message) return;
    message.dataset.state = state;
    const place = message.querySelector(".state");
    place.replaceChildren();
    if (state === "sending") setTimeout(() => this.#tellSending(message, name), SLOW_TO_SEND);
    else if (name) place.append(word(make("span"), name, values));
    if (retry) {
      const button = word(make("button", "retry"), "retry");
      button.type = "button";
      button.addEventListener("click", retry);
      place.append(button);
    }
  }

  reply(reply, at) {
    this.think(false);
    const parts = replyParts(reply, this.#press);
    this.#follow(() => this.#message("reply", "name", at, parts.foot, parts.card, parts.choices));
  }

  operator(message, at) {
    this.think(false);
    const parts = replyParts(message, this.#press);
    this.#follow(() => this.#message("reply operator", "operator", at, parts.foot, parts.card, parts.choices));
  }

  /** A line between messages, such as a change of who answers. */
  notice(name, text = "") {
    const line = make("p", "notice", text);
    if (!text) word(line, name);
    this.#follow(() => this.#element.append(line));
  }

  /** Shows that an answer is looked for, when it takes a while. */
  think(on) {
    clearTimeout(this.#soon);
    this.#thinking?.remove();
    this.#thinking = null;
    if (on) this.#soon = setTimeout(() => this.#showThinking(), SLOW);
  }

  showLatest() {
    this.#scrollTo(this.#element.scrollHeight);
  }

  #tellSending(message, name) {
    const place = message.querySelector(".state");
    if (name && message.dataset.state === "sending" && !place.hasChildNodes()) place.append(word(make("span"), name));
  }

  #showThinking() {
    const dots = make("span", "dots", make("i"), make("i"), make("i"));
    dots.setAttribute("aria-hidden", "true");
    this.#thinking = make("p", "thinking", dots, word(make("span"), "thinking"));
    this.#follow(() => this.#element.append(this.#thinking));
  }

  #message(kind, speaker, at, foot, ...parts) {
    this.#divide(at);
    const who = word(make("h2", kind.includes("operator") ? "who" : "who visually-hidden"), speaker);
    if (at) foot.prepend(timeElement(at, "clock"));
    const [main, ...rest] = parts.filter(Boolean);
    const message = make("article", `message ${kind}`, who, main, foot, ...rest);
    this.#element.insertBefore(message, this.#thinking);
    return message;
  }

  #divide(at) {
    if (!at || this.#day === at.toDateString()) return;
    this.#day = at.toDateString();
    this.#element.insertBefore(make("p", "day", timeElement(at, "day")), this.#thinking);
  }

  /** Adds and follows to what is new, unless the person reads further up. A long answer is shown from its beginning. */
  #follow(add) {
    const there = this.#moving || this.#distance() < NEAR;
    add();
    if (!there) return this.#offerLatest();
    const asked = [...this.#own.values()].at(-1);
    const end = this.#element.scrollHeight - this.#element.clientHeight;
    this.#scrollTo(asked ? Math.min(end, asked.offsetTop - 16) : end);
  }

  #scrolled() {
    this.#atEnd = this.#distance() < NEAR;
    this.#offerLatest();
  }

  /** A phone's keyboard or a growing field takes room: who was at the end stays there. */
  #resized() {
    if (this.#atEnd) this.#element.scrollTop = this.#element.scrollHeight;
    this.#offerLatest();
  }

  #distance() {
    return this.#element.scrollHeight - this.#element.scrollTop - this.#element.clientHeight;
  }

  #scrollTo(top) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || this.#element.classList.contains("restoring");
    clearTimeout(this.#moving);
    this.#moving = still ? 0 : setTimeout(() => this.#arrived(), LONGEST_SCROLL);
    this.#element.scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }

  #arrived() {
    clearTimeout(this.#moving);
    this.#moving = 0;
    this.#offerLatest();
  }

  #offerLatest() {
    this.#toLatest.hidden = Boolean(this.#moving) || this.#distance() < NEAR * 2;
  }
}
