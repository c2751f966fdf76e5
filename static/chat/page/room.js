import { connect } from "../client.js";
import { systemStorage } from "../client/base/storage.js";
import { goToAsked } from "./actions/going.js";
import { takeArrival } from "./parts/arrival.js";
import { mountBanner } from "./parts/banner.js";
import { showScripted } from "./parts/dom.js";
import { Drafts } from "./parts/drafts.js";
import { guardEarlyWords } from "./parts/earlywords.js";
import { mountEntry } from "./parts/entry.js";
import { takeHandover } from "./parts/handover.js";
import { mountHeader } from "./parts/header.js";
import { askBeforeLeaving } from "./parts/leaving.js";
import { noteRunning, noteStarting } from "./parts/lifecycle.js";
import { mountMarking } from "./parts/marking.js";
import { mountNaming } from "./parts/naming.js";
import { answerNeighbours } from "./parts/neighbours.js";
import { mountApplication } from "./parts/application.js";
import { mountPeople } from "./parts/people.js";
import { mountPeoplePanel } from "./parts/peoplepanel.js";
import { mountPopovers } from "./parts/popovers.js";
import { holdPresses } from "./parts/presses.js";
import { systemSeats, takeSeat } from "./parts/seat.js";
import { mountTitle } from "./parts/title.js";
import { mountViewport } from "./parts/viewport.js";
import { Visited } from "./parts/visited.js";
import { Views } from "./views/views.js";

// More than is ever on the page, so that scrolling a little needs no request; a tab is open for
// weeks.
const KEPT = 2_000;

const page = JSON.parse(document.getElementById("page").textContent);
const tab = systemStorage();

showScripted();
mountPopovers();
mountViewport();
const blank = document.querySelector(".conversation").cloneNode(true);
const entry = mountEntry(tab);
const arrival = takeArrival(tab);
const seats = systemSeats(tab);
noteStarting();
const endEarlyWords = guardEarlyWords(tab);
takeHandover(new Drafts(tab.session, page.room));
const seat = await takeSeat(seats, entry, { account: page.account, name: arrival.name });
// Who typed the name of a room on the front page means it; a link may be mistyped.
if (page.room.isNew && !arrival.room) await entry.confirm();

const { signedIn } = page;
const { name, storage } = seat;
const chat = connect(location.origin, { name, storage, signedIn, keep: KEPT });
const views = new Views({ chat, blank, seat, local: tab.local, signedIn });
const title = mountTitle(chat, views, page.site.name);
mountHeader(chat, views);
mountBanner(chat);
mountPeople(chat, views);
mountPeoplePanel(tab);
mountMarking(views);
views.page.naming = mountNaming(chat, { seat, seats, entry }, {
  isIn: () => [...views].some((view) => view.chat.snapshot().state === "in"),
  onRefused: ({ room, error }) => {
    for (const view of views) if (room === null || room === view.slug) view.refuse(error);
  },
});
// What was typed on the front page names a room that may not exist yet.
const address = arrival.room || page.room.slug;
const first = views.add({ root: document.querySelector(".conversation"), address, ...page.room });
views.show(first);
holdPresses(first.later);
goToAsked(first);
endEarlyWords();
const visited = new Visited(signedIn ? tab.local : storage.session, () => chat.user);
mountApplication({ chat, views, visited, signedIn, seat, title });
askBeforeLeaving(() => [...views].every(({ isAllKept }) => isAllKept));
if (!signedIn && !seat.isLasting) answerNeighbours(storage);
noteRunning();
