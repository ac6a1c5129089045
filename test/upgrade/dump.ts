import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/**
 * One key as text: its type, its time to live in seconds unless it never expires, and what to write. Values are strings, or
 * base64 where they are no UTF-8 text.
 */
export type DumpedKey = { key: string; type: string; ttlS?: number; value: unknown };
type Text = string | { base64: string };

const TEMPORARY = /^(node:|probe:|nodes$|presence|fixes:.*:reader$)/;

/** Reads all keys of a Redis except what living processes keep there, sorted by name. */
export async function dumpKeys(redis: Redis): Promise<DumpedKey[]> {
  const names = (await redis.keys('*')).filter((key) => !TEMPORARY.test(key)).sort();
  const dumped: DumpedKey[] = [];
  for (const key of names) {
    const [type, ttl] = [await redis.type(key), await redis.ttl(key)];
    const value = await READERS[type]!(redis, key);
    dumped.push({ key, type, ...(ttl >= 0 && { ttlS: ttl }), value });
  }
  return dumped;
}

/** Writes dumped keys into an empty Redis. */
export async function restoreKeys(redis: Redis, dumped: DumpedKey[]): Promise<void> {
  for (const { key, type, ttlS, value } of dumped) {
    await WRITERS[type]!(redis, key, value as never);
    if (ttlS !== undefined) await redis.expire(key, ttlS);
  }
}

const textOf = (bytes: Buffer): Text => {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
};
const bytesOf = (text: Text): Buffer =>
  typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.base64, 'base64');

type Stream = {
  entries: Array<[id: string, ...fields: Text[]]>;
  lastId: string;
  groups: Array<[name: string, delivered: string]>;
};

const READERS: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  string: async (redis, key) => textOf((await redis.getBuffer(key))!),
  hash: async (redis, key) => {
    const values = Object.entries(await redis.hgetallBuffer(key)).map(([field, value]) => [
      field,
      textOf(value),
    ]);
    return sorted(Object.fromEntries(values) as Record<string, Text>);
  },
  list: async (redis, key) => (await redis.lrangeBuffer(key, 0, -1)).map(textOf),
  set: async (redis, key) => (await redis.smembers(key)).sort(),
  zset: (redis, key) => redis.zrange(key, '0', '-1', 'WITHSCORES'),
  stream: async (redis, key): Promise<Stream> => {
    const info = fieldsOf((await redis.xinfo('STREAM', key)) as unknown[]);
    const groups = ((await redis.xinfo('GROUPS', key)) as unknown[][]).map(fieldsOf);
    return {
      entries: (await redis.xrangeBuffer(key, '-', '+')).map(([id, fields]) => [
        id.toString(),
        ...fields.map(textOf),
      ]),
      lastId: String(info['last-generated-id']),
      groups: groups.map((group) => [String(group.name), String(group['last-delivered-id'])]),
    };
  },
};

const WRITERS: Record<string, (redis: Redis, key: string, value: never) => Promise<unknown>> = {
  string: (redis, key, value: Text) => redis.set(key, bytesOf(value)),
  hash: (redis, key, value: Record<string, Text>) =>
    redis.hset(key, new Map(Object.entries(value).map(([field, text]) => [field, bytesOf(text)]))),
  list: (redis, key, value: Text[]) => redis.rpush(key, ...value.map(bytesOf)),
  set: (redis, key, value: string[]) => redis.sadd(key, ...value),
  zset: async (redis, key, value: string[]) => {
    for (let i = 0; i < value.length; i += 2) await redis.zadd(key, value[i + 1]!, value[i]!);
  },
  stream: async (redis, key, { entries, lastId, groups }: Stream) => {
    for (const [id, ...fields] of entries) await redis.xadd(key, id, ...fields.map(bytesOf));
    // A stream whose entries were all trimmed exists all the same.
    if (entries.length === 0) {
      await redis.xadd(key, lastId, 'gone', '1');
      await redis.xdel(key, lastId);
    }
    for (const [name, delivered] of groups) await redis.xgroup('CREATE', key, name, delivered);
  },
};

const sorted = <T>(hash: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(hash).sort(([a], [b]) => (a < b ? -1 : 1)));

const fieldsOf = (reply: unknown[]): Record<string, unknown> =>
  Object.fromEntries(reply.flatMap((field, i) => (i % 2 === 0 ? [[String(field), reply[i + 1]]] : [])));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Reading takes seconds, after which a fix must still be younger than an hour. */
const MARGIN_MS = 20_000;

/**
 * Moves all times of a dump forward by whole hours, so that it was made within the last hour: epoch milliseconds and
 * microseconds, in text and in bytes, ids of stream entries, and the hours in the keys of tracks. Times within an hour stay.
 * @param at time of the dump, epoch ms
 */
export async function madeNow<T>(text: string, at: number): Promise<T> {
  const toNextHour = HOUR_MS - ((Date.now() - at) % HOUR_MS);
  if (toNextHour < MARGIN_MS) await sleep(toNextHour);
  const hours = Math.floor((Date.now() - at) / HOUR_MS);
  const isTime = (ms: number) => ms > at - DAY_MS && ms < at + 10 * DAY_MS;
  const moved = text
    .replace(/(?<!\d)(\d{13})(\d{3})?(?!\d)/g, (all, ms: string, us = '') =>
      isTime(Number(ms)) ? `${Number(ms) + hours * HOUR_MS}${us}` : all,
    )
    .replace(/(:track:[^":]+:)(\d+)/g, (_, name: string, hour: string) => `${name}${Number(hour) + hours}`);
  const isBytes = (value: unknown): value is { base64: string } =>
    typeof value === 'object' && value !== null && 'base64' in value;
  const move = (_: string, value: unknown) =>
    isBytes(value) ? { base64: movedBytes(value.base64, isTime, hours) } : value;
  return JSON.parse(moved, move) as T;
}

/**
 * Moves what is a time as an unsigned integer of 48 bits, or as a double, both big-endian, and the hour at the beginning of a
 * tail, in six digits. Nothing else has such values.
 */
function movedBytes(base64: string, isTime: (ms: number) => boolean, hours: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const byMs = hours * HOUR_MS;
  for (let at = 0; at + 6 <= bytes.length; at += 1) {
    const double = at + 8 <= bytes.length ? bytes.readDoubleBE(at) : Number.NaN;
    const unit = isTime(double) ? 1 : isTime(double / 1_000) ? 1_000 : 0;
    const text = bytes.toString('latin1', at, at + 6);
    if (unit > 0) {
      bytes.writeDoubleBE(double + byMs * unit, at);
      at += 7;
    } else if (isTime(bytes.readUIntBE(at, 6))) {
      bytes.writeUIntBE(bytes.readUIntBE(at, 6) + byMs, at, 6);
      at += 5;
    } else if (/^\d{6}$/.test(text) && isTime(Number(text) * HOUR_MS)) {
      bytes.write(String(Number(text) + hours), at, 'latin1');
      at += 5;
    }
  }
  return bytes.toString('base64');
}
