// The list of conversations: by office, who waits longest first, with clocks that go on by themselves.

import { make } from "./reply.js";
import { say } from "./words.js";

const LATE = 5; // working minutes after which a wait is told apart, and after which once more
const VERY_LATE = 15;

export class Queue {
  #list;
  #none;
  #chosen = null;
  #pick;
  cases = [];

  constructor(list, none, pick) {
    this.#list = list;
    this.#none = none;
    this.#pick = pick;
  }

  show(cases, chosen) {
    this.cases = cases;
    this.#chosen = chosen;
    const focused = document.activeElement?.dataset?.case;
    this.#list.replaceChildren(...cases.map((item) => this.#entry(item)));
    this.#none.hidden = cases.length > 0;
    if (focused) this.#list.querySelector(`[data-case="${CSS.escape(focused)}"]`)?.focus();
  }

  /** The conversation ``by`` places below (or above) the chosen one. */
  beside(by) {
    const place = this.cases.findIndex((item) => item.id === this.#chosen);
    return this.cases[Math.min(Math.max(place + by, 0), this.cases.length - 1)] ?? null;
  }

  #entry(item) {
    const minutes = item.waiting === null ? null : Math.floor(item.waiting / 60);
    const clock = make("span", "clock", minutes === null ? "" : say(item.ticking ? "minutes" : "minutes_still", { n: minutes }));
    if (minutes >= VERY_LATE || item.escalated) clock.classList.add("very-late");
    else if (minutes >= LATE) clock.classList.add("late");
    const button = make(
      "button",
      "",
      make("span", "top", make("strong", "", item.number), clock),
      make("span", "question", item.question || "–"),
      make("span", "office", `${item.office.name} · ${say(`state_${item.state}`)}${item.operator ? ` · ${item.operator.name}` : ""}`),
    );
    button.type = "button";
    button.dataset.case = item.id;
    button.setAttribute("aria-current", String(item.id === this.#chosen));
    button.addEventListener("click", () => this.#pick(item.id));
    return make("li", "", button);
  }
}
