import { textsHandedOver } from "../logic/handover.js";

/** Makes what was handed over from the site's former address a draft. */
export function takeHandover(drafts) {
  const texts = textsHandedOver(location);
  if (texts.length > 0) drafts.add(...texts);
  if (location.search === "?moved") history.replaceState(null, "", location.pathname);
}
