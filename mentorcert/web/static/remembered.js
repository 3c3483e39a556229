/** Choices that this device remembers. Without storage (private windows, a full disk) they hold until the page is left. */

/** What was remembered, or null. */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Remember a text; null forgets it. */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // nothing to do: it is a convenience
  }
}
