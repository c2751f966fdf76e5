import { copyOf, part } from "../dom.js";
import { dayText } from "../logic/times.js";

const STICKS_AT_PX = 8;

/** The section of a day, made in front of `next` where there is none yet. */
export function dayElement(stream, key, next) {
  const known = stream.querySelector(`[data-day="${key}"]`);
  if (known) return known;
  const day = copyOf("day-template");
  day.dataset.day = key;
  part("time", day).dateTime = key;
  stream.insertBefore(day, next ?? null);
  watchLabel(part("label", day), stream.parentElement);
  nameDays(stream);
  return day;
}

/** A label at the top of the box, where it sticks, is cut by a margin and not whole any more. */
function watchLabel(label, box) {
  const seen = (entries) => label.classList.toggle("stuck", entries.at(-1).intersectionRatio < 1);
  const rootMargin = `-${STICKS_AT_PX + 1}px 0px 0px`;
  new IntersectionObserver(seen, { root: box, rootMargin, threshold: 1 }).observe(label);
}

/** Names the days as they are called now: what was today is yesterday tomorrow. */
export function nameDays(stream) {
  const now = new Date();
  for (const day of stream.querySelectorAll(".day")) {
    part("time", day).textContent = dayText(day.dataset.day, now);
  }
}
