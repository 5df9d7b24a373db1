// Plain text → paragraphs and lists, node by node: whatever a text holds, it stays text.

const BULLET = /^·\s*/;
const NUMBERED = /^(\d{1,2})[.、]\s+/;

function kindOf(line) {
  if (line.trim() === "") return "gap";
  if (BULLET.test(line)) return "ul";
  return NUMBERED.test(line) ? "ol" : "p";
}

function paragraph(lines) {
  const element = document.createElement("p");
  lines.forEach((line, index) => element.append(...(index ? [document.createElement("br")] : []), line));
  return element;
}

function list(kind, lines) {
  const element = document.createElement(kind);
  if (kind === "ol") element.start = Number(NUMBERED.exec(lines[0])[1]);
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line.replace(kind === "ul" ? BULLET : NUMBERED, "");
    element.append(item);
  }
  return element;
}

/** The elements that show a text: lines that belong together in one. */
export function blocks(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const kind = kindOf(line);
    if (runs.at(-1)?.kind === kind) runs.at(-1).lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.filter((run) => run.kind !== "gap").map(({ kind, lines }) => (kind === "p" ? paragraph(lines) : list(kind, lines)));
}
