// What the desk asks of the service. Every change carries the session's token against forged requests.

import { currentLanguage } from "./words.js";

const PAUSE = 3000; // milliseconds before a stream that was refused is tried again

let token = "";

export class Refused extends Error {
  /** ``code`` and ``message`` as the service said them; ``status`` 0: it could not be reached. */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function ask(path, options = {}) {
  const mark = path.includes("?") ? "&" : "?";
  let answer;
  try {
    answer = await fetch(`/desk/api/${path}${mark}lang=${currentLanguage()}`, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, "away", "");
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data.error?.code ?? "", data.error?.message ?? String(answer.status));
  return data;
}

function send(path, body = {}) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
}

/** What there is to do, who is there, and what the page needs to begin. */
export async function queue() {
  const data = await ask("queue");
  token = data.csrf;
  return data;
}

export const recent = () => ask("recent");
export const conversation = (id) => ask(`cases/${id}`);
export const act = (id, what, body) => send(`cases/${id}/${what}`, body);
export const present = (id) => send("presence", { case: id });

export async function signOut() {
  const form = new URLSearchParams({ csrf: token });
  await fetch("/desk/logout", { method: "POST", credentials: "same-origin", headers: { "X-CSRF-Token": token }, body: form });
}

/** Calls ``on.queue`` with what there is to do and ``on.line`` for each new line of ``id``; gives a function that ends it. */
export function listen(id, on) {
  let source = null;
  let ended = false;
  const open = () => {
    if (ended) return;
    const which = id === null ? "" : `&case=${id}`;
    source = new EventSource(`/desk/api/events?lang=${currentLanguage()}${which}`);
    source.addEventListener("open", () => on.connected(true));
    source.addEventListener("queue", (event) => on.queue(JSON.parse(event.data)));
    source.addEventListener("line", () => on.line());
    source.addEventListener("error", () => {
      on.connected(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, PAUSE);
    });
  };
  open();
  return () => {
    ended = true;
    source.close();
  };
}
