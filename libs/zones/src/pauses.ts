/** Work between two turns of the event loop, ms. */
const SLICE_MS = 5;

/** Returns a function to call between parts of long work: it lets others have their turn when the work has lasted a while. */
export function pauses(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}
