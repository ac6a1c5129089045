/** Precision of the time of the last write to a region, twice: that of another processor may be as old. */
const PRECISION_MS = 20_000;
/** Interval of the sweeps of a region without drivers, whose records are only to be forgotten a day later. */
const IDLE_MS = 600_000;

/** Decides which regions are swept: those in which drivers may be present, and the others seldom. */
export class SweepPlan {
  readonly #sweptAt = new Map<string, number>();

  constructor(private readonly silentMs: number) {}

  /**
   * Whether a region is to be swept now. Once it was swept a silence after its last write, nobody is present there until it is
   * written again.
   * @param writtenAt last write to the region, epoch ms
   */
  isDue(region: string, writtenAt: number, now: number): boolean {
    const sweptAt = this.#sweptAt.get(region);
    if (sweptAt === undefined || sweptAt < writtenAt + this.silentMs + PRECISION_MS) return true;
    return now - sweptAt >= IDLE_MS;
  }

  /** Notes that a region was swept. */
  swept(region: string, now: number): void {
    this.#sweptAt.set(region, now);
  }

  /** Forgets the regions that no longer exist. */
  keep(regions: { has(region: string): boolean }): void {
    for (const region of this.#sweptAt.keys()) if (!regions.has(region)) this.#sweptAt.delete(region);
  }
}
