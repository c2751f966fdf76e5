/** What a chat tells through `on`; types.js says what comes with each. */
export const EVENTS = [
  ...["state", "welcome", "site", "refused", "error"],
  ...["joined", "reset", "message", "history", "presence", "typing", "room", "outbox"],
];
