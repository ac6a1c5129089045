/** Values of this tab where the browser blocks its storage: they end with the page. */
const memory = new Map<string, string>();

/** The storage of this tab; null where the browser blocks it, which makes even reading the property throw. */
function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

/** Whether this tab can keep nothing across a reload, because site data and cookies are blocked. */
export const isStorageBlocked = (): boolean => tabStorage() === null;

/** Returns a value of this tab; null when there is none. */
export const stored = (key: string): string | null => memory.get(key) ?? tabStorage()?.getItem(key) ?? null;

/** Keeps a value in this tab, across reloads if the browser allows that. */
export function store(key: string, value: string): void {
  memory.delete(key);
  try {
    const storage = tabStorage();
    if (storage === null) throw new Error('blocked');
    storage.setItem(key, value);
  } catch {
    // Blocked or full.
    memory.set(key, value);
  }
}

/** Removes a value of this tab. */
export function forget(key: string): void {
  memory.delete(key);
  tabStorage()?.removeItem(key);
}

/** Returns a value that all tabs of this browser share; null when there is none, or where the browser blocks its storage. */
export function storedHere(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a value for all tabs of this browser. @returns false if it is blocked or full */
export function storeHere(key: string, value: string): boolean {
  try {
    window.localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
