// The page's words in both languages, and the switch between them. The words come with the page; none is written here.

const all = JSON.parse(document.getElementById("words").textContent);
const attributes = { wordLabel: "aria-label", wordTitle: "title", wordPlaceholder: "placeholder" };
let language = document.documentElement.lang;

export function currentLanguage() {
  return language;
}

/** The text of a name, its {places} filled. */
export function say(name, values = {}) {
  return all[language][name].replace(/\{(\w+)\}/g, (place, key) => (key in values ? String(values[key]) : place));
}

/** Puts a text into an element so that a change of language finds it. */
export function word(element, name, values = {}) {
  element.dataset.word = name;
  element.dataset.values = JSON.stringify(values);
  element.textContent = say(name, values);
  return element;
}

/** The same for what only assistive technology or a pointer shows. */
export function label(element, name) {
  element.dataset.wordLabel = name;
  element.setAttribute("aria-label", say(name));
  return element;
}

/** Shows the whole page in a language. */
export function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word, JSON.parse(element.dataset.values ?? "{}"));
  }
  for (const [key, attribute] of Object.entries(attributes)) {
    for (const element of document.querySelectorAll(`[data-${key.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase())}]`)) {
      element.setAttribute(attribute, say(element.dataset[key]));
    }
  }
  document.dispatchEvent(new CustomEvent("language", { detail: chosen }));
}

/** The language of a text whose sender did not name it, for fonts and screen readers. */
export function languageOf(text) {
  return /\p{Script=Han}/u.test(text) ? "zh" : "en";
}
