import {
  AT_START,
  afterTrip,
  type Concealment,
  concealed,
  decide,
  firstFix,
  type LastFix,
  nextFix,
  type RawFix,
  restarted,
} from '#geo';
import { indexCell } from '#geo/cells';
import type { DecisionCounts, DriverLogEntry, FixExtras, Status } from '#protocol';
import type { Change, DriverEvent, DriverRecord, FixEvent, Kept, KnownDriver } from '#store';

/** Result of applying a sequence of events to one driver. */
export type Outcome = {
  known: KnownDriver;
  driverId: string;
  before: DriverRecord | null;
  /** null until the first fix of the driver */
  after: DriverRecord | null;
  /** fixes that moved the driver, in order */
  accepted: Accepted[];
  /** accepted and late fixes, in order of arrival; those of a jump once it is confirmed */
  track: Kept[];
  /** times of fixes that were handled before and are in the track; epoch ms */
  repeated: readonly number[];
  /** counts only these events */
  counts: Counts;
  /** fixes that neither moved the driver nor were repeated */
  notes: readonly Note[];
  status: Status;
  shift: number;
  statusAt: number;
};

/** A fix that moved its driver. `takenAt` is its time and `receivedAt` that of its arrival, by the service's clock, epoch ms. */
export type Accepted = { fix: LastFix; receivedAt: number; takenAt: number };

/** Why a fix did not move its driver. `t` is its time, epoch ms. */
export type Note = Required<Pick<DriverLogEntry, 'outcome' | 'why' | 't'>>;

type Counts = Readonly<DecisionCounts>;

const NO_TIMES: readonly number[] = [];
const NO_NOTES: readonly Note[] = [];
const NONE: ReadonlySet<number> = new Set();
/** Time without a position after which a driver who reports again begins another shift: an app may end without saying so. */
const ABSENT_MS = 5 * 60_000;
const TOO_OLD = { kind: 'late' } as const;
export const NO_COUNTS: Counts = { late: 0, repeated: 0, implausible: 0, refused: 0 };

/**
 * Applies events to the known state of a driver. Pure: versions and times are arguments.
 *
 * Only a fix that is newer than the last one, and no older than `silentMs` when it arrived, makes or keeps a driver present.
 * An older one, such as the first of a phone that reports where it was three hours ago, goes into the track.
 * @param version version of the resulting record; larger than any before
 * @param silentMs time without a newer position after which a driver counts as gone
 * @param random returns numbers in [0, 1) that nobody can predict; asked only when a car gets another name for riders
 * @param kept times of fixes that the track already holds, for events that may have been handled before; epoch ms
 */
export function fold(
  known: KnownDriver,
  events: DriverEvent[],
  version: number,
  silentMs: number,
  random: () => number,
  kept: ReadonlySet<number> = NONE,
): Outcome {
  const { driverId, record: before } = known;
  let counts = NO_COUNTS;
  let notes = NO_NOTES;
  const accepted: Outcome['accepted'] = [];
  const track: Kept[] = [];
  let repeated = NO_TIMES;
  let { status, shift, statusAt } = known;
  let last: LastFix | null = before;
  let extras = before?.extras ?? null;
  let present = before?.present ?? false;
  let concealment = before?.concealment ?? AT_START;
  let receivedAt = before?.receivedAt ?? 0;
  let lastLate: LastFix | null = null;

  for (const event of events) {
    if ('change' in event) {
      const order = event.order ?? statusAt;
      if (order < statusAt) continue;
      statusAt = order;
      const next = statusAfter(status, event.change);
      if (next !== status) {
        const isAfterTrip = status === 'busy' && next === 'available';
        concealment = isAfterTrip ? afterTrip(event.receivedAt, random) : restarted(concealment);
      }
      // Riders see a car under a new name after a trip or a break.
      if (next === 'available' && status !== 'available') shift += 1;
      status = next;
      if (status === 'offline') present = false;
      continue;
    }
    const { fix } = event;
    const isOld = isOlderThan(event, silentMs);
    const decision = isOld && present ? TOO_OLD : decide(last, fix, event.receivedAt);
    if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
    if (decision.kind === 'accepted') extras = event.extras ?? null;
    if (decision.kind === 'accepted' && decision.confirmed !== undefined && status !== 'offline')
      track.push(...keptPath(decision.confirmed, isOld));
    if (decision.kind === 'late') {
      if (kept.has(fix.t)) {
        counts = withOne(counts, 'repeated');
        repeated = [...repeated, fix.t];
      } else {
        counts = withOne(counts, 'late');
        notes = [...notes, { outcome: 'late', why: isOld ? 'silent' : 'order', t: fix.t }];
        lastLate = lastLate === null || lastLate.t >= fix.t ? firstFix(fix) : nextFix(lastLate, fix);
        if (status !== 'offline') track.push(keptFix(lastLate, fix, true));
      }
    } else if (decision.kind !== 'accepted') {
      counts = withOne(counts, decision.kind);
      if (decision.kind !== 'repeated')
        notes = [...notes, { outcome: decision.kind, why: decision.why, t: fix.t }];
      if (decision.kind === 'repeated') repeated = [...repeated, fix.t];
      // A rough fix is no better position, but it shows that the last one is still about right.
      if (decision.kind === 'implausible' && decision.why === 'inaccurate' && present)
        receivedAt = event.receivedAt;
    } else if (isOld) {
      counts = withOne(counts, 'late');
      notes = [...notes, { outcome: 'late', why: 'silent', t: fix.t }];
      if (status !== 'offline') track.push(keptFix(decision.last, fix, true));
    } else if (status !== 'offline') {
      if (!present && before !== null && event.receivedAt - receivedAt > ABSENT_MS) {
        concealment = restarted(concealment);
        shift += 1;
      }
      present = true;
      receivedAt = event.receivedAt;
      if (status === 'available') {
        if (decision.confirmed !== undefined) concealment = restarted(concealment);
        const next = concealed(concealment, decision.last, receivedAt, random);
        concealment = next.concealment;
        if (next.isRenamed) shift += 1;
      }
      accepted.push({ fix: decision.last, receivedAt, takenAt: fix.t + (event.slowMs ?? 0) });
      track.push(keptFix(decision.last, fix, false));
    }
  }

  const total = before === null ? counts : added(before.counts, counts);
  const after =
    last === null
      ? null
      : recordOf(
          last,
          driverId,
          status,
          present,
          shift,
          concealment,
          statusAt,
          total,
          extras,
          receivedAt,
          version,
        );
  return {
    known,
    driverId,
    before,
    after,
    accepted,
    track,
    repeated,
    counts,
    notes,
    status,
    shift,
    statusAt,
  };
}

/** Written out field by field: spreading one object into a larger one takes V8 ten times as long. */
function recordOf(
  { t, lat, lng, accuracyM, heading, speedMps, held, anchor }: LastFix,
  driverId: string,
  status: Status,
  present: boolean,
  shift: number,
  concealment: Concealment,
  statusAt: number,
  counts: Counts,
  extras: FixExtras | null,
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
    concealment,
    statusAt,
    counts,
    extras,
    receivedAt,
    version,
    // Set when it is written.
    tail: '',
    shown: undefined,
  };
}

/** Whether a fix was too old on arrival, by its own time corrected for what is known of the device's clock. */
const isOlderThan = ({ receivedAt, fix, slowMs = 0 }: FixEvent, silentMs: number): boolean =>
  receivedAt - fix.t - slowMs > silentMs;

/** @param last the fix with heading and speed: those that it lacks are derived from the one before, which for a late fix is the late one before in its batch */
const keptFix = (last: LastFix, { speedMps }: RawFix, late: boolean): Kept => ({
  t: last.t,
  lat: last.lat,
  lng: last.lng,
  heading: last.heading,
  speedMps: last.speedMps,
  accuracyM: last.accuracyM,
  late,
  isSpeedReported: speedMps !== null && speedMps !== undefined,
});

/** The fixes of a confirmed jump; heading and speed of the first one are not derived, because nobody drove there. */
function keptPath(path: RawFix[], late: boolean): Kept[] {
  let last: LastFix | null = null;
  return path.map((fix) => {
    last = last === null ? firstFix(fix) : nextFix(last, fix);
    return keptFix(last, fix, late);
  });
}

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
