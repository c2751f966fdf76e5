import { Application } from "./rooms/application.js";

export { openPicker } from "./actions/picker.js";
export { askPassword } from "./parts/password.js";
export { mountRename } from "./parts/rename.js";
export { findCommands } from "./rooms/commands.js";
export { showKeys } from "./rooms/keyhelp.js";

/**
 * Starts the list of rooms and what belongs to it, which the page of a room (room.js) loads once
 * somebody has several rooms. Whoever has one loads this module when they need what it exports.
 */
export function startApplication(page) {
  new Application(page);
}
