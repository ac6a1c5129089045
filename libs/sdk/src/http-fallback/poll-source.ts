import { backoffMs } from '../connection/backoff.js';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { limited, sleep } from '../connection/retry.js';
import { send } from './http.js';
import type { OpenSource, SourceEvent } from './source.js';

/** The service answers after 25 s, with or without news. */
const MAX_WAIT_MS = 35_000;
/** Where much is told, it is asked for this often and no more. */
const PACE_MS = 250;
/** Tries that fail one after the other before this way is given up. */
const MAX_FAILURES = 3;

/** Long polling: each answer says where the next one goes on. */
export const openPoll: OpenSource = ({ url, path, token }, from, hears) => {
  const closing = new AbortController();
  const address = `${url}/api/poll/${path}${path.includes('?') ? '&' : '?'}after=`;
  let after = from;

  const ask = async (signal: AbortSignal) => {
    const headers = { authorization: `Bearer ${await token()}` };
    return send<Answer>(`${address}${encodeURIComponent(after ?? '')}`, 'GET', undefined, {
      signal,
      headers,
    });
  };
  const poll = async () => {
    const answer = await limited(ask, MAX_WAIT_MS, closing.signal);
    for (const event of answer.events) if (!closing.signal.aborted) hears.event(event);
    after = answer.after;
  };
  const run = async () => {
    for (let failures = 0; !closing.signal.aborted; ) {
      const next = sleep(PACE_MS);
      try {
        await poll();
        failures = 0;
        await next;
      } catch (error) {
        if (closing.signal.aborted) return;
        if (isFinal(error)) return hears.refused(error as HexfleetError);
        failures += 1;
        if (failures >= MAX_FAILURES) return hears.failed((error as Error).message);
        await sleep(backoffMs(failures, Math.random()));
      }
    }
  };
  void run();
  return { close: () => closing.abort() };
};

type Answer = { events: SourceEvent[]; after: string | null };
