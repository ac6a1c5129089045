/** Of a page; everything is missing elsewhere. */
type Target = {
  addEventListener?: (event: string, listener: () => void) => void;
  removeEventListener?: (event: string, listener: () => void) => void;
};
type Page = Target & { document?: Target & { visibilityState: string } };

/**
 * Calls back when waiting on is likely to be a waste: the browser says that the network is back, or the page is looked at
 * again, after its timers may have slept. Outside of a browser it never does.
 * @returns a function that stops it
 */
export function onWake(listener: () => void): () => void {
  const page = globalThis as Page;
  const { document } = page;
  const look = () => {
    if (document?.visibilityState === 'visible') listener();
  };
  page.addEventListener?.('online', listener);
  document?.addEventListener?.('visibilitychange', look);
  return () => {
    page.removeEventListener?.('online', listener);
    document?.removeEventListener?.('visibilitychange', look);
  };
}
