import type { NodeState, RegionEvent, Trip } from '#sdk';

/** A condition that needs a dispatcher's attention. It clears by itself when its cause ends. */
export type Alert = {
  id: string;
  kind: 'driver_silent' | 'no_driver' | 'slow_approach' | 'long_wait' | 'second_device' | 'node_gone';
  tripId: string | null;
  driverId: string | null;
  node: string | null;
};

const NO_DRIVER_MS = 60_000;
const APPROACH_MS = 20 * 60_000;
const WAIT_MS = 5 * 60_000;
/** The service reports a second device again after this time, as long as it is used. */
const SECOND_DEVICE_MS = 10 * 60_000;

type Inputs = {
  /** open trips */
  trips: Iterable<Trip>;
  events: readonly RegionEvent[];
  /** drivers that report again after they fell silent */
  recovered: ReadonlySet<string>;
  /** names of all nodes since the page was opened */
  nodesSeen: ReadonlySet<string>;
  /** nodes that are up now */
  nodes: readonly NodeState[];
  /** epoch ms */
  now: number;
};

/** Returns the drivers that fell silent during their current trip. */
export function silentDrivers(trips: Iterable<Trip>, events: readonly RegionEvent[]): string[] {
  const reported = new Set(
    events.flatMap(({ event, payload }) =>
      event === 'alert' && payload.kind === 'driver_silent' ? [`${payload.tripId} ${payload.driverId}`] : [],
    ),
  );
  return [...trips].flatMap(({ id, driverId }) =>
    driverId !== null && reported.has(`${id} ${driverId}`) ? [driverId] : [],
  );
}

/** Returns all alerts that hold at `now`, dismissed or not. */
export function alertsOf({ trips, events, recovered, nodesSeen, nodes, now }: Inputs): Alert[] {
  const open = [...trips];
  const silent = new Set(silentDrivers(open, events).filter((driverId) => !recovered.has(driverId)));
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
  const twice = events.flatMap(({ event, payload }) =>
    event === 'alert' && payload.kind === 'second_device' && now - payload.at < SECOND_DEVICE_MS
      ? [payload.driverId]
      : [],
  );
  for (const driverId of new Set(twice))
    alerts.push({
      id: `second_device ${driverId}`,
      kind: 'second_device',
      tripId: null,
      driverId,
      node: null,
    });
  const up = new Set(nodes.map(({ node }) => node));
  for (const node of nodesSeen)
    if (!up.has(node))
      alerts.push({ id: `node_gone ${node}`, kind: 'node_gone', tripId: null, driverId: null, node });
  return alerts;
}
