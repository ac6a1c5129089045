import type { ServiceState } from '#protocol';
import { RiderClient } from '#sdk';
import type { Fleet } from './fleet.js';

type State = ServiceState['state'];

/**
 * Notes when each rider and dispatcher learns of each state of the service first.
 * @returns the time from a moment, epoch ms, until the last of them knew; infinite while one does not
 */
export function noteServiceStates({ riders, dispatchers }: Fleet): (state: State, since: number) => number {
  const learnedAt = [...riders, ...dispatchers].map(({ client }) => {
    const times: Record<State, number> = { degraded: Number.POSITIVE_INFINITY, ok: Number.POSITIVE_INFINITY };
    const note = ({ state }: ServiceState) => {
      times[state] = Math.min(times[state], Date.now());
    };
    if (client instanceof RiderClient) client.on('service', note);
    else client.on('service', note);
    return times;
  });
  return (state, since) => Math.max(...learnedAt.map((times) => times[state] - since));
}
