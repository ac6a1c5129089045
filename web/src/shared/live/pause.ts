/** So long until something is asked again that got no answer. */
export const TRY_AGAIN_MS = 3_000;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
