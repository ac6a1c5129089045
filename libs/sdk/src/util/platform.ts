/** Globals of a browser page; all of them are missing elsewhere. */
type Target = {
  addEventListener?: (event: string, listener: () => void) => void;
  removeEventListener?: (event: string, listener: () => void) => void;
};
type Page = Target & { document?: Target & { visibilityState: string } };

/**
 * Calls the listener when waiting longer is probably pointless: the network is back, or the page is visible again after
 * the browser may have throttled its timers, frozen it or kept it in its history. Never calls it outside a browser.
 * @returns a function that removes the listener
 */
export function onWake(listener: () => void): () => void {
  const page = globalThis as Page;
  const { document } = page;
  const onVisibility = () => {
    if (document?.visibilityState === 'visible') listener();
  };
  for (const event of ['online', 'pageshow']) page.addEventListener?.(event, listener);
  for (const event of ['visibilitychange', 'resume']) document?.addEventListener?.(event, onVisibility);
  return () => {
    for (const event of ['online', 'pageshow']) page.removeEventListener?.(event, listener);
    for (const event of ['visibilitychange', 'resume']) document?.removeEventListener?.(event, onVisibility);
  };
}

/** Returns 128 random bits in hex. Pages without HTTPS have no `crypto.randomUUID`. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
