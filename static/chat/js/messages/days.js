import { copyOf, part } from "../dom.js";
import { dayText } from "../logic/times.js";

/** The section of a day, made in front of `next` where there is none yet. */
export function dayElement(stream, key, next) {
  const known = stream.querySelector(`[data-day="${key}"]`);
  if (known) return known;
  const day = copyOf("day-template");
  day.dataset.day = key;
  part("time", day).dateTime = key;
  stream.insertBefore(day, next ?? null);
  nameDays(stream);
  return day;
}

/** Names the days as they are called now: what was today is yesterday tomorrow. */
export function nameDays(stream) {
  const now = new Date();
  for (const day of stream.querySelectorAll(".day")) {
    part("time", day).textContent = dayText(day.dataset.day, now);
  }
}
