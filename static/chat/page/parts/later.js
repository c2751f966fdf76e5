import { translate } from "../logic/translate.js";
import { showToast } from "./toast.js";
import { part } from "./dom.js";

const loading = {};
let attempts = 0;

/**
 * Resolves with the module ../later.js, which is loaded once. A failure is forgotten: the next call
 * tries again. No module may await this while it is evaluated, as that module may need it.
 */
export function loadLater() {
  return loadOnce("later");
}

/** Resolves with the module ../application.js, as `loadLater` does with the other. */
export function loadApplication() {
  return loadOnce("application");
}

function loadOnce(name) {
  loading[name] ??= load(name);
  return loading[name];
}

async function load(name) {
  // Some browsers remember that an address could not be loaded.
  const address = part("rooms-shown").dataset[name] + (attempts > 0 ? `?attempt=${attempts}` : "");
  try {
    return await import(address);
  } catch (error) {
    attempts += 1;
    delete loading[name];
    throw error;
  }
}

/** The rest of the page (../later.js), which is loaded once one is in the room. */
export class Later {
  #view;
  #parts = null;
  #typedIn = null;

  /** @param {RoomView} view what `mountLater` is called with */
  constructor(view) {
    this.#view = view;
    const { chat, root } = view;
    // After the messages are painted; where it fails, again when the connection is back.
    chat.on("joined", () => requestAnimationFrame(() => setTimeout(() => this.#load())));
    root.addEventListener("input", ({ target }) => (this.#typedIn = target));
  }

  /** What `mountLater` has returned; null before it is there. */
  get parts() {
    return this.#parts;
  }

  /** Calls `action(parts)`, at once where it is there; says so where it cannot be loaded. */
  async use(action) {
    const parts = this.#parts ?? (await this.#load());
    if (parts) action(parts);
    else showToast(translate("notLoadedYet"));
  }

  /** Resolves with `parts`, null where it cannot be loaded now. */
  async #load() {
    const module = await loadLater().catch(() => null);
    if (module && !this.#parts) this.#mount(module);
    return this.#parts;
  }

  #mount({ mountLater }) {
    this.#parts = mountLater(this.#view);
    // What was typed meanwhile may begin a name.
    if (this.#typedIn === document.activeElement) this.#typedIn?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
