import { translate } from "./translate.js";

// A day is a date without a place: it is written out without any zone.
const DAY = dayFormat({ weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = dayFormat({ dateStyle: "long" });
const DAY_MS = 24 * 60 * 60 * 1000;
const QUICK_EDIT_MS = 60_000;

// In winter and summer: two zones that people travel between differ in one of them.
const PROBES = [new Date("2027-01-01T00:00Z"), new Date("2027-07-01T00:00Z")];

/** The formats for the zone of the computer: each keeps the zone that it was made in. */
let formats = localFormats();
let followed = formats;

/**
 * Returns true once after the computer came into another zone: what was written before has to be
 * written anew.
 */
export function followZone() {
  if (systemZone() !== formats.zone) formats = localFormats();
  const isOther = localNow() !== followed;
  followed = formats;
  return isOther;
}

/** Returns a time as `{before, clock, after}`: around the hour and minute may stand "PM" and such. */
export function timeParts(date) {
  const parts = localNow().time.formatToParts(date);
  const [start, end] = ["hour", "minute"].map((wanted) => parts.findIndex(({ type }) => type === wanted));
  const text = (from, to) => parts.slice(from, to).map(({ value }) => value).join("");
  return { before: text(0, start), clock: text(start, end + 1), after: text(end + 1) };
}

export function timeText(date) {
  return localNow().time.format(date);
}

/** Returns true for an edit that others may have noticed; a quick correction is none. */
export function isLateEdit({ at, edited_at }) {
  return Boolean(edited_at) && Date.parse(edited_at) - Date.parse(at) > QUICK_EDIT_MS;
}

export function fullTimeText(date) {
  return localNow().full.format(date);
}

/** Returns the local day as a key that sorts: "2030-01-31". */
export function dayKey(date) {
  const parts = localNow().day.formatToParts(date).map(({ type, value }) => [type, value]);
  const { year, month, day } = Object.fromEntries(parts);
  return `${year.padStart(4, "0")}-${month}-${day}`;
}

/** Returns a day in words, relative to `now`. */
export function dayText(key, now) {
  const today = dayKey(now);
  if (key === today) return translate("today");
  if (key === dayBefore(today)) return translate("yesterday");
  const format = key.slice(0, 4) === today.slice(0, 4) ? DAY : DAY_AND_YEAR;
  return format.format(new Date(key));
}

/** Counts in days of the calendar, since a local day may have 23 or 25 hours. */
function dayBefore(key) {
  return new Date(Date.parse(key) - DAY_MS).toISOString().slice(0, 10);
}

function dayFormat(options) {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
}

/** To ask for the name of the zone each time would take longer than to write a date. */
function localNow() {
  if (systemOffsets() !== formats.offsets) formats = localFormats();
  return formats;
}

function localFormats() {
  return {
    offsets: systemOffsets(),
    zone: systemZone(),
    time: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
    full: new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" }),
    day: new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }),
  };
}

function systemZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function systemOffsets() {
  return PROBES.map((date) => date.getTimezoneOffset()).join();
}
