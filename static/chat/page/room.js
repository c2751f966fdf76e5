import { connect } from "../client.js";
import { systemStorage } from "../client/base/storage.js";
import { mountGestures } from "./actions/gestures.js";
import { mountPermalinks } from "./actions/permalinks.js";
import { Standing } from "./logic/standing.js";
import { Messages } from "./messages/messages.js";
import { takeArrival } from "./parts/arrival.js";
import { mountBanner } from "./parts/banner.js";
import { mountCodeCopying } from "./parts/codecopying.js";
import { mountComposer } from "./parts/composer.js";
import { mountComposerStatus } from "./parts/composerstatus.js";
import { mountCopyLink } from "./parts/copylink.js";
import { part, showScripted } from "./parts/dom.js";
import { Drafts } from "./parts/drafts.js";
import { keepEarlyWords } from "./parts/earlywords.js";
import { mountEmojiButton } from "./parts/emojibutton.js";
import { mountEntry } from "./parts/entry.js";
import { mountGate } from "./parts/gate.js";
import { mountHeader } from "./parts/header.js";
import { Later } from "./parts/later.js";
import { mountLeaving } from "./parts/leaving.js";
import { noteRunning, noteStarting } from "./parts/lifecycle.js";
import { mountMarking } from "./parts/marking.js";
import { mountMoving, takeHandover } from "./parts/moving.js";
import { answerNeighbours } from "./parts/neighbours.js";
import { mountOpening } from "./parts/opening.js";
import { mountPeople } from "./parts/people.js";
import { mountPopovers } from "./parts/popovers.js";
import { Replying } from "./parts/replying.js";
import { systemSeats, takeSeat } from "./parts/seat.js";
import { mountTheme } from "./parts/theme.js";
import { mountTitle } from "./parts/title.js";
import { mountViewport } from "./parts/viewport.js";

// More than is ever on the page, so that scrolling a little needs no request; a tab is open for
// weeks.
const KEPT = 2_000;

const page = JSON.parse(document.getElementById("page").textContent);
const tab = systemStorage();

showScripted();
mountTheme();
mountPopovers();
mountViewport();
mountCopyLink();
const entry = mountEntry(tab);
const arrival = takeArrival(tab);
const seats = systemSeats(tab);
noteStarting();
const endEarlyWords = keepEarlyWords(tab, page.room.slug);
takeHandover(new Drafts(tab.session, page.room.slug));
const seat = await takeSeat(seats, entry, { account: page.account, name: arrival.name });
// Who typed the name of a room on the front page means it; a link may be mistyped.
if (page.room.isNew && !arrival.room) await entry.confirm();

const { signedIn } = page;
const { name, storage } = seat;
// What was typed on the front page names a room that may not exist yet.
const room = arrival.room || page.room.slug;
const chat = connect(location.origin, { name, room, storage, signedIn, keep: KEPT });
const unread = mountTitle(chat, page);
const drafts = new Drafts(storage.session, page.room.slug);
mountHeader(chat);
mountMoving(chat);
mountOpening(chat, page);
mountBanner(chat);
mountPeople(chat);
const standing = new Standing(chat);
const messages = new Messages(chat, unread, standing);
mountCodeCopying(part("stream"));
const replying = new Replying(chat, storage.session, page.room.slug);
mountComposer(chat, drafts, replying);
const { session } = storage;
const later = new Later(chat, { messages, standing, replying, session, local: tab.local, slug: page.room.slug });
mountGestures(later);
mountMarking(later);
mountPermalinks(chat, messages);
endEarlyWords();
mountComposerStatus(chat);
mountEmojiButton(later);
mountGate(chat, { seat, seats, entry, later, page });
mountLeaving(chat, drafts, seat, later);
if (!signedIn && !seat.isLasting) answerNeighbours(storage);
noteRunning();
