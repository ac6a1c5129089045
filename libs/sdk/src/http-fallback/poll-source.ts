import { POLL_ANSWER_MS } from '#protocol';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { backoffMs } from '../connection/reconnect-policy.js';
import { withTimeout } from '../connection/retry.js';
import { sleep } from '../util/event-promise.js';
import { request } from './http.js';
import type { OpenSource, SourceEvent } from './source.js';

/** Leaves ten seconds for the network. */
const ANSWER_TIMEOUT_MS = POLL_ANSWER_MS + 10_000;
/** Minimum time between two requests, however many events there are. */
const MIN_INTERVAL_MS = 250;
/** Failures in a row before the source gives up. */
const MAX_FAILURES = 3;

/** Long polling: each answer has the id from which the next request resumes. */
export const openPoll: OpenSource = ({ url, path, token }, from, handlers) => {
  const closing = new AbortController();
  const address = `${url}/api/poll/${path}${path.includes('?') ? '&' : '?'}after=`;
  let after = from;

  const send = async (signal: AbortSignal) => {
    const headers = { authorization: `Bearer ${await token()}` };
    return request<Answer>(`${address}${encodeURIComponent(after ?? '')}`, 'GET', undefined, {
      signal,
      headers,
    });
  };
  const poll = async () => {
    const answer = await withTimeout(send, ANSWER_TIMEOUT_MS, closing.signal);
    for (const event of answer.events) if (!closing.signal.aborted) handlers.event(event);
    after = answer.after;
  };
  const run = async () => {
    for (let failures = 0; !closing.signal.aborted; ) {
      const next = sleep(MIN_INTERVAL_MS);
      try {
        await poll();
        failures = 0;
        await next;
      } catch (error) {
        if (closing.signal.aborted) return;
        if (isFinal(error)) return handlers.refused(error as HexfleetError);
        failures += 1;
        if (failures >= MAX_FAILURES) return handlers.failed((error as Error).message);
        await sleep(backoffMs(failures, Math.random()));
      }
    }
  };
  void run();
  return { close: () => closing.abort() };
};

type Answer = { events: SourceEvent[]; after: string | null };
