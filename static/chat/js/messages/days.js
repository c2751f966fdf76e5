import { copyOf, part } from "../dom.js";
import { dayText } from "../logic/times.js";

/** The section of a day, made in front of `next` where there is none yet. */
export function dayElement(stream, key, next) {
  const known = stream.querySelector(`[data-day="${key}"]`);
  if (known) return known;
  const day = copyOf("day-template");
  day.dataset.day = key;
  part("time", day).dateTime = key;
  nameDay(day);
  stream.insertBefore(day, next ?? null);
  return day;
}

/** Names a day as it is called now: what was today is yesterday tomorrow. */
export function nameDay(day) {
  part("time", day).textContent = dayText(day.dataset.day, new Date());
}
