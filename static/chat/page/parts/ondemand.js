import { translate } from "../logic/translate.js";
import { showToast } from "./toast.js";
import { loadApplication } from "./later.js";

/** Calls `action` with what ../application.js exports; says so where that cannot be loaded. */
export async function useApplication(action) {
  const module = await loadApplication().catch(() => null);
  if (module) action(module);
  else showToast(translate("notLoadedYet"));
}
