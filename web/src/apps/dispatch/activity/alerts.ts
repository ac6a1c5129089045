import type { NodeState, RegionEvent, Trip } from '#sdk';

/** Something that wants a dispatcher; it clears by itself when its cause goes. */
export type Alert = {
  id: string;
  kind: 'driver_silent' | 'no_driver' | 'slow_approach' | 'long_wait' | 'node_gone';
  tripId: string | null;
  driverId: string | null;
  node: string | null;
};

const NO_DRIVER_MS = 60_000;
const APPROACH_MS = 20 * 60_000;
const WAIT_MS = 5 * 60_000;

type Known = {
  trips: Iterable<Trip>;
  news: readonly RegionEvent[];
  /** drivers that are heard again after they fell silent */
  back: ReadonlySet<string>;
  /** names of all nodes that were ever seen, and of those that are there */
  seen: ReadonlySet<string>;
  nodes: readonly NodeState[];
  /** epoch ms */
  now: number;
};

/** Drivers of whom it was told that they fell silent on the trip that they have. */
export function silentOn(trips: Iterable<Trip>, news: readonly RegionEvent[]): string[] {
  const told = new Set(
    news.flatMap(({ event, payload }) =>
      event === 'alert' && payload.kind === 'driver_silent' ? [`${payload.tripId} ${payload.driverId}`] : [],
    ),
  );
  return [...trips].flatMap(({ id, driverId }) =>
    driverId !== null && told.has(`${id} ${driverId}`) ? [driverId] : [],
  );
}

export function alertsOf({ trips, news, back, seen, nodes, now }: Known): Alert[] {
  const open = [...trips];
  const silent = new Set(silentOn(open, news).filter((driverId) => !back.has(driverId)));
  const alerts: Alert[] = [];
  for (const { id, state, driverId, changedAt, createdAt } of open) {
    const add = (kind: Alert['kind']) =>
      alerts.push({ id: `${kind} ${id}`, kind, tripId: id, driverId, node: null });
    const isWaiting = state === 'requested' || state === 'offered';
    const isApproach = state === 'accepted' || state === 'arriving';
    if (isWaiting && now - createdAt > NO_DRIVER_MS) add('no_driver');
    if (isApproach && now - changedAt > APPROACH_MS) add('slow_approach');
    if (state === 'arrived' && now - changedAt > WAIT_MS) add('long_wait');
    if (driverId !== null && silent.has(driverId)) add('driver_silent');
  }
  const there = new Set(nodes.map(({ node }) => node));
  for (const node of seen)
    if (!there.has(node))
      alerts.push({ id: `node_gone ${node}`, kind: 'node_gone', tripId: null, driverId: null, node });
  return alerts;
}
