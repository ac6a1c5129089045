import { decide, type LastFix } from '#geo';
import { indexCell } from '#geo/cells';
import type { DecisionCounts, Status } from '#protocol';
import type { Change, DriverEvent, DriverRecord, KnownDriver } from '#store';

/** What a run of events does to one driver. */
export type Outcome = {
  driverId: string;
  /** in the index before; null when it was not in */
  before: DriverRecord | null;
  /** in the index from now on; null when it is not in */
  after: DriverRecord | null;
  /** each one moved the driver, in order; `receivedAt` by the gateway, epoch ms */
  accepted: Array<{ fix: LastFix; receivedAt: number }>;
  counts: DecisionCounts;
  status: Status;
  shift: number;
  statusAt: number;
  /** the card has to be told */
  statusChanged: boolean;
};

/**
 * Applies events to what is known of a driver. Pure: versions and times are arguments.
 * @param version of the record that comes out; larger than any before
 */
export function fold(known: KnownDriver, events: DriverEvent[], version: number): Outcome {
  const counts: DecisionCounts = { late: 0, repeated: 0, implausible: 0 };
  const accepted: Outcome['accepted'] = [];
  let { status, shift, statusAt } = known;
  let last: LastFix | null = known.record ?? known.left;
  let present = known.record !== null;

  for (const event of events) {
    if ('change' in event) {
      const order = event.order ?? statusAt;
      if (order < statusAt) continue;
      statusAt = order;
      const next = statusAfter(status, event.change);
      // A new name for a car that comes back from a trip or a break.
      if (next === 'available' && status !== 'available') shift += 1;
      status = next;
      if (status === 'offline') present = false;
      continue;
    }
    const decision = decide(last, event.fix);
    if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
    if (decision.kind !== 'accepted') counts[decision.kind] += 1;
    else if (status !== 'offline') {
      present = true;
      accepted.push({ fix: decision.last, receivedAt: event.receivedAt });
    }
  }

  const { driverId, record: before } = known;
  const stays = present && last !== null && status !== 'offline';
  const after = stays
    ? recordOf(last!, driverId, status as DriverRecord['status'], shift, statusAt, version)
    : null;
  const statusChanged = statusAt !== known.statusAt;
  return { driverId, before, after, accepted, counts, status, shift, statusAt, statusChanged };
}

/** Written out: V8 takes ten times as long for an object that is spread into a larger one. */
function recordOf(
  { t, lat, lng, accuracyM, heading, speedMps, held }: LastFix,
  driverId: string,
  status: DriverRecord['status'],
  shift: number,
  statusAt: number,
  version: number,
): DriverRecord {
  const cell = indexCell({ lat, lng });
  return {
    driverId,
    t,
    lat,
    lng,
    accuracyM,
    heading,
    speedMps,
    held,
    status,
    cell,
    shift,
    statusAt,
    version,
  };
}

/** A trip takes and releases a driver, but does not bring back one that went offline meanwhile. */
function statusAfter(status: Status, change: Change): Status {
  if (change === 'trip:begun') return status === 'available' ? 'busy' : status;
  if (change === 'trip:over') return status === 'busy' ? 'available' : status;
  return change;
}
