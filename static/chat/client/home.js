/**
 * The address that this library was fetched from, or null where that says nothing about the site:
 * the linked files have their own instead of this one (chat/clientlibrary/files.py).
 */
export const home = null;
