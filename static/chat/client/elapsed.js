/**
 * How many milliseconds ago a time of the clock was. Where the clock was set back behind it nobody
 * knows, and it is taken for long ago: who waits would else wait until the clock is there again.
 */
export function since(time, clock) {
  const passed = clock.now() - time;
  return passed < 0 ? Infinity : passed;
}
