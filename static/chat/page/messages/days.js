import { dayText } from "../logic/times.js";
import { copyOf, part } from "../parts/dom.js";

const STICKS_AT_PX = 8;
const REST_MS = 1_000;

/** Returns the section of a day; where there is none yet, adds it before `next`. */
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

/**
 * Marks a label as stuck while the top of the box, where it sticks, cuts it by a margin. It is
 * marked from the start: else it would be seen over a text until the first report.
 */
function watchLabel(label, box) {
  const update = (entries) => label.classList.toggle("stuck", entries.at(-1).intersectionRatio < 1);
  const rootMargin = `-${STICKS_AT_PX + 1}px 0px 0px`;
  new IntersectionObserver(update, { root: box, rootMargin, threshold: 1 }).observe(label);
}

/** Writes the names of the days anew: at midnight today becomes yesterday. */
export function nameDays(stream) {
  const now = new Date();
  for (const day of stream.querySelectorAll(".day")) {
    const time = part("time", day);
    const text = dayText(day.dataset.day, now);
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Shows the name of a day above the messages only while somebody scrolls, and a second longer. */
export class DayNames {
  #box;
  #timer = null;

  constructor(box) {
    this.#box = box;
    this.#rest();
  }

  reveal() {
    clearTimeout(this.#timer);
    this.#box.classList.remove("resting");
    this.#timer = setTimeout(() => this.#rest(), REST_MS);
  }

  #rest() {
    this.#box.classList.add("resting");
  }
}
