import { decide, type LastFix, type RawFix } from '#geo';
import { indexCell } from '#geo/cells';
import type { DecisionCounts, Status } from '#protocol';
import type { Change, DriverEvent, DriverRecord, Kept, KnownDriver } from '#store';

/** Result of applying a sequence of events to one driver. */
export type Outcome = {
  known: KnownDriver;
  driverId: string;
  before: DriverRecord | null;
  /** null until the first fix of the driver */
  after: DriverRecord | null;
  /** fixes that moved the driver, in order; `receivedAt` by the gateway, epoch ms */
  accepted: Array<{ fix: LastFix; receivedAt: number }>;
  /** accepted and late fixes, in order of arrival */
  track: Kept[];
  /** counts only these events */
  counts: Counts;
  status: Status;
  shift: number;
  statusAt: number;
};

type Counts = Readonly<DecisionCounts>;

const NONE: ReadonlySet<number> = new Set();
export const NO_COUNTS: Counts = { late: 0, repeated: 0, implausible: 0, refused: 0 };

/**
 * Applies events to the known state of a driver. Pure: versions and times are arguments.
 * @param version version of the resulting record; larger than any before
 * @param kept times of fixes that the track already holds, for events that may have been handled before; epoch ms
 */
export function fold(
  known: KnownDriver,
  events: DriverEvent[],
  version: number,
  kept: ReadonlySet<number> = NONE,
): Outcome {
  const { driverId, record: before } = known;
  let counts = NO_COUNTS;
  const accepted: Outcome['accepted'] = [];
  const track: Kept[] = [];
  let { status, shift, statusAt } = known;
  let last: LastFix | null = before;
  let present = before?.present ?? false;
  let receivedAt = before?.receivedAt ?? 0;

  for (const event of events) {
    if ('change' in event) {
      const order = event.order ?? statusAt;
      if (order < statusAt) continue;
      statusAt = order;
      const next = statusAfter(status, event.change);
      // Riders see a car under a new pseudonym after a trip or a break.
      if (next === 'available' && status !== 'available') shift += 1;
      status = next;
      if (status === 'offline') present = false;
      continue;
    }
    const decision = decide(last, event.fix, event.receivedAt);
    if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
    if (decision.kind === 'late' && kept.has(event.fix.t)) counts = withOne(counts, 'repeated');
    else if (decision.kind !== 'accepted') {
      counts = withOne(counts, decision.kind);
      if (decision.kind === 'late' && status !== 'offline') track.push(lateFix(event.fix));
    } else if (status !== 'offline') {
      present = true;
      receivedAt = event.receivedAt;
      accepted.push({ fix: decision.last, receivedAt: event.receivedAt });
      track.push(decision.last);
    }
  }

  const total = before === null ? counts : added(before.counts, counts);
  const after =
    last === null
      ? null
      : recordOf(last, driverId, status, present, shift, statusAt, total, receivedAt, version);
  return { known, driverId, before, after, accepted, track, counts, status, shift, statusAt };
}

/** Written out field by field: spreading one object into a larger one takes V8 ten times as long. */
function recordOf(
  { t, lat, lng, accuracyM, heading, speedMps, held, anchor }: LastFix,
  driverId: string,
  status: Status,
  present: boolean,
  shift: number,
  statusAt: number,
  counts: Counts,
  receivedAt: number,
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
    anchor,
    status,
    cell,
    present,
    shift,
    statusAt,
    counts,
    receivedAt,
    version,
    nearby: undefined,
  };
}

/** Missing heading and speed become 0: they would have to be computed from fixes that have already been decided. */
const lateFix = ({ t, lat, lng, heading, speedMps, accuracyM }: RawFix): Kept => ({
  t,
  lat,
  lng,
  heading: heading ?? 0,
  speedMps: speedMps ?? 0,
  accuracyM: accuracyM ?? null,
  late: true,
});

const withOne = (counts: Counts, kind: keyof Counts): Counts => ({ ...counts, [kind]: counts[kind] + 1 });

/** Returns the old object in the common case: almost every fix is accepted. */
const added = (a: Counts, b: Counts): Counts =>
  b === NO_COUNTS
    ? a
    : {
        late: a.late + b.late,
        repeated: a.repeated + b.repeated,
        implausible: a.implausible + b.implausible,
        refused: a.refused + b.refused,
      };

/** A trip makes a driver busy and available again, but does not bring back one that went offline in the meantime. */
function statusAfter(status: Status, change: Change): Status {
  if (change === 'trip:begun') return status === 'available' ? 'busy' : status;
  if (change === 'trip:over') return status === 'busy' ? 'available' : status;
  return change;
}
