import { loadApplication } from "./later.js";

/**
 * Loads what shows the list of rooms (../application.js), once somebody has several rooms:
 * members always may, guests when they have visited some.
 */
export function mountApplication(page) {
  const { chat, views, visited, signedIn } = page;
  let isMounted = false;
  const mount = async () => {
    if (isMounted || !(signedIn || visited.all.length > 1)) return;
    isMounted = true;
    const { startApplication } = await loadApplication();
    startApplication(page);
  };
  chat.on("joined", ({ info }) => {
    visited.note(info, [...(views.find(info.slug)?.slugs ?? [])]);
    mount().catch(() => (isMounted = false));
  });
}
