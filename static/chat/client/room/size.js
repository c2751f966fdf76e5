import { ChatError } from "../base/errors.js";

const LONGEST_CHARACTER = 6; // bytes, as JSON writes it: \u0000

/**
 * Returns the refusal of a command that is longer than a frame may be, else null. The server would
 * close the connection for it, and again each time that it is sent.
 *
 * @param {{body: string}} command
 * @param {{body: number, frame: number}} limits
 */
export function refusalOfSize(command, limits) {
  if (String(command.body).length * LONGEST_CHARACTER < limits.frame / 2) return null;
  const bytes = new TextEncoder().encode(JSON.stringify(command)).length;
  if (bytes <= limits.frame) return null;
  return new ChatError("too_long", `This message is too long. Send it in parts of up to ${limits.body} characters.`);
}
