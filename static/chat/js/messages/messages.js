import { part } from "../dom.js";
import { showBeginning } from "./beginning.js";
import { History } from "./history.js";
import { showJump } from "./jump.js";
import { MessageList } from "./list.js";
import { Passing } from "./passing.js";
import { Scroll } from "./scroll.js";

/** The stream of messages: what it shows, where one is in it, and what is new. */
export function mountMessages(here, unread) {
  const box = part("scroller");
  const list = new MessageList(part("stream"), here);
  const passing = new Passing(list);
  const scroll = new Scroll(box, part("stream"), () => look());
  const history = new History(here, box, (more) => show({ more }));
  const shown = { more: true };
  let newest = 0;

  const show = (changes = {}) => {
    Object.assign(shown, changes);
    showBeginning({ info: here.info, more: shown.more, isEmpty: list.isEmpty });
    showJump({ atEnd: scroll.atEnd, unread: unread.count });
  };
  const look = () => {
    unread.setReading(scroll.atEnd && document.visibilityState === "visible");
    show();
  };
  const change = (apply) => {
    scroll.hold(apply);
    show();
  };
  const replace = ({ messages, more }) => {
    list.clear();
    passing.end();
    messages.forEach((message) => list.put(message));
    newest = messages.at(-1)?.seq ?? 0;
    history.more = more;
    scroll.toEnd();
  };
  const put = ({ message }) => {
    const isNew = message.seq > newest;
    list.put(message, { fresh: isNew });
    if (!isNew) return;
    newest = message.seq;
    passing.end();
    if (here.isMine(message.author)) list.markNew();
    else if (unread.arrived()) list.markNew(message.seq);
  };

  here.on("reset", (event) => silently(box, () => change(() => replace(event))));
  here.on("history", ({ messages }) => {
    silently(box, () => change(() => messages.forEach((message) => list.put(message))));
  });
  here.on("message", (event) => change(() => put(event)));
  here.on("presence", (event) => change(() => passing.note(event)));
  here.on("outbox", ({ entries }) => {
    let added = false;
    change(() => (added = list.putUnsent(entries)));
    if (added) scroll.toEnd();
  });
  once(here, "joined", () => change(() => list.addLine("You joined")));
  here.on("joined", () => show());
  here.on("room", () => show());

  part("jump").addEventListener("click", () => scroll.toEnd());
  part("stream").addEventListener("click", (event) => actOnFailed(here, event));
  document.addEventListener("visibilitychange", () => {
    list.nameDays();
    look();
  });
}

function once(here, type, listener) {
  const end = here.on(type, (event) => {
    end();
    listener(event);
  });
}

/** A screen reader hears new messages, not history. */
function silently(box, change) {
  box.ariaLive = "off";
  change();
  requestAnimationFrame(() => setTimeout(() => (box.ariaLive = "polite")));
}

function actOnFailed(here, { target }) {
  const action = target.closest("[data-action]")?.dataset.action;
  const id = target.closest(".message")?.dataset.id;
  if (action === "retry") here.retry(id);
  if (action === "discard") here.discard(id);
}
