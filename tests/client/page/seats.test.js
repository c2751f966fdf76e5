import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStorage, loadItem, storeItem } from "../../../static/chat/client/base/storage.js";
import { QueueStorage } from "../../../static/chat/client/room/queuestorage.js";
import { Seats } from "../../../static/chat/page/logic/seats.js";

const MIA = "account 7";
const DRAFT = "chat:draft/lobby";

/** Web Locks of one browser, without the time limits: what is not free at once is refused. */
class Locks {
  held = new Set();

  async request(name, options, callback) {
    if (this.held.has(name)) {
      if (options.ifAvailable) return callback(null);
      throw new Error("AbortError");
    }
    this.held.add(name);
    try {
      return await callback({ name });
    } finally {
      this.held.delete(name);
    }
  }

  async query() {
    return { held: [...this.held].map((name) => ({ name })) };
  }
}

/** The storage of a browser that is not one of memory alone. */
class LocalStorage {
  #items = new MemoryStorage();
  get length() {
    return this.#items.length;
  }
  key = (index) => this.#items.key(index);
  getItem = (key) => this.#items.getItem(key);
  setItem = (key, value) => this.#items.setItem(key, value);
  removeItem = (key) => this.#items.removeItem(key);
}

class Browser {
  local = new LocalStorage();
  locks = new Locks();
  #count = 0;

  /** Opens a tab, with the storage of one that is reloaded, or copied. */
  open(session = new MemoryStorage()) {
    let leave;
    const left = new Promise((resolve) => (leave = resolve));
    const seats = new Seats({ session, local: this.local }, this.locks, {
      newId: () => String((this.#count += 1)),
      now: () => this.#count,
      whenLeft: () => left,
    });
    return { seats, session, close: () => (leave(), new Promise(setImmediate)) };
  }

  /** Opens a tab in which a guest of this name has come in. */
  async openGuest(name) {
    const tab = this.open();
    const seat = await tab.seats.takeNamed(name);
    beGuest(seat, name);
    return { ...tab, seat };
  }
}

const beGuest = ({ storage: { session } }, name) =>
  storeItem(session, "chat:guest", { token: `t-${name}`, name, id: `p-${name}` });
const guestOf = ({ storage: { session } }) => loadItem(session, "chat:guest")?.name;
const draftOf = ({ storage: { session } }) => loadItem(session, DRAFT);
const write = ({ storage: { session } }, text) => storeItem(session, DRAFT, text);

test("the next tab has the guest of the one that was closed, and the draft", async () => {
  const browser = new Browser();
  const ana = await browser.openGuest("Ana");
  write(ana.seat, "not finished");
  await ana.close();
  const { seats } = browser.open();
  assert.equal(await seats.takeOwn(), null);
  const seat = await seats.takeLatest();
  assert.deepEqual([guestOf(seat), draftOf(seat), seat.isLasting], ["Ana", "not finished", true]);
});

test("two tabs never have one guest", async () => {
  const browser = new Browser();
  await browser.openGuest("Ana");
  const { seats } = browser.open();
  assert.equal(await seats.takeLatest(), null);
  assert.deepEqual(await seats.suggestName(), { name: "Ana 2", taken: "Ana" });
  assert.equal(await seats.isOpenElsewhere("ANA"), true);
  assert.equal(guestOf(await seats.takeNamed("Ana")), undefined);
});

test("a reloaded tab keeps its guest, a copied one gets none", async () => {
  const browser = new Browser();
  const ana = await browser.openGuest("Ana");
  const copy = new MemoryStorage();
  copy.setItem("chat:seat", ana.session.getItem("chat:seat"));
  assert.equal(await browser.open(copy).seats.takeOwn(), null);
  await ana.close();
  assert.equal(guestOf(await browser.open(ana.session).seats.takeOwn()), "Ana");
});

test("a name leads to its guest, another name to a new one", async () => {
  const browser = new Browser();
  for (const name of ["Ana", "Ben"]) await (await browser.openGuest(name)).close();
  assert.equal(guestOf(await browser.open().seats.takeNamed("ana ")), "Ana");
  assert.equal(guestOf(await browser.open().seats.takeNamed("Eva")), undefined);
});

test("a second tab is offered a name that is free", async () => {
  const browser = new Browser();
  await (await browser.openGuest("Ben")).close();
  const ana = await browser.openGuest("Ana");
  assert.deepEqual(await browser.open().seats.suggestName(), { name: "Ben", taken: "Ana" });
  assert.deepEqual(await ana.seats.suggestName(), { name: "Ana", taken: "" });
  await ana.close();
  assert.deepEqual(await browser.open().seats.suggestName(), { name: "Ana", taken: "" });
});

test("a guest whom the server forgot is asked, and finds what was typed under the name", async () => {
  const browser = new Browser();
  const ana = await browser.openGuest("Ana");
  write(ana.seat, "not finished");
  storeItem(ana.seat.storage.session, "chat:guest", { name: "Ana" });
  await ana.close();
  const { seats } = browser.open();
  assert.equal(await seats.takeLatest(), null);
  assert.equal((await seats.suggestName()).name, "Ana");
  assert.equal(draftOf(await seats.takeNamed("Ana")), "not finished");
});

test("a member has what was written in all their closed tabs", async () => {
  const browser = new Browser();
  const tabs = [browser.open(), browser.open(), browser.open()];
  const seats = [];
  for (const tab of tabs) seats.push(await tab.seats.takeOf(MIA));
  ["one", "two", "open"].forEach((text, index) => write(seats[index], text));
  storeItem(seats[0].storage.session, "chat:drafted/lobby", "~1");
  await tabs[0].close();
  await tabs[1].close();
  const next = browser.open();
  const seat = await next.seats.takeOf(MIA);
  assert.deepEqual(draftOf(seat).split("\n").sort(), ["one", "two"]);
  assert.equal(loadItem(seat.storage.session, "chat:drafted/lobby"), "~1");
  assert.equal(draftOf(seats[2]), "open");
  await next.close();
  assert.equal(draftOf(await browser.open().seats.takeOf("account 8")), null);
});

test("who signs in goes on with what they wrote as a guest", async () => {
  const browser = new Browser();
  const ana = await browser.openGuest("Ana");
  write(ana.seat, "not finished");
  new QueueStorage(ana.seat.storage.session, "p-Ana", "lobby").saveEntry({ id: "m1", order: 1 });
  await ana.close();
  const { seats } = browser.open(ana.session);
  assert.equal(await seats.takeOwn(MIA), null);
  const seat = await seats.takeOf(MIA);
  assert.equal(draftOf(seat), "not finished");
  const stored = new QueueStorage(seat.storage.session, "", "lobby").loadEntries();
  assert.deepEqual(stored.map(({ id }) => id), ["m1"]);
});

test("without locks, or a storage that lasts, each tab keeps its own", async () => {
  for (const [local, locks] of [[new LocalStorage(), undefined], [new MemoryStorage(), new Locks()]]) {
    const session = new MemoryStorage();
    const namesElsewhere = async () => [];
    const seats = new Seats({ session, local }, locks, { namesElsewhere });
    const seat = await seats.takeOwn();
    beGuest(seat, "Ana");
    assert.equal(seat.isLasting, false);
    assert.equal(loadItem(session, "chat:guest").name, "Ana");
    assert.deepEqual(await seats.suggestName(), { name: "Ana", taken: "" });
    assert.equal(await seats.retake(), true);
  }
});

test("without locks a second tab is offered a free name too", async () => {
  const session = new MemoryStorage();
  const local = new LocalStorage();
  const open = [];
  const seats = new Seats({ session, local }, undefined, { namesElsewhere: async () => open });
  assert.deepEqual(await seats.suggestName(), { name: "", taken: "" });
  storeItem(local, "chat:name", "Ana");
  assert.deepEqual(await seats.suggestName(), { name: "Ana", taken: "" });
  assert.equal(await seats.isOpenElsewhere("Ana"), false);
  open.push("Ana", "Ana 2");
  assert.deepEqual(await seats.suggestName(), { name: "Ana 3", taken: "Ana" });
  assert.equal(await seats.isOpenElsewhere("ANA 2"), true);
});

test("what a tab brings along stands below what its seat has", async () => {
  const browser = new Browser();
  const ana = await browser.openGuest("Ana");
  write(ana.seat, "a draft");
  await ana.close();
  const { seats, session } = browser.open();
  storeItem(session, DRAFT, "handed over");
  assert.equal(await seats.takeOwn(), null);
  const seat = await seats.takeLatest();
  assert.deepEqual([guestOf(seat), draftOf(seat)], ["Ana", "a draft\nhanded over"]);
});

test("of many seats the oldest go, but none with words in it", async () => {
  const browser = new Browser();
  for (let number = 1; number <= 25; number += 1) {
    const tab = await browser.openGuest(`Guest ${number}`);
    if (number === 1) storeItem(tab.seat.storage.session, "chat:drafted/lobby", "~1");
    if (number === 2) write(tab.seat, "kept");
    await tab.close();
  }
  const { seats } = browser.open();
  assert.equal(draftOf(await seats.takeNamed("Guest 2")), "kept");
  assert.equal(guestOf(await browser.open().seats.takeNamed("Guest 1")), undefined);
});
