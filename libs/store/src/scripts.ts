import { readFileSync } from 'node:fs';
import type { RedisClient } from './redis-client.js';

/** One Lua file per atomic step, and how many of its arguments are keys. */
const KEY_COUNTS = {
  apply: 2,
  find: 2,
  count: 2,
  stale: 2,
  forget: 2,
  forgetRegion: 1,
  expireCard: 1,
  claim: 1,
  declare: 1,
  changeTrip: 1,
  estimateTrip: 1,
  claimTrips: 1,
  sendChat: 2,
  markChat: 2,
  readChat: 2,
  presence: 3,
  finish: 1,
  admit: 1,
  appendFeed: 1,
  release: 1,
  lease: 1,
} as const;

type Script = keyof typeof KEY_COUNTS;

export const SCRIPTS = Object.keys(KEY_COUNTS);

type Scripted = Record<Script, (...args: Array<string | number | Buffer>) => Promise<unknown>>;

/** Makes the scripts commands of this client; it sends a script's text only when Redis does not know it. */
export function withScripts(client: RedisClient): Scripted {
  for (const [name, numberOfKeys] of Object.entries(KEY_COUNTS)) {
    const lua = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
    client.defineCommand(name, { numberOfKeys, lua });
  }
  return client as unknown as Scripted;
}
