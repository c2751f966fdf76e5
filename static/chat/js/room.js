import { connect } from "../client.js";
import { storedGuest } from "../client/identity.js";
import { systemStorage } from "../client/storage.js";
import { takeArrival } from "./arrival.js";
import { mountBanner } from "./banner.js";
import { mountComposer } from "./composer.js";
import { mountCopyLink } from "./copylink.js";
import { mountEntry } from "./entry.js";
import { mountGate } from "./gate.js";
import { mountHeader } from "./header.js";
import { Here } from "./here.js";
import { mountHint } from "./hint.js";
import { socketAddress } from "./logic/addresses.js";
import { Messages } from "./messages/messages.js";
import { mountPeople } from "./people.js";
import { mountTheme } from "./theme.js";
import { mountTitle } from "./title.js";
import { mountViewport } from "./viewport.js";

// More than is ever on the page, so that scrolling a little asks nobody; a tab is open for weeks.
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
const chat = connect(socketAddress(location), { name, storage, signedIn, keep: KEPT });
const here = new Here(chat, { slug: page.room.slug, typed: arrival.room });
const unread = mountTitle(here, page);
mountHeader(here);
mountBanner(here);
mountPeople(here);
new Messages(here, unread);
mountComposer(here, storage.session);
mountHint(here);
mountGate(here, { storage, entry, page });
here.join();
