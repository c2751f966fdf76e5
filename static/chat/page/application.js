import { Application } from "./rooms/application.js";

/**
 * Starts the list of rooms and what belongs to it, which the page of a room (room.js) loads once
 * somebody has several rooms.
 */
export function startApplication(page) {
  new Application(page);
}
