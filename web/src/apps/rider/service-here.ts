import { distanceM } from '#geo';
import type { Position, Zone } from '#protocol';
import { keepName } from '../../shared/live/city-places.js';
import type { MapAdapter } from '../../shared/map/adapter.js';
import { withRetry } from '../../shared/ui/lazy-with-retry.js';
import type { ServiceArea } from './service-area.js';
import type { RiderSession } from './session.js';
import type { RiderState } from './state.js';

/** Distance from the place where zones were read above which they are read again, m: well within the regions around it. */
const NEARBY_M = 20_000;
const isShown = ({ kind }: Zone): boolean => kind === 'service_area' || kind === 'pickup_points';

/** Shows the service area and the pick-up points on the rider's map. @returns a function that ends it */
export function showServiceHere(map: MapAdapter, session: RiderSession): () => void {
  let area: ServiceArea | null = null;
  let readAt: Position | null = null;
  let zones: Zone[] = [];
  let isOver = false;
  let shown: Position | null = null;
  const read = async (pickup: Position) => {
    readAt = pickup;
    ({ zones } = await session.api.service(pickup));
    // The library that combines areas is large, and most cities have none.
    if (area === null && !zones.some(isShown)) return;
    const { ServiceArea } = await withRetry(() => import('./service-area.js'));
    if (isOver) return;
    area ??= new ServiceArea(map, (point) => {
      keepName(point, point.name);
      session.placePin('pickup', point);
    });
    shown = null;
    show(session.state.get());
  };
  const show = ({ step, pickup }: RiderState) => {
    const isChoosing = step === 'choosing';
    if (isChoosing && (readAt === null || distanceM(readAt, pickup) > NEARBY_M))
      // The map shows no zones then; the service still refuses a request outside of them, and offers a place.
      read(pickup).catch(() => {});
    if (area === null) return;
    if (!isChoosing) area.hidePoints();
    else if (pickup !== shown) area.show(zones, pickup);
    shown = isChoosing ? pickup : null;
  };
  const stop = session.state.$state.subscribe(() => show(session.state.get()));
  return () => {
    isOver = true;
    stop();
  };
}
