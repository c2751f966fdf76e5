import assert from "node:assert/strict";
import { test } from "node:test";

import { dayKey, dayText, followZone, timeParts } from "../../../static/chat/page/logic/times.js";

/** Moves the computer to a zone, which the page has noticed. */
function travelTo(zone) {
  process.env.TZ = zone;
  followZone();
}

/** Returns what the two days before `now` are called. */
function daysBefore(now, ...keys) {
  return keys.map((key) => dayText(key, new Date(now)));
}

test("days have the names people use", () => {
  travelTo("UTC");
  const [today, yesterday, sameYear, yearBefore] = daysBefore(
    "2030-05-15T12:00Z",
    ...["2030-05-15", "2030-05-14", "2030-05-01", "2029-05-01"],
  );
  assert.deepEqual([today, yesterday], ["Today", "Yesterday"]);
  assert.match(sameYear, /May/);
  assert.match(yearBefore, /2029/);
  assert.match(dayText("2029-12-30", new Date("2030-01-01T12:00Z")), /2029/);
});

test("yesterday is the day before in the calendar, however long days are", () => {
  travelTo("Europe/Berlin");
  // Sunday 28 March 2027 had 23 hours, Sunday 31 October 25.
  const spring = daysBefore("2027-03-29T00:30:00+02:00", "2027-03-28", "2027-03-27");
  assert.equal(spring[0], "Yesterday");
  assert.match(spring[1], /27/);
  assert.deepEqual(daysBefore("2027-10-31T23:30:00+01:00", "2027-10-31", "2027-10-30"), [
    "Today",
    "Yesterday",
  ]);
  assert.equal(dayText("2027-12-31", new Date("2028-01-01T00:00:00+01:00")), "Yesterday");
  assert.equal(dayText("2028-02-29", new Date("2028-03-01T00:00:01+01:00")), "Yesterday");
});

test("a day is named after its date wherever its midnight does not exist", () => {
  travelTo("Africa/Cairo");
  const name = dayText("2027-04-30", new Date("2027-05-20T12:00Z"));
  assert.match(name, /30/);
});

test("a day belongs to the zone of the computer", () => {
  travelTo("Pacific/Kiritimati");
  assert.equal(dayKey(new Date("2030-01-02T11:00Z")), "2030-01-03");
  travelTo("America/Los_Angeles");
  assert.equal(dayKey(new Date("2030-01-02T07:59Z")), "2030-01-01");
});

test("times and days follow the zone of the computer together", () => {
  travelTo("America/Los_Angeles");
  const at = new Date("2030-01-02T20:05Z");
  assert.equal(dayKey(at), "2030-01-02");
  process.env.TZ = "Asia/Tokyo";
  assert.match(timeParts(at).clock, /5:05/);
  assert.equal(dayKey(at), "2030-01-03");
});

test("a time is written as people write it, the half of the day apart", () => {
  travelTo("UTC");
  const { before, clock, after } = timeParts(new Date("2030-01-02T14:05Z"));
  assert.match(clock, /^(2|14)[^0-9]05$/);
  assert.match(before + after, clock.startsWith("2") ? /[A-Z]/ : /^$/);
});

test("another zone is noticed once, also one with the same time", () => {
  travelTo("Asia/Tokyo");
  for (const zone of ["Asia/Seoul", "America/Los_Angeles"]) {
    process.env.TZ = zone;
    assert.equal(followZone(), true);
    assert.equal(followZone(), false);
  }
});
