import { MemoryStorage, loadItem, storageFor, storeItem } from "../../client/base/storage.js";
import { guestName, lastName, storedGuest } from "../../client/identity.js";
import { disownEntries } from "../../client/room/queuestorage.js";
import { DRAFTED, SeatStorage, keysOf, lastingKeys, moveItem, moveWords } from "./seatstorage.js";

const SEAT_KEY = "chat:seat";
const SEAT_ID = /^chat:seat\/([0-9a-f]+)$/;
const GUEST = "guest";
// A tab that is being reloaded, or was closed a moment ago, may hold its seat a little longer.
const OWN_WAIT_MS = 1_000;
const OTHER_WAIT_MS = 300;
const SEATS_AT_MOST = 20;
const WITHOUT_WORDS = new Set(["chat:guest", "chat:visited"]);

/**
 * The seats of a browser: what belongs to one tab, but lasts when the tab is closed. A seat has
 * one guest at most, is one open tab's at a time (Web Locks see to that), and waits for the next
 * tab of the same person.
 */
export class Seats {
  #storage;
  #locks;
  #parts;

  /**
   * @param {{session: Storage, local: Storage}} storage the tab's own and the browser's
   * @param {LockManager} [locks] pages have none on plain http; each tab has a seat of its own then
   * @param {object} parts `newId()`, `now()`, `whenLeft()`, which resolves when the page is left,
   *   and `namesElsewhere()`: those of the guests in other tabs, where there are no locks
   */
  constructor(storage, locks, parts) {
    this.#storage = storage;
    this.#locks = storage.local instanceof MemoryStorage ? undefined : locks;
    this.#parts = parts;
  }

  /** Returns the seat that this tab has had, where it still has this owner; else null. */
  async takeOwn(owner = GUEST) {
    if (!this.#locks) return this.#temporarySeat(owner);
    const id = loadItem(this.#storage.session, SEAT_KEY);
    if (id === null) return storedGuest(this.#storage) ? this.#newSeat(owner) : null;
    if (this.#record(id)?.owner !== owner) return null;
    if (await this.#claim(id, OWN_WAIT_MS)) return this.#sitDown(id, owner);
    // Another tab has it: browsers copy a tab together with what it stores.
    this.#storage.session.removeItem(SEAT_KEY);
    return null;
  }

  /**
   * Returns the newest seat of a member that no tab has, or a new one. A member is one person in
   * all tabs: what was written in their others that are closed is there too.
   */
  async takeOf(owner) {
    const [newest, ...others] = await this.#free(this.#idsOf(owner));
    const seat = (newest && (await this.#takeFirst([newest], owner))) ?? (await this.#newSeat(owner));
    if (seat.isLasting) for (const id of others) await this.#empty(id, seat.storage.session);
    return seat;
  }

  /** Returns the newest free seat of a guest of this name, or a new one. */
  async takeNamed(name) {
    const named = this.#guests.filter((guest) => isSameName(guest.name, name));
    return (await this.#takeFirst(named.map(({ id }) => id), GUEST)) ?? this.#newSeat(GUEST);
  }

  /**
   * Returns the seat of the newest guest; null where there is none, another tab has it, or the
   * server has forgotten the guest.
   */
  async takeLatest() {
    const [latest] = this.#guests;
    return latest?.isKnown ? this.#takeFirst([latest.id], GUEST) : null;
  }

  /**
   * Returns what to call this tab's guest: `name`, and `taken`, the name of the newest guest, where
   * another tab has them. Both are empty where nobody is known.
   */
  async suggestName() {
    if (!this.#locks) return this.#suggestUnlocked();
    const own = loadItem(this.#storage.session, SEAT_KEY);
    const guests = await this.#withPresence();
    const mine = guests.find(({ id }) => id === own);
    const [latest] = guests;
    if (!latest?.isOpen || mine) return { name: (mine ?? latest)?.name ?? "", taken: "" };
    const open = guests.filter(({ isOpen }) => isOpen).map(({ name }) => name);
    const free = guests.find(({ name }) => !isAmong(name, open));
    return { name: free?.name ?? unlike(latest.name, open), taken: latest.name };
  }

  /** Returns whether another tab of this browser has a guest of this name. */
  async isOpenElsewhere(name) {
    if (!this.#locks) return isAmong(name, await this.#parts.namesElsewhere());
    const own = loadItem(this.#storage.session, SEAT_KEY);
    const guests = await this.#withPresence();
    return guests.some((each) => each.isOpen && each.id !== own && isSameName(each.name, name));
  }

  async #suggestUnlocked() {
    const name = guestName(this.#storage) ?? lastName(this.#storage);
    if (!name || guestName(this.#storage)) return { name, taken: "" };
    const open = await this.#parts.namesElsewhere();
    return isAmong(name, open) ? { name: unlike(name, open), taken: name } : { name, taken: "" };
  }

  /** Takes this tab's seat again, which it gave up when it was left; returns false where it is gone. */
  async retake() {
    const id = loadItem(this.#storage.session, SEAT_KEY);
    return !this.#locks || id === null || this.#claim(id, OWN_WAIT_MS);
  }

  /** The guests of all seats, `{id, name, isKnown}`, the last ones to sit down first. */
  get #guests() {
    const guestOf = (id) => {
      const seat = this.#of(id);
      return { id, name: guestName(seat), isKnown: storedGuest(seat) !== null };
    };
    return this.#idsOf(GUEST).map(guestOf).filter(({ name }) => name);
  }

  async #withPresence() {
    const free = await this.#free(this.#idsOf(GUEST));
    return this.#guests.map((guest) => ({ ...guest, isOpen: !free.includes(guest.id) }));
  }

  /** Returns those of the seats that no tab has now. */
  async #free(ids) {
    if (!this.#locks) return [];
    const { held } = await this.#locks.query();
    const names = new Set(held.map(({ name }) => name));
    return ids.filter((id) => !names.has(keyOf(id)));
  }

  async #takeFirst(ids, owner) {
    for (const id of ids) {
      if (await this.#claim(id, OTHER_WAIT_MS)) return this.#sitDown(id, owner);
    }
    return null;
  }

  async #newSeat(owner) {
    if (!this.#locks) return this.#temporarySeat(owner);
    const id = this.#parts.newId();
    if (!(await this.#claim(id, OTHER_WAIT_MS))) return this.#temporarySeat(owner);
    await this.#removeOld();
    return this.#sitDown(id, owner);
  }

  /** Keeps the seat until the page is left: resolves with false where it was not free in time. */
  #claim(id, wait) {
    return new Promise((resolve) => {
      const hold = () => {
        resolve(true);
        return this.#parts.whenLeft();
      };
      const options = { signal: AbortSignal.timeout(wait) };
      // Also refused where the browser denies its storage.
      this.#locks.request(keyOf(id), options, hold).catch(() => resolve(false));
    });
  }

  /** Makes a claimed seat this tab's; what the tab kept for itself until now moves along. */
  #sitDown(id, owner) {
    const { session, local } = this.#storage;
    const storage = { session: new SeatStorage(this.#of(id).session, session), local };
    const former = loadItem(session, SEAT_KEY);
    moveWords(session, storage.session);
    for (const key of lastingKeys(session)) moveItem(key, session, storage.session);
    // Somebody who signs in goes on with what they were writing as a guest.
    if (former && former !== id && owner !== GUEST && this.#record(former)?.owner === GUEST) {
      const guests = this.#of(former);
      disownEntries(guests.session, storedGuest(guests)?.id);
      moveWords(guests.session, storage.session);
    }
    storeItem(session, SEAT_KEY, id);
    storeItem(local, keyOf(id), { owner, at: this.#parts.now() });
    return { storage, isLasting: true };
  }

  /** Moves what was written in a seat to another, and removes it; not while a tab has it. */
  #empty(id, to) {
    const { session } = this.#of(id);
    return this.#locks.request(keyOf(id), { ifAvailable: true }, (lock) => {
      if (!lock) return;
      moveWords(session, to);
      this.#remove(id);
    });
  }

  /** What was typed as a guest in this tab goes along here too. */
  #temporarySeat(owner) {
    const { session } = this.#storage;
    if (owner !== GUEST) disownEntries(session, storedGuest(this.#storage)?.id);
    return { storage: this.#storage, isLasting: false };
  }

  /** Removes the oldest seats beyond a number, unless a tab has them, or something was not sent. */
  async #removeOld() {
    for (const id of await this.#free(this.#ids.slice(SEATS_AT_MOST))) {
      const keys = lastingKeys(this.#of(id).session);
      if (keys.every((key) => WITHOUT_WORDS.has(key) || key.startsWith(DRAFTED))) this.#remove(id);
    }
  }

  #remove(id) {
    const { session } = this.#of(id);
    for (const key of lastingKeys(session)) session.removeItem(key);
    this.#storage.local.removeItem(keyOf(id));
  }

  #idsOf(owner) {
    return this.#ids.filter((id) => this.#record(id)?.owner === owner);
  }

  get #ids() {
    const ids = keysOf(this.#storage.local).flatMap((key) => SEAT_ID.exec(key)?.[1] ?? []);
    return ids.sort((a, b) => (this.#record(b)?.at ?? 0) - (this.#record(a)?.at ?? 0));
  }

  #record(id) {
    return loadItem(this.#storage.local, keyOf(id));
  }

  #of(id) {
    const { local } = this.#storage;
    return storageFor(keyOf(id), { session: local, local });
  }
}

function keyOf(id) {
  return `chat:seat/${id}`;
}

function isSameName(one, other) {
  const [a, b] = [one, other].map((name) => name.trim().normalize("NFKC").toLowerCase());
  return a === b;
}

function isAmong(name, names) {
  return names.some((other) => isSameName(other, name));
}

/** Returns the name with the first number that makes it another than those. */
function unlike(name, others) {
  const base = name.replace(/ \d+$/u, "");
  for (let number = 2; ; number += 1) {
    const candidate = `${[...base].slice(0, 28).join("")} ${number}`;
    if (!isAmong(candidate, others)) return candidate;
  }
}
