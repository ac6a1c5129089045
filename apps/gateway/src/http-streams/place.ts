import type { ServiceState } from '#protocol';

/** From where a client continues, and the state of the service that it knows. */
export type Place = { after: string | null; service: ServiceState['state'] };

/** Ends the `after` of a polling client that knows that the service is degraded: there is nothing else to keep it in. */
const DEGRADED = '~degraded';

/** Reads the `after` that {@link formatPlace} wrote; null or empty for the beginning. */
export function parsePlace(after: string | null): Place {
  const service = after?.endsWith(DEGRADED) ? 'degraded' : 'ok';
  const id = service === 'ok' ? after : after!.slice(0, -DEGRADED.length);
  return { after: id === '' ? null : id, service };
}

/** Writes the `after` with which a polling client continues. */
export const formatPlace = ({ after, service }: Place): string | null =>
  service === 'ok' ? after : `${after ?? ''}${DEGRADED}`;
