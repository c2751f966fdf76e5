import { loadApplication } from "./later.js";

/**
 * Loads what shows the list of rooms (../application.js), once somebody has several rooms:
 * members always may, guests when they have visited some; or belongs to one, and may leave it.
 */
export function mountApplication(page) {
  const { chat, visited, signedIn } = page;
  let isMounted = false;
  const mount = async ({ my }) => {
    if (isMounted || !(signedIn || my || visited.all.length > 1)) return;
    isMounted = true;
    const { startApplication } = await loadApplication();
    startApplication(page);
  };
  chat.on("joined", ({ info }) => {
    visited.note(info);
    mount(info).catch(() => (isMounted = false));
  });
  chat.on("refused", ({ room, error }) => error.code === "not_found" && visited.forget(room));
}
