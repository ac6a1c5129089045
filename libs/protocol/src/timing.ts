export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Interval at which an idle event stream gets a comment line, so that clients and proxies see that it is alive. */
export const STREAM_HEARTBEAT_MS = 5_000;
/** Time after which long polling is answered without events. */
export const POLL_ANSWER_MS = 25_000;

/** Age above which a vehicle in a frame says when its position was received. Most are as young as the frame. */
export const FRESH_MS = 2_000;
