import { mountTheme } from "./theme.js";

mountTheme();
