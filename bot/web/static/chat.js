// The chat page: ties the conversation, its log and the person's input together.

import { bindComposer } from "./composer.js";
import { Feed } from "./feed.js";
import { bindFrame } from "./frame.js";
import { makeRoomForKeyboard } from "./keyboard.js";
import { Log } from "./log.js";
import { Sender } from "./sender.js";
import { Status } from "./status.js";
import { recall, remember, secret } from "./store.js";
import { currentLanguage, say, speak } from "./words.js";

const KEPT = 300; // events of a long conversation that a reload shows
const byId = (id) => document.getElementById(id);

const status = new Status(byId("status"));
const log = new Log(byId("log"), byId("to-latest"), pressed);
const labels = new Map(); // a button's value → what it said
let chosen = recall("language");
let conversation = null;

class Conversation {
  constructor({ id, last }) {
    this.id = id;
    const address = `/api/v1/conversations/${id}`;
    this.feed = new Feed(`${address}/events`, Math.max(0, last - KEPT), {
      event: (event) => show(event),
      connected: (up) => this.connected(up),
      restarted: () => log.clear(),
      last: (seq) => conversation === this && remember("conversation", { id, last: seq }),
    });
    this.sender = new Sender(`${address}/messages`, id, {
      state: (message, state, name, values) => this.stands(message, state, name, values),
      sent: (message, turn) => this.answered(message, turn),
    });
  }

  /** Shows what was said so far and goes on from there; a conversation that has not begun is begun with a greeting. */
  async begin() {
    log.restoring(true);
    try {
      await this.feed.restore();
    } catch {
      status.lost();
      setTimeout(() => conversation === this && this.begin(), 3000);
      return;
    } finally {
      if (conversation === this) log.restoring(false);
    }
    if (conversation !== this) return;
    this.begun = true;
    for (const message of this.sender.unsent) showOwn(message, "failed");
    this.feed.open();
    if (!log.spoken && !byId("log").childElementCount && !this.sender.unsent.length) this.greet();
    this.sender.flush();
  }

  greet() {
    this.sender.add({ id: `start-${currentLanguage()}`, text: "/start", lang: currentLanguage(), at: Date.now(), silent: true });
  }

  say(text, shown, lang) {
    const message = { id: secret(), text, shown, lang, at: Date.now() };
    showOwn(message, "sending");
    log.think(true);
    this.sender.add(message);
  }

  stands(message, state, name, values) {
    if (conversation !== this) return;
    if (state !== "sending") log.think(false);
    const retry = state === "failed" ? () => this.sender.flush(true) : null;
    log.mark(message.id, state, name, values, retry);
  }

  async answered(message, turn) {
    if (conversation !== this) return;
    log.mark(message.id, "sent");
    status.up();
    if (!(await this.feed.settled(message.id))) {
      for (const reply of turn.replies) show({ ...reply, kind: "reply", lang: turn.lang, at: new Date().toISOString() });
    }
    log.think(false);
  }

  connected(up) {
    if (conversation !== this) return;
    if (!up) return status.lost();
    status.up();
    this.sender.flush();
  }

  stop() {
    this.feed.stop();
    this.sender.stop();
  }
}

function showOwn(message, state) {
  if (!message.silent) log.person(message.id, message.shown ?? message.text, new Date(message.at), state);
}

function show(event) {
  const at = event.at ? new Date(event.at) : null;
  for (const button of event.buttons ?? []) labels.set(button.value, button.label);
  if (event.kind === "reply") log.reply(event, at);
  else if (event.kind === "operator") log.operator(event, at);
  else if (event.kind === "mode") event.quiet || log.notice(`mode_${event.mode}`, event.text);
  else showEcho(event, at);
  if (document.hidden && event.kind !== "echo") document.title = `● ${say("title")}`;
}

/** What the person said, perhaps in another window. A press shows what its button said; the silent greeting nothing. */
function showEcho({ text, message_id: id, seq }, at) {
  const press = /^#[a-z]+(:|$)/.test(text);
  if (text.startsWith("/start") || (press && !labels.has(text))) return;
  log.person(id ?? `seq-${seq}`, press ? labels.get(text) : text, at);
}

function pressed({ value, label, lang }) {
  const language = /^#l:(zh|en)$/.exec(value)?.[1];
  if (language) showIn(language);
  conversation.say(value, label, chosen ?? lang);
}

/** Typed words show their language by themselves, unless the person chose one; signs and numbers do not. */
function typed(text) {
  conversation.say(text, null, chosen ?? (/\p{L}/u.test(text) ? null : currentLanguage()));
}

function enter(kept) {
  conversation?.stop();
  log.clear();
  conversation = new Conversation(kept);
  remember("conversation", kept);
  conversation.begin();
}

function showIn(language) {
  chosen = language;
  remember("language", language);
  speak(language);
}

function chooseLanguage(language) {
  showIn(language);
  // A greeting alone is given again in the language just chosen.
  if (conversation.begun && !log.spoken) enter({ id: secret(), last: 0 });
}

function bindControls() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => chooseLanguage(button.dataset.language));
  }
  document.addEventListener("language", ({ detail }) => {
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === detail));
    }
  });
  const dialog = byId("fresh");
  byId("new").addEventListener("click", () => {
    dialog.returnValue = "no";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") enter({ id: secret(), last: 0 });
    byId("question").focus();
  });
}

function bindReturns() {
  window.addEventListener("online", () => conversation.feed.refresh().then(() => conversation.sender.flush()));
  window.addEventListener("offline", () => status.lost());
  window.addEventListener("pageshow", ({ persisted }) => persisted && conversation.feed.refresh());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = say("title");
    if (conversation.begun) conversation.feed.pull().catch(() => {});
  });
}

bindFrame(byId("close"));
bindControls();
bindComposer(byId("composer"), typed);
bindReturns();
makeRoomForKeyboard();
if (chosen && chosen !== currentLanguage()) speak(chosen);
enter(recall("conversation") ?? { id: secret(), last: 0 });
