const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Milliseconds to wait before the given attempt (0 is the first), with full jitter, so that
 * a thousand clients of a restarted server do not come back in step.
 * (Exponential Backoff And Jitter, AWS Architecture Blog.)
 */
export function backoffDelay(attempt, random = Math.random) {
  return Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
}
