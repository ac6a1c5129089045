import { isRegion, type PublishedVersion, VersionInfo } from '#protocol';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { EFFECT_DELAY_MS, readVersion } from './zone-versions.js';

/** Time between two looks for new versions; well below the time between publication and effect. */
const REFRESH_MS = 250;
/** Earlier versions that a process which starts tries to read if the newest one is unreadable. */
const MAX_EARLIER = 10;

export type PublishedZonesHandlers = {
  /**
   * called once for each version when it takes effect, in order, with the version that it replaces in this process; null
   * for the first one of a region that this process loads
   */
  changed?: (version: PublishedVersion, before: PublishedVersion | null) => void;
  /** called once when a version cannot be read; the newest readable one before is in force, and it is tried again */
  unreadable?: (region: string, version: number, error: Error) => void;
};

/** Versions of one region in this process, of which the last may not be in force yet; at most the newest three. */
type Loaded = PublishedVersion[];

/**
 * Published zones of all regions, as this process obeys them. A version is loaded as a whole before it takes effect, and all
 * processes change over at the same moment of the clock that they share, so each decision is based on exactly one version.
 * A version that is missing or unreadable changes nothing: the one before stays in force, also in a process that starts.
 */
export class PublishedZones {
  readonly #loaded = new Map<string, Loaded>();
  readonly #announced = new Map<string, PublishedVersion>();
  /** by region, the version that was reported as unreadable */
  readonly #unreadable = new Map<string, string>();
  #handlers: PublishedZonesHandlers = {};
  #timer: NodeJS.Timeout | null = null;
  #refreshing: Promise<void> | null = null;
  /** when the last successful look for new versions began, epoch ms */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #revision = 0;

  constructor(private readonly redis: RedisClient) {}

  /** Loads what is published, and looks for new versions four times a second until {@link stop}. */
  async start(handlers: PublishedZonesHandlers = {}): Promise<void> {
    this.#handlers = handlers;
    // Without Redis this process begins without zones and loads them when it is back.
    await this.refresh().catch(() => {});
    this.#timer ??= setInterval(() => void this.refresh().catch(() => {}), REFRESH_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /**
   * Returns the version that is in force in a region at a time, or null if none was published. For a fix, use the time of
   * its receipt: then every processor decides it by the same version.
   * @param timeMs epoch ms, by default now
   */
  at(region: string, timeMs = clock.now()): PublishedVersion | null {
    const loaded = this.#loaded.get(region);
    if (loaded === undefined) return null;
    // Older fixes than any loaded version are decided by the oldest one.
    return loaded.findLast(({ effectiveAt }) => effectiveAt <= timeMs) ?? loaded[0]!;
  }

  /**
   * Returns the versions in force at a time, of all regions. A zone applies wherever its polygons are, which may be beyond
   * the borders of the region whose document it belongs to.
   * @param timeMs epoch ms, by default now
   */
  all(timeMs = clock.now()): PublishedVersion[] {
    return [...this.#loaded.keys()].map((region) => this.at(region, timeMs)!);
  }

  /** Grows whenever a version is loaded: an index that was built from {@link all} and {@link loaded} is then out of date. */
  get revision(): number {
    return this.#revision;
  }

  /** Returns every loaded version of every region, oldest first: those in force, before, and soon. */
  loaded(): PublishedVersion[] {
    return [...this.#loaded.values()].flat();
  }

  /**
   * Whether every version that is in force at a time is surely loaded. A process that stood still, or to which Redis is slow, may
   * have missed a publication.
   */
  isCompleteAt(timeMs: number): boolean {
    return timeMs < this.#lookedAt + EFFECT_DELAY_MS;
  }

  /** Loads new versions now. @throws an error of Redis; what is loaded stays */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    try {
      const lookedAt = clock.now();
      const current = await this.redis.hgetall(keys.publishedZones);
      await Promise.all(Object.entries(current).map(([region, text]) => this.#update(region, text)));
      this.#lookedAt = lookedAt;
    } finally {
      // A loaded version takes effect also while Redis is away.
      this.#announce();
    }
  }

  async #update(region: string, text: string): Promise<void> {
    const newest = this.#loaded.get(region)?.at(-1);
    const info = infoOf(text);
    if (info?.version === newest?.version && info?.at === newest?.at && info !== null) return;
    try {
      if (info === null) throw new Error('its description is malformed');
      // Every decision on every driver asks where it is.
      if (!isRegion(region)) throw new Error('there is no such region');
      const bytes = await this.redis.hgetBuffer(keys.zonesData(region), String(info.version));
      if (bytes === null) throw new Error('its zones are missing');
      const version = await readVersion(text, bytes);
      const loaded = this.#loaded.get(region) ?? [];
      this.#loaded.set(region, [...loaded, version].slice(-3));
      this.#unreadable.delete(region);
      this.#revision += 1;
    } catch (error) {
      if (this.#unreadable.get(region) === text) return;
      if (!this.#loaded.has(region)) await this.#loadEarlier(region, info?.version ?? Infinity);
      this.#unreadable.set(region, text);
      this.#handlers.unreadable?.(region, info?.version ?? 0, error as Error);
    }
  }

  /** Loads the newest version before one that can be read. @throws an error of Redis */
  async #loadEarlier(region: string, before: number): Promise<void> {
    const numbers = (await this.redis.hkeys(keys.zonesVersions(region))).map(Number);
    const earlier = numbers.filter((number) => number < before).sort((a, b) => b - a);
    for (const number of earlier.slice(0, MAX_EARLIER)) {
      const [info, bytes] = await Promise.all([
        this.redis.hget(keys.zonesVersions(region), String(number)),
        this.redis.hgetBuffer(keys.zonesData(region), String(number)),
      ]);
      const version =
        info === null || bytes === null ? null : await readVersion(info, bytes).catch(() => null);
      if (version === null) continue;
      this.#loaded.set(region, [version]);
      this.#revision += 1;
      return;
    }
  }

  #announce(): void {
    for (const region of this.#loaded.keys()) {
      const version = this.at(region)!;
      const before = this.#announced.get(region) ?? null;
      if (version === before) continue;
      this.#announced.set(region, version);
      this.#handlers.changed?.(version, before);
    }
  }
}

function infoOf(text: string): VersionInfo | null {
  try {
    return VersionInfo.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
