import { part } from "../parts/dom.js";
import { isAnyOpen } from "../parts/overlays.js";
import { build } from "./build.js";
import { openDialog } from "./dialog.js";
import { loadStyles } from "./styles.js";
import { translate } from "./words.js";

const isMac = /^(Mac|iP)/.test(navigator.platform);
// What is written on keys; what is not here is the same everywhere.
const NAMES = {
  enter: translate("keyEnter"),
  esc: translate("keyEscape"),
  tab: translate("keyTab"),
  ...(isMac
    ? { ctrl: "⌘", alt: "⌥", shift: "⇧" }
    : { ctrl: translate("keyControl"), alt: translate("keyAlt"), shift: translate("keyShift") }),
};

// One key, or several with the same words: what they do.
const GOING = [
  ["ctrl+K", translate("switchRoom")],
  ["alt+↑ alt+↓", translate("keysStep")],
  ["alt+shift+↑ alt+shift+↓", translate("keysUnread")],
];
const READING = [
  ["shift+tab", translate("keysToMessages")],
  ["↑ ↓", translate("keysMessage")],
  ["← →", translate("keysBeside")],
  ["enter", translate("keysActions")],
  ["esc", translate("keysEscape")],
  ["?", translate("keysHelp")],
];
const WRITING = [
  ["enter", translate("keysSend")],
  ["shift+enter", translate("keysLine")],
  ["↑", translate("keysEditLast")],
  ["@", translate("keysMention")],
  [":", translate("keysEmoji")],
  ["/", translate("keysCommands")],
  ["tab", translate("keysTake")],
  ["ctrl+B", translate("keysBold")],
  ["ctrl+I", translate("keysItalic")],
  ["ctrl+E", translate("keysCode")],
  ["ctrl+shift+X", translate("keysStruck")],
];

/** Shows which keys there are; those for going to other rooms where there is a list of them. */
export async function showKeys() {
  // The menu, where it is chosen too, closes after the click.
  await new Promise((done) => setTimeout(done));
  await loadStyles();
  // The key may have been pressed twice meanwhile.
  if (isAnyOpen()) return;
  openDialog({ title: translate("keys"), content: sections(), openers: [part("menu-button")], isLight: true });
}

function sections() {
  const hasRooms = document.body.classList.contains("with-rooms");
  const shown = [["rooms", GOING], ["keysReading", READING], ["keysWriting", WRITING]];
  return shown.slice(hasRooms ? 0 : 1).map(([key, rows]) => {
    const title = build("h3", { id: `keys-${key}`, textContent: translate(key) });
    const list = build("dl", { class: "keys" }, ...rows.map(([keys, words]) => row(keys, words)));
    return build("section", { "aria-labelledby": title.id }, title, list);
  });
}

function row(keys, words) {
  const signs = keys.split(" ").flatMap((each) => [build("kbd", { textContent: nameOf(each) }), " "]);
  return build("div", {}, build("dt", {}, ...signs), build("dd", { textContent: words }));
}

function nameOf(keys) {
  return keys.split("+").map((key) => NAMES[key] ?? key).join(isMac ? "" : "+");
}
