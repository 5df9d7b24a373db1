// The line that tells about the connection, when there is something to tell.

import { word } from "./words.js";

const PATIENCE = 2500; // milliseconds: a short gap is nobody's concern
const THANKS = 2500;

export class Status {
  #element;
  #timer = 0;
  #shown = false;

  constructor(element) {
    this.#element = element;
  }

  lost() {
    if (this.#shown || (this.#timer && navigator.onLine)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(navigator.onLine ? "reconnecting" : "offline"), navigator.onLine ? PATIENCE : 0);
  }

  up() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (!this.#shown) return;
    this.#show("connected");
    this.#shown = false;
    setTimeout(() => this.#shown || this.#element.replaceChildren(), THANKS);
  }

  #show(name) {
    this.#timer = 0;
    this.#shown = true;
    this.#element.replaceChildren(word(document.createElement("span"), name));
  }
}
