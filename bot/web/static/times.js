// Times of day and days, in the page's language; written anew when it changes.

import { currentLanguage, say } from "./words.js";

function locale() {
  return currentLanguage() === "zh" ? "zh-CN" : "en-GB";
}

function dayOf(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return say("today");
  if (days === 1) return say("yesterday");
  return new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", day: "numeric" }).format(date);
}

function clockOf(date) {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
}

function write(element) {
  const date = new Date(element.dateTime);
  element.textContent = element.dataset.shows === "day" ? dayOf(date) : clockOf(date);
}

/** A <time> that shows the day or the clock. */
export function timeElement(date, shows) {
  const element = document.createElement("time");
  element.dateTime = date.toISOString();
  element.dataset.shows = shows;
  write(element);
  return element;
}

document.addEventListener("language", () => document.querySelectorAll("time[data-shows]").forEach(write));
