// The operators' desk: the list, the conversation in hand, keys, sound. Everything shown is fetched anew when news comes.

import * as api from "./desk-api.js";
import { CaseView } from "./desk-case.js";
import { Queue } from "./desk-queue.js";
import { make } from "./reply.js";
import { currentLanguage, say, speak, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const EVERY = 20000; // milliseconds: clocks go on, and presence is told
const KEYS = [
  ["j", "key_next"], ["k", "key_previous"], ["c", "key_claim"], ["r", "key_reply"], ["n", "key_note"], ["t", "key_transfer"],
  ["b", "key_back"], ["x", "key_close"], ["?", "key_help"],
];

let desk = null; // what the queue came with: me, offices, canned replies
let here = []; // who else is there, and with which conversation
let chosen = null;
let show = "open";
let waiting = null;
let loud = localStorage.getItem("desk-sound") === "on";
let stop = () => {};

const queue = new Queue(byId("cases"), byId("none"), choose);
const view = new CaseView(act);

function problem(error) {
  if (error.status === 401) location.assign("/desk/login");
  byId("problem").textContent = error.status === 0 ? say("away") : say("failed", { why: error.message });
}

async function quietly(work) {
  try {
    await work();
    byId("problem").textContent = "";
    return true;
  } catch (error) {
    problem(error);
    return false;
  }
}

async function refreshQueue() {
  desk = await api.queue();
  byId("me").textContent = desk.me.name;
  news(desk);
  if (show === "over") queue.show((await api.recent()).cases, chosen);
}

/** What there is to do now. */
function news({ cases, present }) {
  here = present;
  announce(cases);
  if (show !== "over") queue.show(show === "mine" ? cases.filter((item) => item.operator?.id === desk.me.id) : cases, chosen);
}

/** A sound and a number in the title for what nobody has taken yet. */
function announce(cases) {
  const now = new Set(cases.filter((item) => item.state === "queued").map((item) => item.id));
  const fresh = waiting !== null && [...now].some((id) => !waiting.has(id));
  waiting = now;
  document.title = now.size ? `${say("new_request", { n: now.size })} · ${say("title")}` : say("title");
  if (fresh && loud) beep();
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.frequency.value = 880;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.addEventListener("ended", () => audio.close());
}

async function refreshCase() {
  if (chosen === null) return;
  const id = chosen;
  const data = await api.conversation(id);
  if (id !== chosen) return;
  const others = here.filter((each) => each.case === id && each.id !== desk.me.id).map((each) => each.name);
  view.show(data, desk, others);
}

async function refresh() {
  await quietly(async () => {
    await refreshQueue();
    await refreshCase();
  });
}

async function choose(id) {
  if (chosen !== id) byId("text").value = sessionStorage.getItem(`draft-${id}`) ?? "";
  chosen = id;
  document.body.dataset.view = "case";
  await quietly(async () => {
    here = (await api.present(id)).present;
    await refreshCase();
  });
  queue.show(queue.cases, chosen);
  listen();
  byId("case-title").focus();
}

/** From now on: the queue, and the lines of the conversation in hand. */
function listen() {
  stop();
  stop = api.listen(chosen, {
    queue: (snapshot) => {
      news(snapshot);
      quietly(refreshCase);
    },
    line: () => quietly(refreshCase),
    connected: (stands) => {
      byId("link").classList.toggle("away", !stands);
      word(byId("link"), stands ? "connected" : "away");
    },
  });
}

async function act(what, body = {}) {
  if (chosen === null) return;
  await quietly(async () => {
    await api.act(chosen, what, body);
    await refreshQueue();
    await refreshCase();
  });
}

async function write(what) {
  const text = byId("text").value.trim();
  if (!text || chosen === null) return;
  const id = chosen;
  await quietly(async () => {
    await api.act(id, what, what === "reply" ? { text, message_id: crypto.randomUUID() } : { text });
    sessionStorage.removeItem(`draft-${id}`);
    if (id === chosen) byId("text").value = "";
    await refreshQueue();
    await refreshCase();
  });
}

// -- controls ----------------------------------------------------------------------------------------------------------

byId("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  write("reply");
});
byId("note").addEventListener("click", () => write("note"));
byId("text").addEventListener("input", () => chosen !== null && sessionStorage.setItem(`draft-${chosen}`, byId("text").value));
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) write("reply");
  if (event.key === "Escape") byId("case-title").focus();
});
byId("canned").addEventListener("change", (event) => {
  const text = byId("text");
  if (event.target.value) text.value = text.value ? `${text.value}\n${event.target.value}` : event.target.value;
  event.target.value = "";
  text.focus();
});
byId("offices").addEventListener("change", (event) => event.target.value && act("transfer", { office: event.target.value }));
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => {
    if (button.dataset.act !== "close" || confirm(say("confirm_close"))) act(button.dataset.act);
  });
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    show = button.dataset.show;
    document.querySelectorAll("[data-show]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    quietly(refreshQueue);
  });
}
byId("to-queue").addEventListener("click", () => (document.body.dataset.view = "queue"));
byId("sound").addEventListener("click", () => {
  loud = !loud;
  localStorage.setItem("desk-sound", loud ? "on" : "off");
  byId("sound").setAttribute("aria-pressed", String(loud));
  if (loud) beep();
});
byId("sign-out").addEventListener("click", async () => {
  await api.signOut();
  location.assign("/desk/login");
});
byId("keys").addEventListener("click", () => byId("help").showModal());
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.language);
    localStorage.setItem("desk-language", currentLanguage());
    document.querySelectorAll("[data-language]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    refresh();
    if (desk) listen();
  });
}

const PRESSED = {
  j: () => move(1),
  k: () => move(-1),
  c: () => act("claim"),
  r: () => byId("text").focus(),
  n: () => byId("text").focus(),
  t: () => byId("offices").focus(),
  b: () => document.querySelector("[data-act=back]").click(),
  x: () => document.querySelector("[data-act=close]").click(),
  "?": () => byId("help").showModal(),
};

function move(by) {
  const next = queue.beside(by);
  if (next) choose(next.id);
}

document.addEventListener("keydown", (event) => {
  const typing = /^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName);
  if (typing || event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const press = PRESSED[event.key];
  if (!press) return;
  event.preventDefault();
  press();
});

// -- beginning ---------------------------------------------------------------------------------------------------------

async function begin() {
  const language = localStorage.getItem("desk-language");
  if (language && language !== currentLanguage()) document.querySelector(`[data-language="${language}"]`)?.click();
  byId("sound").setAttribute("aria-pressed", String(loud));
  for (const [key, name] of KEYS) byId("key-list").append(make("dt", "", make("kbd", "", key)), word(make("dd", ""), name));
  if (!(await quietly(refreshQueue))) return;
  listen();
  setInterval(() => {
    if (document.hidden) return;
    quietly(async () => {
      here = (await api.present(chosen)).present;
      await refreshQueue();
    });
  }, EVERY);
}

begin();
