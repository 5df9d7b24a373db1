// What was said in a conversation, each thing once and in order: by an event stream and, where one does not get through
// (a proxy that holds it back, too many windows), by asking. Everything shown comes through here.

const KINDS = ["reply", "operator", "mode", "echo"];
const STREAM_LATE = 500; // milliseconds that the stream may take after an answer was given
const POLL_EVERY = 5000;
const LONGEST_PAUSE = 30000;

export class Feed {
  #address;
  #on;
  #last;
  #source = null;
  #alive = true;
  #stopped = false;
  #seen = new Set(); // ids of messages whose answers have come
  #arrivals = new EventTarget();
  #attempts = 0;
  #timers = [];

  /** ``on``: {event(data), connected(bool), restarted(), last(seq)}. ``last``: the number from which to go on. */
  constructor(address, last, on) {
    this.#address = address;
    this.#last = last;
    this.#on = on;
  }

  /** Everything so far. Raises when the service cannot be reached. */
  async restore() {
    await this.pull();
    if (this.#last > 0 && this.#seen.size === 0) {
      this.#last = 0; // what was there is gone, or there was nothing
      await this.pull();
    }
  }

  /** From now on. */
  open() {
    if (this.#stopped) return;
    this.#source?.close();
    const source = new EventSource(`${this.#address}?after=${this.#last}`);
    this.#source = source;
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        this.#alive = true;
        this.#accept(JSON.parse(event.data));
      });
    }
    source.addEventListener("open", () => {
      this.#attempts = 0;
      this.#on.connected(true);
    });
    source.addEventListener("error", () => this.#failed(source));
    if (!this.#timers.length) this.#timers.push(setInterval(() => this.#poll(), POLL_EVERY));
  }

  stop() {
    this.#stopped = true;
    this.#source?.close();
    this.#timers.forEach(clearInterval);
  }

  /** After a pause (sleep, another window, no network): what was missed, and a fresh stream. */
  async refresh() {
    if (this.#stopped) return;
    this.open();
    await this.pull().catch(() => {});
  }

  /** Waits until what answers a message has come, whichever way. ``false``: it did not come through the conversation. */
  async settled(id) {
    if (this.#alive && (await this.#arrives(id))) return true;
    await this.pull().catch(() => {});
    if (this.#seen.has(id)) {
      this.#alive = false;
      return true;
    }
    await this.#restartIfGone().catch(() => {});
    return this.#seen.has(id);
  }

  async pull(after = this.#last) {
    const { events, more } = await this.#ask(after);
    events.forEach((event) => this.#accept(event));
    if (more) await this.pull();
  }

  async #ask(after) {
    const response = await fetch(`${this.#address}?after=${after}`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15000),
    });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  #accept(event) {
    if (this.#stopped || event.seq <= this.#last) return;
    this.#last = event.seq;
    this.#on.last(event.seq);
    this.#on.event(event);
    if (event.kind !== "echo") this.#see(event.message_id);
    else queueMicrotask(() => this.#see(event.message_id)); // its answers stand right behind it
  }

  #see(id) {
    this.#seen.add(id ?? "");
    this.#arrivals.dispatchEvent(new Event(id ?? "-"));
  }

  #arrives(id) {
    if (this.#seen.has(id)) return true;
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), STREAM_LATE);
      this.#arrivals.addEventListener(id, () => (clearTimeout(late), resolve(true)), { once: true });
    });
  }

  /** When the service no longer has the conversation (the person had it deleted), its numbers begin again. */
  async #restartIfGone() {
    const { events } = await this.#ask(0);
    if (this.#last === 0 || (events.at(-1)?.seq ?? 0) >= this.#last) return;
    this.#last = 0;
    this.#on.last(0);
    this.#on.restarted();
    events.forEach((event) => this.#accept(event));
    this.open();
  }

  #failed(source) {
    if (source !== this.#source || this.#stopped) return;
    this.#on.connected(false);
    if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    this.#alive = false;
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.#attempts++) * (0.75 + Math.random() / 2);
    setTimeout(() => source === this.#source && this.open(), pause);
  }

  #poll() {
    if (this.#alive || document.hidden || !navigator.onLine) return;
    this.pull().then(() => this.#on.connected(true), () => {});
  }
}
