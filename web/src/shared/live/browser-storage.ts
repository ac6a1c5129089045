/** The storage of this browser, across tabs; null where the browser blocks it. */
function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Returns a value of this browser; null when there is none. */
export const kept = (key: string): string | null => browserStorage()?.getItem(key) ?? null;

/** Keeps a value in this browser, across tabs, if the browser allows that. */
export function keep(key: string, value: string): void {
  try {
    browserStorage()?.setItem(key, value);
  } catch {
    // Full: what is kept here is a convenience only.
  }
}
