import { type ComponentType, lazy } from 'react';

const RETRY_MS = 2_000;

/** React's `lazy` for unreliable networks: retries the import until it succeeds. */
export const lazyWithRetry = <Props>(load: () => Promise<{ default: ComponentType<Props> }>) =>
  lazy(() => withRetry(load));

/** Retries an import until it succeeds. */
export function withRetry<T>(load: () => Promise<T>): Promise<T> {
  return load().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return withRetry(load);
  });
}
