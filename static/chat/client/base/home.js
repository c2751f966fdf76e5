/**
 * The address that this library was loaded from, or null where that says nothing about the site:
 * linked files have their own instead of this one (chat/clientlibrary/files.py).
 */
export const home = null;
