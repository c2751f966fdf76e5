import { mountTheme } from "./parts/theme.js";

mountTheme();
