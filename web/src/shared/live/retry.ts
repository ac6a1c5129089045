/** Delay before a failed request is retried, ms. */
export const RETRY_MS = 3_000;

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
