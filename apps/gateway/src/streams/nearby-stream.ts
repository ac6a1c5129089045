import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { cellRoom, type NearbyWatch } from '#protocol';
import type { Hub, Listener } from '#realtime';
import type { Sight } from '../sight.js';
import type { Sink } from './sink.js';

/**
 * The cars around a pin, without identities: a snapshot, then frames of what changes. Who polls has no use for frames
 * and gets the next snapshot when something has changed.
 * @param after null for the first snapshot, and for one who keeps the connection
 */
export async function streamNearby(
  { hub, sight }: { hub: Hub; sight: Sight },
  area: NearbyWatch,
  after: string | null,
  sink: Sink,
): Promise<Listener> {
  const snapshot = async () => {
    const now = Date.now();
    sink.send('snapshot', { cars: await sight.cars(area, now) }, String(now));
  };
  /** frames that came before the snapshot; null after it */
  let early: object[] | null = [];
  const listener = hub.listen('/rider', {
    event: (_, frame) => {
      if (after !== null) void snapshot().catch(() => sink.close());
      else if (early === null) sink.send('cars', frame as object);
      else early.push(frame as object);
    },
    closed: () => sink.close(),
  });
  await listener.join(coverCircle(area, area.radiusM, NEARBY_RESOLUTION).map(cellRoom));
  if (after !== null) return listener;
  await snapshot();
  for (const frame of early) sink.send('cars', frame);
  early = null;
  return listener;
}
