import type { RegionalAlert, RegionalWithdrawal } from './alerts.js';
import type { Incident, RegionAlert, Surge, ZoneCrossing } from './regions.js';

/** Crossing of the border of a zone, or the end of the time to dwell in it. */
export type CrossingEvent =
  | RegionEventOf<'zone:entered', ZoneCrossing>
  | RegionEventOf<'zone:left', ZoneCrossing>
  | RegionEventOf<'zone:dwelled', ZoneCrossing>;

/** Event in a region. Crossings of zones are in a feed of their own, because there may be many. */
export type RegionEvent =
  | RegionEventOf<'incident', Incident>
  | RegionEventOf<'alert', RegionAlert>
  | RegionEventOf<'surge', Surge>
  | RegionEventOf<'area:alert', RegionalAlert>
  | RegionEventOf<'area:withdrawn', RegionalWithdrawal>
  | CrossingEvent;

/** One kind of event in a region. */
export type RegionEventOf<E extends string, P> = {
  /** id of the entry in its feed */
  id: string;
  /** kind of event */
  event: E;
  /** details of the event */
  payload: P;
};
