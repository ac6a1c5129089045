import { type ComponentType, lazy } from 'react';

const WAIT_MS = 2_000;

/** As React's `lazy`, for a network that comes and goes: what did not load is asked for again until it does. */
export const lazyWithRetry = <Props>(load: () => Promise<{ default: ComponentType<Props> }>) =>
  lazy(() => patiently(load));

function patiently<T>(load: () => Promise<T>): Promise<T> {
  return load().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return patiently(load);
  });
}
