import assert from "node:assert/strict";
import { test } from "node:test";

import { hueOf, initialOf } from "../../../static/chat/page/logic/avatar.js";
import { PresenceSummary } from "../../../static/chat/page/logic/presence.js";
import { roomPath } from "../../../static/chat/page/logic/roompath.js";
import { countCharacters, isEmojiOnly, trimBody } from "../../../static/chat/page/logic/text.js";
import { Unread } from "../../../static/chat/page/logic/unread.js";
import {
  failureText,
  nameList,
  newMessagesText,
  peopleText,
  roomLeftText,
  secondsUntil,
  titleText,
  typingWords,
} from "../../../static/chat/page/logic/words.js";

test("a few emoji alone are shown large", () => {
  for (const text of ["👍", "👍🏽", "👩‍👩‍👧 🏳️‍🌈", "❤️", "🇷🇴🇩🇪"]) assert.ok(isEmojiOnly(text), text);
  for (const text of ["❤️‍🔥", "🕵🏽‍♀️", "🏴‍☠️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👁️‍🗨️", "1️⃣", "👩🏽‍❤️‍💋‍👨🏿 ⌚"]) {
    assert.ok(isEmojiOnly(text), text);
  }
  for (const text of ["❤", "🇷", "1\uFE0F", "©", "👍\u200Da"]) assert.ok(!isEmojiOnly(text), text);
  for (const text of ["", " ", "1", "#", "ok 👍", "👍".repeat(7)]) {
    assert.ok(!isEmojiOnly(text), text);
  }
});

test("characters are counted as the server counts them", () => {
  assert.equal(countCharacters("a👍é"), 3);
});

test("an initial is the first grapheme", () => {
  assert.equal(initialOf("ana"), "A");
  assert.equal(initialOf("👩‍👧 x"), "👩‍👧");
  assert.equal(initialOf("ليلى"), "ل");
});

test("blank lines around a message are removed, indentation is not", () => {
  assert.equal(trimBody("\n  \n  code\n    more\n\n "), "  code\n    more");
  assert.equal(trimBody(" \n\t "), "");
});

test("a person always has the same hue", () => {
  assert.equal(hueOf("p-ana"), hueOf("p-ana"));
  const hues = new Set(Array.from({ length: 50 }, (_, n) => hueOf(`person-${n}`)));
  assert.ok(hues.size > 40);
});

const user = (name) => ({ id: name, name, kind: "guest" });
const users = (...names) => names.map(user);
const plain = (words) => words.map((word) => word.name ?? word).join("");

test("names are listed, and many are gathered", () => {
  assert.equal(plain(nameList(users("Ana"))), "Ana");
  assert.equal(plain(nameList(users("Ana", "Ion"))), "Ana and Ion");
  assert.equal(plain(nameList(users("Ana", "Ion", "Mia"))), "Ana, Ion and Mia");
  assert.equal(plain(nameList(users("Ana", "Ion", "Mia", "Ben", "Eva"))), "Ana, Ion and 3 others");
});

test("names are separate from the words around them", () => {
  const [ana, maryam] = [{ ...user("Ana"), kind: "member" }, user("مريم")];
  assert.deepEqual(typingWords([ana, maryam]), [
    { name: "Ana", kind: "member" },
    " and ",
    { name: "مريم", kind: "guest" },
    " are typing",
  ]);
});

test("counts are shown in words", () => {
  assert.equal(plain(typingWords([])), "");
  assert.equal(plain(typingWords(users("Ana"))), "Ana is typing");
  assert.equal(plain(typingWords(users("Ana", "Ion"))), "Ana and Ion are typing");
  assert.equal(plain(typingWords(users("a", "b", "c", "d"))), "Several people are typing");
  assert.equal(peopleText(1), "1 person here");
  assert.equal(peopleText(2), "2 people here");
  assert.equal(newMessagesText(0), "");
  assert.equal(newMessagesText(1), "1 new message");
  assert.equal(newMessagesText(2), "2 new messages");
  assert.equal(titleText({ unread: 0, room: "Lobby", site: "Chat" }), "Lobby – Chat");
  assert.equal(titleText({ unread: 3, room: "Lobby", site: "Chat" }), "(3) Lobby – Chat");
  assert.equal(titleText({ unread: 22, mentions: 2, room: "Lobby", site: "Chat" }), "(@2) Lobby – Chat");
  assert.equal(secondsUntil(4_200, 1_000), 4);
  assert.equal(secondsUntil(900, 1_000), 1);
});

test("the characters left are shown near the limit and beyond it", () => {
  assert.equal(roomLeftText(200, 4000), "");
  assert.equal(roomLeftText(199, 4000), "199 characters left");
  assert.equal(roomLeftText(0, 4000), "0 characters left");
  assert.equal(roomLeftText(-199, 4000), "199 characters too long");
  assert.equal(roomLeftText(20, 100), "");
  assert.equal(roomLeftText(19, 100), "19 characters left");
  assert.equal(roomLeftText(Infinity, Infinity), "");
});

const moves = (changes) => ({ arrived: [], left: [], renamed: [], ...changes });

test("presence is collected into one line for five minutes", () => {
  const line = new PresenceSummary(0);
  line.add(moves({ arrived: [user("Ana")] }));
  assert.equal(plain(line.words), "Ana connected");
  line.add(moves({ arrived: [user("Ion")], left: [user("Mia")] }));
  assert.equal(plain(line.words), "Ana and Ion connected · Mia disconnected");
  assert.ok(line.isOpenAt(4 * 60_000));
  assert.ok(!line.isOpenAt(6 * 60_000));
});

test("only somebody's last move is shown", () => {
  const line = new PresenceSummary(0);
  line.add(moves({ arrived: [user("Ana")] }));
  line.add(moves({ left: [user("Ana")] }));
  assert.equal(plain(line.words), "Ana disconnected");
});

test("another name is shown beside the one known before", () => {
  const named = (name, id) => ({ ...user(name), id });
  const renamed = (former, name, id = "a") => moves({ renamed: [{ user: named(name, id), former }] });
  const line = new PresenceSummary(0);
  line.add(renamed("Ana", "Bea"));
  assert.equal(plain(line.words), "Ana is now Bea");
  line.add(renamed("Bea", "Cleo"));
  line.add(moves({ arrived: [named("Ion", "i")] }));
  assert.equal(plain(line.words), "Ion connected · Ana is now Cleo");
  line.add(renamed("Ion", "Jon", "i"));
  assert.equal(plain(line.words), "Jon connected · Ana is now Cleo");
  line.add(renamed("Cleo", "Ana"));
  line.add(moves({ left: [named("Mia", "m")] }));
  assert.equal(plain(line.words), "Jon connected · Mia disconnected");
});

test("messages count as unread only while nobody reads", () => {
  const counts = [];
  const unread = new Unread(() => counts.push(unread.count));
  assert.equal(unread.countMessage(), false);
  unread.setReading(false);
  assert.equal(unread.countMessage(), true);
  assert.equal(unread.countMessage(), false);
  unread.setReading(true);
  unread.setReading(true);
  assert.deepEqual(counts, [1, 2, 0]);
});

test("the path of a room has its slug, encoded", () => {
  assert.equal(roomPath("șah-club"), "/rooms/%C8%99ah-club/");
});

test("what was not sent says why in the words of the page, or of the server", () => {
  assert.equal(failureText({ code: "forbidden", message: "No." }), "No.");
  assert.match(failureText({ code: "too_long", message: "No." }), /too long/);
});
