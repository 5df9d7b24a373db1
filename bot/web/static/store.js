// What this browser remembers. Where it may remember nothing (storage blocked), this page does until it is closed.

const PREFIX = "yuanwen.";
const inMemory = new Map();

export function recall(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return inMemory.has(name) ? inMemory.get(name) : otherwise;
  }
}

export function remember(name, value) {
  inMemory.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Kept in memory.
  }
}

export function forget(name) {
  inMemory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // It was never kept.
  }
}

/** 128 random bits. A conversation's id is its key: whoever knows it can read along. */
export function secret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
