import { connect } from "../client.js";
import { systemStorage } from "../client/base/storage.js";
import { storedGuest } from "../client/identity.js";
import { Messages } from "./messages/messages.js";
import { takeArrival } from "./parts/arrival.js";
import { mountBanner } from "./parts/banner.js";
import { mountComposer } from "./parts/composer.js";
import { mountComposerStatus } from "./parts/composerstatus.js";
import { mountCopyLink } from "./parts/copylink.js";
import { mountEntry } from "./parts/entry.js";
import { mountGate } from "./parts/gate.js";
import { mountHeader } from "./parts/header.js";
import { mountPeople } from "./parts/people.js";
import { mountTheme } from "./parts/theme.js";
import { mountTitle } from "./parts/title.js";
import { mountViewport } from "./parts/viewport.js";

// More than is ever on the page, so that scrolling a little needs no request; a tab is open for
// weeks.
const KEPT = 2_000;

const page = JSON.parse(document.getElementById("page").textContent);
const storage = systemStorage();

mountTheme();
mountViewport();
mountCopyLink();
const entry = mountEntry(storage);
const arrival = takeArrival(storage);
const isKnown = page.signedIn || arrival.name || storedGuest(storage);
const name = isKnown ? arrival.name : await entry.ask();

const { signedIn } = page;
// What was typed on the front page names a room that may not exist yet.
const room = arrival.room || page.room.slug;
const chat = connect(location.origin, { name, room, storage, signedIn, keep: KEPT });
const unread = mountTitle(chat, page);
mountHeader(chat);
mountBanner(chat);
mountPeople(chat);
new Messages(chat, unread);
mountComposer(chat, { room: page.room, storage: storage.session });
mountComposerStatus(chat);
mountGate(chat, { storage, entry, page });
