import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROTOCOL_VERSION } from '#protocol';
import { clock } from './clock.js';
import { progressOf } from './fix-stream.js';
import { keys } from './keys.js';
import { Nodes } from './nodes.js';
import type { RedisClient } from './redis.js';
import { agreeSettings } from './scripts/settings.js';

/** Version of the format of what Redis holds. A change that an older process cannot read raises it. */
export const RECORDS_VERSION = 1;

/** Largest number of partitions; the same as of HEXFLEET_PARTITIONS. */
const MAX_PARTITIONS = 256;

/** Longer than processes of this version take to store their settings again. */
const AGREE_MS = 1_500;

/** Settings that all processes of an installation must share, as text. */
export type SharedSettings = Readonly<Record<Name, string> & { secret?: string }>;
type Name = 'partitions' | 'silentMs' | 'records' | 'wire';

/** `partitions` while their number is being changed, `from>to`, so that no process starts meanwhile. */
const CHANGING = /^(\d+)>(\d+)$/;

/**
 * Returns the settings that this process shares. The secret is a fingerprint, from which it cannot be computed; a processor
 * may have none.
 */
export const sharedSettingsOf = (config: {
  partitions: number;
  silentMs: number;
  installationSecret?: string | undefined;
}): SharedSettings => ({
  partitions: String(config.partitions),
  silentMs: String(config.silentMs),
  ...(config.installationSecret === undefined
    ? {}
    : {
        secret: createHash('sha256')
          .update(`hexfleet secret\n${config.installationSecret}`)
          .digest('hex')
          .slice(0, 16),
      }),
  records: String(RECORDS_VERSION),
  wire: String(PROTOCOL_VERSION),
});

/** Returns one line that says how a process differs from its installation, or null. */
export function differenceOf(own: SharedSettings, stored: Record<string, string>): string | null {
  const [, from, to] = CHANGING.exec(stored.partitions ?? '') ?? [];
  if (from !== undefined)
    return `HEXFLEET_PARTITIONS is being changed from ${from} to ${to}; if that was interrupted, run npm run settings -- --apply with HEXFLEET_PARTITIONS=${to}`;
  const change = 'to change it, stop all processes and run npm run settings -- --apply';
  for (const [name, variable] of [
    ['partitions', 'HEXFLEET_PARTITIONS'],
    ['silentMs', 'HEXFLEET_SILENT_MS'],
  ] as const)
    if (own[name] !== stored[name])
      return `${variable}=${own[name]}: this installation uses ${stored[name]}; ${change}`;
  if (own.secret !== undefined && own.secret !== stored.secret)
    return `HEXFLEET_INSTALLATION_SECRET, or without it HEXFLEET_JWT_SECRET: this installation uses another secret; ${change}`;
  for (const [name, what] of [
    ['records', 'data'],
    ['wire', 'protocol'],
  ] as const)
    if (own[name] !== stored[name])
      return `this version of Hexfleet uses ${what} version ${own[name]}, this installation uses ${stored[name]}; run the same version everywhere`;
  return null;
}

/** The stored settings of an installation. */
export class SettingsStore {
  constructor(private readonly redis: RedisClient) {}

  /** Stores the settings of the first process. @returns a line if a later process differs, otherwise null */
  async agree(own: SharedSettings): Promise<string | null> {
    return differenceOf(own, await agreeSettings(this.redis, { own }));
  }

  /** Returns the stored settings; empty before the first start. */
  read(): Promise<Record<string, string>> {
    return this.redis.hgetall(keys.settings);
  }

  /**
   * Returns a line if fixes wait in a partition that nobody would read, as after a start with more partitions by a version
   * that did not store their number; otherwise null.
   */
  async strandedBy(own: SharedSettings): Promise<string | null> {
    if ((await this.read()).partitions !== undefined) return null;
    const beyond = await this.#usedPartitions(Number(own.partitions));
    const last = beyond.findLast(({ backlog }) => backlog > 0);
    if (last === undefined) return null;
    return `HEXFLEET_PARTITIONS=${own.partitions}: fixes wait in partition ${last.partition}; start with the earlier number of partitions, then change it with npm run settings -- --apply`;
  }

  /** Keeps processes from starting while partitions are drained. @returns the number of partitions to drain */
  async beginChange(own: SharedSettings): Promise<number> {
    const { partitions = own.partitions } = await this.read();
    const from = CHANGING.exec(partitions)?.[1] ?? partitions;
    await this.redis.hset(keys.settings, 'partitions', `${from}>${own.partitions}`);
    return Number(from);
  }

  /**
   * Returns a line if processes run that have not stored their settings: those of version 0.1 do not know them, and would
   * miss what this version stores under other names. Otherwise null.
   */
  async earlierVersion(): Promise<string | null> {
    const withoutSettings = async () => {
      const [alive, stored] = await Promise.all([new Nodes(this.redis).alive(clock.now()), this.read()]);
      return Object.keys(stored).length === 0 ? alive.map(({ node }) => node) : [];
    };
    if ((await withoutSettings()).length === 0) return null;
    // If Redis has just lost its data, processes of this version store their settings again within a second.
    await sleep(AGREE_MS);
    const nodes = await withoutSettings();
    if (nodes.length === 0) return null;
    return `processes of version 0.1 still run: ${nodes.join(', ')}; stop them first: this version continues with their data, but not beside them`;
  }

  /** Stores new settings, and removes partitions that are not used any more. */
  async finishChange(own: SharedSettings): Promise<void> {
    for (const { partition, backlog } of await this.#usedPartitions(Number(own.partitions)))
      if (backlog === 0) await this.redis.del(keys.fixes(partition), keys.cursor(partition));
    await this.redis.hset(keys.settings, own);
  }

  async #usedPartitions(from: number): Promise<Array<{ partition: number; backlog: number }>> {
    const partitions = Array.from({ length: MAX_PARTITIONS - from }, (_, i) => from + i);
    const progress = await Promise.all(partitions.map((partition) => progressOf(this.redis, partition)));
    return progress.map(({ backlog }, i) => ({ partition: partitions[i]!, backlog }));
  }
}
