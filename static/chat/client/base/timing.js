const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Returns how many milliseconds ago `time` was. Where the clock was set back to before it nobody
 * knows, and the result is Infinity: a wait would else last until the clock is there again.
 */
export function elapsedSince(time, clock) {
  const elapsed = clock.now() - time;
  return elapsed < 0 ? Infinity : elapsed;
}

/**
 * Returns the milliseconds to wait before an attempt (0 is the first): exponential backoff with
 * full jitter, so that a thousand clients of a restarted server do not reconnect in step.
 * (Exponential Backoff And Jitter, AWS Architecture Blog.)
 */
export function backoffDelay(attempt, random = Math.random) {
  return Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
}
