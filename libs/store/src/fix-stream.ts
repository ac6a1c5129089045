import type { RawFix } from '#geo';
import type { FixExtras, Status } from '#protocol';
import type { RedisClient } from './redis.js';
import { measurePartition, type Progress } from './scripts/stream.js';

export type { Progress } from './scripts/stream.js';

/**
 * A fix or status change of a driver, in order of arrival. `receivedAt` is the gateway's clock, epoch ms; `slowMs` is how far
 * the device's clock is behind it, if that is known and matters. `order` is set when the event is read from the stream; it
 * shows whether a redelivered change has been superseded.
 */
export type DriverEvent = FixEvent | { driverId: string; receivedAt: number; change: Change; order?: number };

export type FixEvent = {
  driverId: string;
  receivedAt: number;
  fix: RawFix;
  extras?: FixExtras | null;
  slowMs?: number;
};

/** A status that the driver declared, or the beginning or end of a trip. */
export type Change = Status | 'trip:begun' | 'trip:over';

type Packed =
  | [driverId: string, receivedAt: number, change: Change]
  | [
      ...[driverId: string, receivedAt: number, t: number, lat: number, lng: number],
      ...[
        accuracyM?: Value,
        heading?: Value,
        speedMps?: Value,
        extras?: PackedExtras | null,
        slowMs?: number,
      ],
    ];
type Value = number | null;
type PackedExtras = [altitudeM: Value, batteryPct: Value, isMock: boolean | null, provider: string | null];

/** The one field of a stream entry, which holds the events of a few milliseconds. */
export const FIELD = 'b';

export function packEvents(events: DriverEvent[]): string {
  return JSON.stringify(events.map(pack));
}

function pack(event: DriverEvent): Packed {
  if ('change' in event) return [event.driverId, event.receivedAt, event.change];
  const { driverId, receivedAt, slowMs, extras } = event;
  const { t, lat, lng, accuracyM, heading, speedMps } = event.fix;
  const packed: Packed = [
    driverId,
    receivedAt,
    t,
    lat,
    lng,
    accuracyM ?? null,
    heading ?? null,
    speedMps ?? null,
  ];
  // Most fixes have neither, and every fix is written and parsed.
  if (extras || slowMs) packed.push(extras ? packExtras(extras) : null);
  if (slowMs) packed.push(slowMs);
  return packed;
}

const packExtras = ({ altitudeM, batteryPct, isMock, provider }: FixExtras): PackedExtras => [
  altitudeM,
  batteryPct,
  isMock,
  provider,
];

/** @param order of the entry in its partition, see {@link orderOf} */
export function unpackEvents(text: string, order: number): DriverEvent[] {
  return (JSON.parse(text) as Packed[]).map((packed) => {
    if (packed.length === 3) return { driverId: packed[0], receivedAt: packed[1], change: packed[2], order };
    const [driverId, receivedAt, t, lat, lng, accuracyM, heading, speedMps, extras, slowMs] = packed;
    const event: FixEvent = { driverId, receivedAt, fix: { t, lat, lng, accuracyM, heading, speedMps } };
    if (extras) event.extras = unpackExtras(extras);
    if (slowMs !== undefined) event.slowMs = slowMs;
    return event;
  });
}

const unpackExtras = ([altitudeM, batteryPct, isMock, provider]: PackedExtras): FixExtras => ({
  altitudeM,
  batteryPct,
  isMock,
  provider,
});

/** Converts the id of a stream entry, `ms-seq`, to a number that increases along the stream. */
export function orderOf(entryId: string): number {
  const [ms, seq] = entryId.split('-').map(Number);
  return ms! * 1_000 + Math.min(seq!, 999);
}

/** Partition of a driver. All its events go through one partition, in order. */
export function partitionOf(driverId: string, partitions: number): number {
  if (partitions === 1) return 0;
  // FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over UTF-16 units
  let hash = 0x811c9dc5;
  for (let i = 0; i < driverId.length; i += 1) hash = Math.imul(hash ^ driverId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}

/**
 * Pause in milliseconds after a batch of so many events, to gather the next one. A batch of one event costs nearly as much
 * as one of a hundred. So under low load there is almost no pause, and under high load a few milliseconds save most work.
 */
export const pauseAfterMs = (events: number, longestMs: number): number => Math.min(longestMs, events / 4);

/** Whether one entry stands after another in the stream; both are ids `ms-seq`. */
export function isAfter(a: string, b: string): boolean {
  const [aMs, aSeq] = a.split('-').map(Number);
  const [bMs, bSeq] = b.split('-').map(Number);
  return aMs === bMs ? aSeq! > bSeq! : aMs! > bMs!;
}

/** Progress of the processors in one partition. */
export const progressOf = (redis: RedisClient, partition: number): Promise<Progress> =>
  measurePartition(redis, { partition });
