import { codeNodes } from "./text.js";

// Beyond it colouring takes time, and helps nobody to read.
const LONGEST = 2_000;
const LANGUAGES = {
  ...{ asm: "asm", bash: "bash", c: "c", css: "css", csv: "csv", diff: "diff", docker: "docker" },
  ...{ go: "go", html: "html", http: "http", ini: "ini", java: "java", js: "js", json: "json" },
  ...{ log: "log", lua: "lua", make: "make", md: "md", pl: "pl", py: "py", regex: "regex", rs: "rs" },
  ...{ sql: "sql", toml: "toml", ts: "ts", xml: "xml", yaml: "yaml" },
  ...{ sh: "bash", shell: "bash", zsh: "bash", console: "bash", "c++": "c", cpp: "c", h: "c", hpp: "c" },
  ...{ patch: "diff", dockerfile: "docker", golang: "go", htm: "html", svg: "xml", conf: "ini" },
  ...{ javascript: "js", jsx: "js", mjs: "js", jsonc: "json", makefile: "make", markdown: "md" },
  ...{ perl: "pl", python: "py", python3: "py", rust: "rs", typescript: "ts", tsx: "ts", yml: "yaml" },
  ...{ postgresql: "sql", sqlite: "sql", mysql: "sql", scss: "css", kotlin: "java" },
};
const COLOURS = {
  ...{ kwd: "keyword", str: "string", insert: "string", esc: "string", num: "number", bool: "number" },
  ...{ func: "function", section: "function", type: "type", class: "type", var: "type" },
  ...{ cmnt: "comment", deleted: "deleted", err: "deleted" },
};
const known = new Map();
const waiting = new WeakMap();
// One after the other, with the page's own work in between: a hostile text takes up to 0.1 s.
let last = Promise.resolve();
const observer = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) colourNext(target);
}, { rootMargin: "100%" });

/** Colours code in a language that is known, once it is in view or nearly. */
export function colourWhenSeen(element, text, language) {
  if (!Object.hasOwn(LANGUAGES, language) || text.length > LONGEST) return;
  waiting.set(element, { text, language: LANGUAGES[language] });
  observer.observe(element);
}

function colourNext(element) {
  observer.unobserve(element);
  last = last.then(() => new Promise((done) => setTimeout(done))).then(() => colour(element));
}

/** Without the library, as where a browser cannot read it, code has no colours. */
async function colour(element) {
  const { text, language } = waiting.get(element);
  const tokens = await tokensOf(text, language).catch(() => []);
  if (tokens.length > 0) element.replaceChildren(...tokens.flatMap(tokenNodes));
}

/** Returns `{text, type}` tokens. The library asks for the languages within a language. */
async function tokensOf(text, language) {
  const { tokenizer } = await load("tokenize.js");
  const tokens = [];
  const steps = tokenizer(text, language, (piece, type) => tokens.push({ text: piece, type }));
  let step = steps.next();
  while (!step.done) step = steps.next(await grammarOf(step.value));
  return tokens;
}

async function grammarOf(language) {
  const grammar = await load(`languages/${language}.js`).catch(() => null);
  return grammar?.default;
}

/** Loads a module of the library, from beside where the page says that it is. */
function load(name) {
  if (!known.has(name)) {
    const address = document.getElementById("code-template").dataset.highlighter + name;
    known.set(name, import(address));
  }
  return known.get(name);
}

function tokenNodes({ text, type }) {
  const nodes = codeNodes(text);
  if (!COLOURS[type]) return nodes;
  const span = document.createElement("span");
  span.className = `code-${COLOURS[type]}`;
  span.append(...nodes);
  return [span];
}
