import type { RawFix } from '#geo';
import type { Status } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/**
 * What a driver told the service, in the order it was told. `receivedAt` by the gateway's clock, epoch ms; `order` is
 * known once it comes out of the stream, and tells whether a change that is delivered again has been overtaken.
 */
export type DriverEvent =
  | { driverId: string; receivedAt: number; fix: RawFix }
  | { driverId: string; receivedAt: number; change: Change; order?: number };

/** A status that the driver declared, or a trip that took or released it. */
export type Change = Status | 'trip:begun' | 'trip:over';

type Packed =
  | [driverId: string, receivedAt: number, change: Change]
  | [driverId: string, receivedAt: number, t: number, lat: number, lng: number, Extra?, Extra?, Extra?];
type Extra = number | null;

/** One entry of the stream holds the events of a few milliseconds in one field. */
export const FIELD = 'b';

export function packEvents(events: DriverEvent[]): string {
  return JSON.stringify(events.map(pack));
}

function pack(event: DriverEvent): Packed {
  if ('change' in event) return [event.driverId, event.receivedAt, event.change];
  const { t, lat, lng, accuracyM, heading, speedMps } = event.fix;
  return [
    event.driverId,
    event.receivedAt,
    t,
    lat,
    lng,
    accuracyM ?? null,
    heading ?? null,
    speedMps ?? null,
  ];
}

/** @param order of the entry in its partition, see {@link orderOf} */
export function unpackEvents(text: string, order: number): DriverEvent[] {
  return (JSON.parse(text) as Packed[]).map((packed) => {
    if (packed.length === 3) return { driverId: packed[0], receivedAt: packed[1], change: packed[2], order };
    const [driverId, receivedAt, t, lat, lng, accuracyM, heading, speedMps] = packed;
    return { driverId, receivedAt, fix: { t, lat, lng, accuracyM, heading, speedMps } };
  });
}

/** The id of a stream entry, `ms-seq`, as one number that grows along the stream. */
export function orderOf(entryId: string): number {
  const [ms, seq] = entryId.split('-').map(Number);
  return ms! * 1_000 + Math.min(seq!, 999);
}

/** All events of one driver go through one partition, in order. */
export function partitionOf(driverId: string, partitions: number): number {
  if (partitions === 1) return 0;
  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over UTF-16 units
  let hash = 0x811c9dc5;
  for (let i = 0; i < driverId.length; i += 1) hash = Math.imul(hash ^ driverId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}

/**
 * How long to gather after a batch of so many events. A batch costs nearly the same for one event as for a hundred: where
 * little flows it leaves at once, and where much flows, a few milliseconds more save most of the work.
 */
export const pauseAfterMs = (events: number, longestMs: number): number => Math.min(longestMs, events / 4);

export const GROUP = 'processors';

export type Progress = {
  /** entries that no processor has finished */
  backlog: number;
  /** everything before this entry is finished */
  finishedBefore: string | null;
};

/** How far the processors are in one partition. */
export async function progressOf(redis: RedisClient, partition: number): Promise<Progress> {
  const key = keys.fixes(partition);
  const length = await redis.xlen(key);
  if (length === 0) return { backlog: 0, finishedBefore: null };
  const groups = (await redis.xinfo('GROUPS', key)) as unknown[][];
  const group = groups.find((fields) => field(fields, 'name') === GROUP);
  if (group === undefined) return { backlog: length, finishedBefore: null };
  const [pending, oldest] = (await redis.xpending(key, GROUP)) as [number, string | null];
  // Redis does not know the lag after entries in the middle were deleted.
  const unread = field(group, 'lag') as number | null;
  return {
    backlog: pending + (unread ?? length),
    finishedBefore: pending > 0 ? oldest : (field(group, 'last-delivered-id') as string),
  };
}

const field = (fields: unknown[], name: string): unknown => fields[fields.indexOf(name) + 1];
