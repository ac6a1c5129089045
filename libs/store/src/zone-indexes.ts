import type { PublishedVersion, Zone } from '#protocol';
import { ZoneIndex } from '#zones';
import { clock } from './clock.js';
import type { PublishedZones } from './published-zones.js';

const REFRESH_MS = 250;
/** Number of indexes that are kept: of what is in force, of what was before, and of what takes effect soon. */
const MAX_KEPT = 3;

/** Zones of all regions in force from a time on. */
type Epoch = { from: number; versions: PublishedVersion[]; index: ZoneIndex };

/**
 * An index of the published zones of all regions for each time at which other zones take effect. It is built before, so that
 * all processes change over at the same time, and each decision is based on exactly one version of each region.
 */
export class ZoneIndexes {
  #epochs: Epoch[] = [];
  #revision = -1;
  #timer: NodeJS.Timeout | null = null;
  #refreshing: Promise<void> | null = null;

  constructor(private readonly zones: PublishedZones) {}

  /** Builds indexes of what is loaded, and of further versions until {@link stop}. @param zones must have been started */
  async start(): Promise<void> {
    await this.refresh();
    this.#timer ??= setInterval(() => void this.refresh(), REFRESH_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Returns the zones in force at a time, the same object until others take effect. @param timeMs epoch ms, by default now */
  at(timeMs = clock.now()): ZoneIndex {
    return (this.#epochs.findLast(({ from }) => from <= timeMs) ?? this.#epochs[0])?.index ?? ZoneIndex.EMPTY;
  }

  /** Whether {@link at} surely knows every version that is in force at a time, see {@link PublishedZones.isCompleteAt}. */
  isCompleteAt(timeMs: number): boolean {
    return this.zones.isCompleteAt(timeMs) && this.zones.revision === this.#revision;
  }

  /** Loads what is in force now and builds its indexes. @throws an error of Redis */
  async load(): Promise<void> {
    await this.zones.refresh();
    await this.refresh();
  }

  /** Builds the indexes of versions that were loaded since. */
  refresh(): Promise<void> {
    if (this.zones.revision === this.#revision) return Promise.resolve();
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const { revision } = this.zones;
    const times = [...new Set(this.zones.loaded().map(({ effectiveAt }) => effectiveAt))];
    const epochs: Epoch[] = [];
    for (const from of times.sort((a, b) => a - b).slice(-MAX_KEPT)) {
      const versions = this.zones.all(from);
      const known = this.#epochs.find((epoch) => isSame(epoch.versions, versions));
      const previous = epochs.at(-1) ?? this.#epochs.at(-1);
      const index =
        known?.index ?? (await ZoneIndex.build(zonesOf(versions), regionsOf(versions), previous?.index));
      epochs.push({ from, versions, index });
    }
    this.#epochs = epochs;
    this.#revision = revision;
  }
}

const isSame = (a: PublishedVersion[], b: PublishedVersion[]): boolean =>
  a.length === b.length && b.every((version) => a.includes(version));

const regionsOf = (versions: PublishedVersion[]): string[] => versions.map(({ region }) => region);

const zonesOf = (versions: PublishedVersion[]): Array<{ region: string; zone: Zone }> =>
  versions.flatMap(({ region, zones }) => zones.map((zone) => ({ region, zone })));
