// One conversation: its lines, its card, what may be done with it now.

import { make } from "./reply.js";
import { currentLanguage, languageOf, say, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const HELD = ["claimed", "waiting_user"];
const OPEN = ["queued", "after_hours", "expired", ...HELD];

function clock(at) {
  const shown = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(currentLanguage() === "zh" ? "zh-CN" : "en-GB", shown).format(new Date(at));
}

function line(entry) {
  const kind = entry.speaker === "desk" ? (entry.kind === "note" ? "note" : "entry") : entry.speaker;
  const text = make("span", "said", entry.text);
  text.lang = languageOf(entry.text);
  const titles = entry.sources.map((source) => source.title);
  const below = titles.length ? [make("span", "from", `${say("card_sources")}: ${titles.join("; ")}`)] : [];
  return make("div", `line ${kind}`, make("span", "from", `${say(`from_${kind}`)} · ${clock(entry.at)}`), text, ...below);
}

/** What was changed is shown as it is now, what was taken back not at all. */
function current(lines) {
  const shown = new Map();
  for (const entry of lines) {
    const key = entry.message_id && entry.speaker === "operator" ? entry.message_id : `${entry.seq}.${entry.entry}`;
    if (entry.deleted) shown.delete(entry.edits);
    else if (entry.edits && shown.has(entry.edits)) shown.set(entry.edits, entry);
    else shown.set(key, entry);
  }
  return [...shown.values()];
}

function pairs(values) {
  const list = make("dl", "");
  for (const [name, value] of values) if (value) list.append(make("dt", "", say(name)), make("dd", "", value));
  return list;
}

export class CaseView {
  #shown = null;
  #act;

  /** ``act``: called with what is to be done and its body. */
  constructor(act) {
    this.#act = act;
  }

  /** ``desk``: what the queue came with (me, offices, canned); ``others``: names of colleagues who look at it too. */
  show(data, desk, others) {
    const lines = byId("lines");
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 60 || this.#shown !== data.case.id;
    this.#shown = data.case.id;
    byId("case").hidden = false;
    byId("pick").hidden = true;
    byId("case-title").textContent = `${data.case.number} · ${data.case.visitor}`;
    const holder = data.case.operator ? say("held_by", { name: data.case.operator.name }) : "";
    byId("case-state").textContent = [say(`state_${data.case.state}`), holder].filter(Boolean).join(" · ");
    byId("others").textContent = others.length ? say("others", { names: others.join("、") }) : "";
    lines.replaceChildren(...current(data.lines).map(line));
    if (atEnd) lines.scrollTop = lines.scrollHeight;
    this.#card(data);
    this.#allow(data.case, desk);
  }

  #card({ case: item, suggestions }) {
    const stars = item.rating ? "★".repeat(item.rating) : "";
    byId("card").replaceChildren(
      pairs([
        ["card_number", item.number], ["card_who", item.visitor], ["card_language", say(`language_${item.language}`)],
        ["card_office", item.office.name], ["card_reason", say(`reason_${item.reason}`)], ["card_question", item.question],
        ["card_records", item.records.join("\n")], ["card_rating", [stars, item.comment].filter(Boolean).join(" ")],
      ]),
    );
    byId("suggested-head").hidden = suggestions.length === 0;
    byId("suggested").replaceChildren(
      ...suggestions.map((answer) => {
        const button = word(make("button", "main"), "send_this");
        button.type = "button";
        button.addEventListener("click", () => this.#act("suggestion", { id: answer.id, message_id: crypto.randomUUID() }));
        const text = make("p", "", answer.text);
        text.tabIndex = 0; // it may be longer than its place, and is then scrolled
        return make("li", "", make("strong", "", answer.title), text, button);
      }),
    );
  }

  #allow(item, { me, offices, canned }) {
    const held = HELD.includes(item.state);
    const others = held && item.operator?.id !== me.id;
    const free = OPEN.includes(item.state) && !others;
    const allowed = { claim: free && !held, back: free && item.state !== "expired", close: free && item.state !== "expired" };
    for (const button of document.querySelectorAll("[data-act]")) button.disabled = !allowed[button.dataset.act];
    for (const id of ["text", "note", "canned", "offices", "send"]) byId(id).disabled = !free;
    for (const button of byId("suggested").querySelectorAll("button")) button.disabled = !free;
    const option = (value, text) => Object.assign(make("option", "", text), { value });
    byId("offices").replaceChildren(option("", say("transfer_to")), ...offices.map((each) => option(each.id, each.name)));
    byId("canned").replaceChildren(
      option("", say("canned_pick")),
      ...canned.map((each) => option(each[item.language], each[currentLanguage()])),
    );
  }
}
