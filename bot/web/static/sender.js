// Sends the person's messages, one after another, and none twice: a message keeps its id however often it is tried.

import { forget, recall, remember } from "./store.js";

const TIME_LIMIT = 25000;
const BY_ITSELF = 10 * 60 * 1000; // older unsent messages wait for the person's word

export class Sender {
  #address;
  #name;
  #on;
  #queue;
  #busy = false;
  #waiting = 0;
  #stopped = false;

  /** ``on``: {state(message, state, word, values), sent(message, turn)}. Unsent messages of an earlier visit are taken up. */
  constructor(address, conversation, on) {
    this.#address = address;
    this.#name = `unsent.${conversation}`;
    this.#on = on;
    this.#queue = recall(this.#name, []);
  }

  get unsent() {
    return [...this.#queue];
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#waiting);
    forget(this.#name);
  }

  /** message: {id, text, lang, at, …}. */
  add(message) {
    this.#queue.push(message);
    this.#save();
    this.flush();
  }

  /** Tries again what was not sent. Without ``asked`` only what is recent. */
  async flush(asked = false) {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    clearTimeout(this.#waiting);
    try {
      while (this.#queue.length && !this.#stopped) {
        const message = this.#queue[0];
        if (!asked && Date.now() - message.at > BY_ITSELF) return this.#on.state(message, "failed", "not_sent");
        if (!(await this.#send(message))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** True when the message is dealt with. */
  async #send(message) {
    this.#on.state(message, "sending", "sending");
    let response;
    let turn;
    try {
      response = await this.#post(message);
      turn = await response.json();
    } catch {
      return this.#failed(message, 0);
    }
    if (response.ok) {
      this.#done(message);
      await this.#on.sent(message, turn);
      return true;
    }
    const pause = Number(response.headers.get("Retry-After")) || 0;
    if (response.status === 429) return this.#wait(message, Math.max(1, pause));
    if (response.status >= 500) return this.#failed(message, Math.max(3, pause));
    this.#done(message);
    this.#on.state(message, "refused", response.status === 413 ? "too_large" : "not_accepted");
    return true;
  }

  #post({ id, text, lang }) {
    return fetch(this.#address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, lang: lang ?? null, message_id: id }),
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
  }

  #wait(message, seconds) {
    this.#on.state(message, "waiting", "too_many", { seconds });
    this.#waiting = setTimeout(() => this.flush(), seconds * 1000);
    return false;
  }

  /** Every unsent message says so; the page sends them when the connection is back, the person when they like. */
  #failed(message, seconds) {
    for (const each of this.#queue) this.#on.state(each, "failed", "not_sent");
    if (seconds) this.#waiting = setTimeout(() => this.flush(), seconds * 1000);
    return false;
  }

  #done(message) {
    this.#queue = this.#queue.filter((each) => each.id !== message.id);
    this.#save();
  }

  #save() {
    if (this.#stopped) return;
    if (this.#queue.length) remember(this.#name, this.#queue);
    else forget(this.#name);
  }
}
