/** Delay before a failed request is retried, ms. */
export const RETRY_MS = 3_000;
