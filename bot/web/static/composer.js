// The field in which the person writes.

import { word } from "./words.js";

const LIMIT = 4000; // as much as the service reads
const SHOWN_FROM = 3600;

/** Calls ``submit(text)`` when the person sends. */
export function bindComposer(form, submit) {
  const field = form.querySelector("textarea");
  const length = form.querySelector("#length");

  function fit() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    form.classList.toggle("filled", field.value.trim() !== "");
    const count = [...field.value].length;
    length.hidden = count < SHOWN_FROM;
    length.classList.toggle("over", count > LIMIT);
    word(length, "length", { count, limit: LIMIT });
  }

  function send() {
    const text = field.value.trim();
    if (!text) return field.focus();
    field.value = "";
    fit();
    submit(text);
  }

  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  fit();
}
