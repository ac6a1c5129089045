import type { Point } from '#geo';
import { MINUTE_MS, type Zone } from '#protocol';
import type { BorderTests } from './cell-border.js';
import { SAFE_M } from './zone-cells.js';
import type { Candidates, IndexedZone } from './zone-index.js';

/** Consecutive fixes beyond the border after which a vehicle is outside. */
const FIXES_BEYOND = 3;
/** Time beyond the border, between the first and the latest of consecutive fixes, after which a vehicle is outside. */
const BEYOND_MS = 20_000;
/** Assumed accuracy where a device states none, metres: a good phone in a street. */
const USUAL_ACCURACY_M = 7.5;

/** Accepted fix, as far as zones need it. */
export type ZoneFix = Point & { t: number; accuracyM: number | null };

/** Time of a vehicle in one zone. */
export type Stay = {
  zoneId: string;
  /** time of the fix with which it entered, epoch ms */
  since: number;
  /** whether it has stayed for the time of an `alert` zone */
  dwelled: boolean;
  /** consecutive fixes beyond the border: time of the first, epoch ms, and their number; null while it is inside */
  beyond: { since: number; fixes: number } | null;
};

/** Zones of one region that a vehicle is in. It changes only when a decision does, so deciding a fix again changes nothing. */
export type Membership = {
  /** time of the fix that changed it last, epoch ms: earlier fixes are decided */
  t: number;
  /** in order of entry */
  stays: readonly Stay[];
  /** time of the latest alert about the vehicle by `no_go` zone, epoch ms, while it holds back the next one */
  alerted: readonly (readonly [zoneId: string, t: number])[];
};

export const NOWHERE: Membership = { t: 0, stays: [], alerted: [] };

/** Crossing of a border, or the end of the time to dwell. */
export type Crossing = {
  kind: 'entered' | 'left' | 'dwelled';
  zoneId: string;
  /** null if it is not published any more */
  zone: Zone | null;
  /** time of the fix that decided it, epoch ms */
  t: number;
  /** when the vehicle entered, epoch ms */
  since: number;
  /** whether dispatch is alerted */
  isAlert: boolean;
};

type Side = 'inside' | 'outside' | 'at the border';

/** Zones at a position. */
export type ZonesHere = {
  /** zones of the index that may contain it */
  candidates: Candidates;
  /** the zone with an id, if it is published; of the same region as the membership */
  zoneOf: (zoneId: string) => IndexedZone | undefined;
  /**
   * given when other zones took effect and the latest fix is decided by them once more: whether a zone is among them. The
   * vehicle leaves such a zone at once if it is beyond the new border.
   */
  isChanged?: (zoneId: string) => boolean;
};

/**
 * Decides in which zones of a region a vehicle is after a fix. It is inside as soon as the whole circle of its accuracy is,
 * and outside after three consecutive fixes, or 20 s of them, beyond the border by more than the accuracy. Pure.
 * @param before returned as it is if nothing changes
 * @param status of the vehicle, for the alerts that depend on it
 */
export function decideMembership(
  region: string,
  before: Membership,
  fix: ZoneFix,
  { candidates, zoneOf, isChanged }: ZonesHere,
  status: string,
): { after: Membership; crossings: Crossing[] } {
  const accuracyM = fix.accuracyM ?? USUAL_ACCURACY_M;
  const crossings: Crossing[] = [];
  const stays: Stay[] = [];
  let { alerted } = before;
  let changed = false;
  const cross = (kind: Crossing['kind'], zone: Zone | null, { zoneId, since }: Stay) => {
    const isAlert = zone !== null && alerts(zone, kind, status, alerted, fix.t);
    if (isAlert && zone.kind === 'no_go') alerted = withAlert(alerted, zoneId, fix.t);
    crossings.push({ kind, zoneId, zone, t: fix.t, since, isAlert });
    changed = true;
  };

  for (const stay of before.stays) {
    if (isChanged?.(stay.zoneId) === false) {
      stays.push(stay);
      continue;
    }
    const indexed = zoneOf(stay.zoneId);
    if (indexed === undefined) {
      cross('left', null, stay);
      continue;
    }
    const { zone } = indexed;
    const side = sideOf(indexed, candidates, fix, accuracyM);
    let next = stay;
    if (side !== 'outside') {
      if (stay.beyond !== null) next = { ...stay, beyond: null };
    } else {
      const beyond = { since: stay.beyond?.since ?? fix.t, fixes: (stay.beyond?.fixes ?? 0) + 1 };
      if (isChanged !== undefined || beyond.fixes >= FIXES_BEYOND || fix.t - beyond.since >= BEYOND_MS) {
        cross('left', zone, stay);
        continue;
      }
      next = { ...stay, beyond };
    }
    if (!next.dwelled && next.beyond === null && hasDwelled(zone, fix.t - stay.since)) {
      next = { ...next, dwelled: true };
      cross('dwelled', zone, next);
    }
    changed ||= next !== stay;
    stays.push(next);
  }

  const enter = (indexed: IndexedZone, tests: BorderTests | null) => {
    const { zone } = indexed;
    if (indexed.region !== region) return;
    if (tests !== null && !encloses(tests, fix, accuracyM)) return;
    if (before.stays.some(({ zoneId }) => zoneId === zone.id) || isChanged?.(zone.id) === false) return;
    const stay: Stay = { zoneId: zone.id, since: fix.t, dwelled: false, beyond: null };
    cross('entered', zone, stay);
    stays.push(stay);
  };
  const isRough = accuracyM > SAFE_M;
  for (const { full, border, tests } of candidates) {
    for (const indexed of full) enter(indexed, isRough ? indexed.border : null);
    for (const [i, indexed] of border.entries()) enter(indexed, isRough ? indexed.border : tests[i]!);
  }
  return { after: changed ? { t: fix.t, stays, alerted } : before, crossings };
}

const encloses = (tests: BorderTests, { lat, lng }: Point, accuracyM: number): boolean =>
  tests.contains(lat, lng) && !tests.isCloser(lat, lng, accuracyM);

function sideOf(indexed: IndexedZone, candidates: Candidates, fix: ZoneFix, accuracyM: number): Side {
  if (accuracyM > SAFE_M) return sideBy(indexed.border, fix, accuracyM);
  for (const { full, border, tests } of candidates) {
    if (full.includes(indexed)) return 'inside';
    const i = border.indexOf(indexed);
    if (i >= 0) return sideBy(tests[i]!, fix, accuracyM);
  }
  return 'outside';
}

function sideBy(tests: BorderTests, { lat, lng }: Point, accuracyM: number): Side {
  if (tests.isCloser(lat, lng, accuracyM)) return 'at the border';
  return tests.contains(lat, lng) ? 'inside' : 'outside';
}

const hasDwelled = (zone: Zone, insideMs: number): boolean =>
  zone.kind === 'alert' && zone.rules.on.includes('dwell') && insideMs >= zone.rules.dwellMinutes * MINUTE_MS;

const RULE_OF = { entered: 'enter', left: 'exit', dwelled: 'dwell' } as const;

function alerts(
  zone: Zone,
  kind: Crossing['kind'],
  status: string,
  alerted: Membership['alerted'],
  t: number,
): boolean {
  if (zone.kind === 'alert')
    return zone.rules.on.includes(RULE_OF[kind]) && (zone.rules.statuses as string[]).includes(status);
  if (zone.kind !== 'no_go' || kind !== 'entered') return false;
  const last = alerted.find(([zoneId]) => zoneId === zone.id)?.[1];
  return last === undefined || t - last >= zone.rules.repeatAfterS * 1_000;
}

/** Longest time for which a `no_go` zone holds back an alert, ms. */
const MAX_REPEAT_MS = 86_400_000;

const withAlert = (alerted: Membership['alerted'], zoneId: string, t: number): Membership['alerted'] => [
  ...alerted.filter(([other, at]) => other !== zoneId && t - at < MAX_REPEAT_MS),
  [zoneId, t],
];

/** Encodes a membership for a compare-and-set; equal memberships have equal texts. */
export const encodeMembership = ({ t, stays, alerted }: Membership): string =>
  JSON.stringify([
    t,
    stays.map(({ zoneId, since, dwelled, beyond }) => [
      zoneId,
      since,
      Number(dwelled),
      ...(beyond === null ? [] : [beyond.since, beyond.fixes]),
    ]),
    alerted,
  ]);

type Encoded = [
  t: number,
  stays: [zoneId: string, since: number, dwelled: 0 | 1, beyondSince?: number, fixes?: number][],
  alerted: [zoneId: string, t: number][],
];

export function decodeMembership(text: string): Membership {
  const [t, stays, alerted] = JSON.parse(text) as Encoded;
  return {
    t,
    stays: stays.map(([zoneId, since, dwelled, beyondSince, fixes]) => ({
      zoneId,
      since,
      dwelled: dwelled === 1,
      beyond: beyondSince === undefined ? null : { since: beyondSince, fixes: fixes! },
    })),
    alerted,
  };
}
