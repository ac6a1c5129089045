import type { Position } from '#protocol';
import type { RiderApi } from '#sdk';
import { keepName, nameOf } from '../../shared/live/city-places.js';
import type { PinKind } from '../../shared/map/pins.js';
import type { RiderStore } from './state.js';

/** A pin closer to a street than this stays where it is, m. */
const AT_STREET_M = 1;

/** Moves a pin to the nearest street, or offers the nearest allowed place. Does nothing once the pin has moved again. */
export async function settlePin(
  api: RiderApi,
  state: RiderStore,
  kind: PinKind,
  at: Position,
): Promise<void> {
  const { lat, lng, awayM, refusal } = await api.nearestStreet(at, kind);
  if (state.get().step !== 'choosing' || state.get()[kind] !== at) return;
  if (refusal !== null) {
    if (refusal.nearest !== null) state.offer(refusal.code, refusal.nearest, false);
    return;
  }
  if (awayM < AT_STREET_M) return;
  const name = nameOf(at);
  if (name !== nameOf({ lat, lng })) keepName({ lat, lng }, name);
  state.change({ [kind]: { lat, lng } });
}
