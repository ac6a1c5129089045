import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { PublishedVersion, type VersionInfo } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { publishZones } from './scripts/zones.js';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Versions of a region that are kept. */
const KEEP = 200;
/** Time from publication to effect: four times as long as a process takes to look for new versions. */
export const EFFECT_DELAY_MS = 1_000;

/** Published versions of the zones of regions; they never change, and the last 200 of each region are kept. */
export class ZoneVersions {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Publishes zones, for all processes at once.
   * @param expected number of the version that they were compared with, 0 if there was none
   * @returns the new version, or null if another was published meanwhile
   */
  async publish(
    {
      region,
      by,
      comment,
      restores,
      zones,
    }: Pick<PublishedVersion, 'region' | 'by' | 'comment' | 'restores' | 'zones'>,
    expected: number,
  ): Promise<VersionInfo | null> {
    const info = { region, by, comment, restores, zoneCount: zones.length };
    const text = await publishZones(this.redis, {
      region,
      expected,
      info: JSON.stringify(info),
      data: await zip(JSON.stringify(zones)),
      delayMs: EFFECT_DELAY_MS,
      keep: KEEP,
    });
    return text === null ? null : JSON.parse(text);
  }

  /** Returns the newest version of each region, without zones. */
  async newest(): Promise<VersionInfo[]> {
    return Object.values(await this.redis.hgetall(keys.publishedZones)).map((text) => JSON.parse(text));
  }

  /** Returns the versions of a region, newest first, without zones. */
  async list(region: string): Promise<VersionInfo[]> {
    const texts = await this.redis.hvals(keys.zonesVersions(region));
    const versions: VersionInfo[] = texts.map((text) => JSON.parse(text));
    return versions.sort((a, b) => b.version - a.version);
  }

  /** Reads one version; null if there is none with this number. */
  async read(region: string, version: number): Promise<PublishedVersion | null> {
    const [info, data] = await Promise.all([
      this.redis.hget(keys.zonesVersions(region), String(version)),
      this.redis.hgetBuffer(keys.zonesData(region), String(version)),
    ]);
    if (info === null || data === null) return null;
    return readVersion(info, data);
  }
}

/** Reads a stored version. @throws {Error} if it is unreadable */
export async function readVersion(info: string, data: Buffer): Promise<PublishedVersion> {
  return PublishedVersion.parse({ ...JSON.parse(info), zones: JSON.parse(String(await unzip(data))) });
}
