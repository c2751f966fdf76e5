const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const DAY_MS = 24 * 60 * 60 * 1000;

export function timeText(date) {
  return TIME.format(date);
}

export function fullTimeText(date) {
  return FULL.format(date);
}

/** Returns the local day as a key that sorts: "2030-01-31". */
export function dayKey(date) {
  const pad = (number, length) => String(number).padStart(length, "0");
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}

/** Returns a day in words, relative to `now`. */
export function dayText(key, now) {
  if (key === dayKey(now)) return "Today";
  if (key === dayKey(new Date(now.getTime() - DAY_MS))) return "Yesterday";
  const date = new Date(`${key}T12:00`);
  const format = date.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR;
  return format.format(date);
}
