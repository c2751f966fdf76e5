import { mountPopovers } from "./parts/popovers.js";
import { mountTheme } from "./parts/theme.js";

mountPopovers();
mountTheme();
