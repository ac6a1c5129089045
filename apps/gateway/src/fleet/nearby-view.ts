import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { type Frame, type NearbyView as NearbyAnswer, type NearbyWatch, ProtocolError } from '#protocol';
import { RateLimiter } from '#realtime';
import { clock } from '#store';
import type { FleetViewService } from './fleet-view.service.js';
import type { NearbyFrames } from './nearby-frames.js';
import { type Area, NearestCars } from './nearest-cars.js';

/** Cars in the frames to one rider. Each takes up to 150 bytes, so that this is below 10 KB a second. */
const MOVED = { burst: 60, perSecond: 60 };
/** Time in which the frames of several cells and processors join. */
const GATHER_MS = 50;
/** Minimum time between two reads that replace cars which left. */
const REFILL_INTERVAL_MS = 2_000;

export type NearbyViewSources = { frames: NearbyFrames; fleetView: FleetViewService; tickMs: number };

/** The cars around the pin of one client: an answer, then frames with what changed among the nearest ones. */
export class NearbyView {
  readonly #cars = new NearestCars();
  readonly #budget = new RateLimiter(MOVED, Date.now());
  #area: (Area & { radiusM: number }) | null = null;
  /** frames received while the cars are read; null at other times */
  #early: Frame[] | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sentAt = 0;
  #refilledAt = 0;

  constructor(
    private readonly sources: NearbyViewSources,
    private readonly send: (frame: Frame) => void,
  ) {}

  /** Watches an area instead of the previous one; one call at a time. @throws {ProtocolError} UNAVAILABLE, SUPERSEDED */
  async watch({ delta = false, ...circle }: NearbyWatch): Promise<NearbyAnswer> {
    const previous = this.#area?.cells ?? new Set<string>();
    const cells = new Set(coverCircle(circle, circle.radiusM, NEARBY_RESOLUTION));
    const removedCells = new Set([...previous].filter((cell) => !cells.has(cell)));
    // Only a client that has all cars of the cells that it keeps can complete them.
    const isDelta = delta && this.#cars.isComplete;
    this.#stopTimer();
    this.#early = [];
    const area = { ...circle, cells };
    this.#area = area;
    this.sources.frames.unsubscribe(this.#receive, removedCells);
    await this.sources.frames.subscribe(this.#receive, cells);
    await this.#read(area);
    // It was cleared meanwhile.
    if (this.#area !== area) throw new ProtocolError('SUPERSEDED');
    this.#cars.forgetSent(isDelta ? removedCells : undefined);
    const cars = this.#cars.takeNew(clock.now());
    this.#schedule();
    return { cars, removedCells: [...removedCells], delta: isDelta };
  }

  /** Watches nothing. */
  clear(): void {
    this.#stopTimer();
    if (this.#area !== null) this.sources.frames.unsubscribe(this.#receive, this.#area.cells);
    this.#area = null;
    this.#early = null;
    this.#cars.forgetSent();
  }

  readonly #receive = (frame: Frame): void => {
    if (this.#early !== null) this.#early.push(frame);
    else {
      this.#cars.apply(frame, clock.now());
      this.#schedule();
    }
  };

  /** Reads the cars and applies the frames that arrived meanwhile, whose cars the read may lack. */
  async #read(area: Area & { radiusM: number }): Promise<void> {
    this.#early ??= [];
    const { cars, horizonM } = await this.sources.fleetView.carsIn(area);
    if (this.#area !== area) return;
    const early = this.#early ?? [];
    this.#early = null;
    this.#cars.reset(area, cars, horizonM);
    for (const frame of early) this.#cars.apply(frame, clock.now());
  }

  #schedule(delayMs = GATHER_MS): void {
    this.#timer ??= setTimeout(() => this.#flush(), delayMs);
  }

  #flush(): void {
    this.#timer = null;
    this.#sentAt = performance.now();
    if (this.#early !== null) return;
    const now = Date.now();
    const { frames, moved, isDone } = this.#cars.takeFrames(
      Math.floor(this.#budget.tokens(now)),
      clock.now(),
    );
    this.#budget.take(now, moved);
    for (const frame of frames) this.send(frame);
    if (!isDone) this.#schedule(this.sources.tickMs);
    void this.#refill();
  }

  async #refill(): Promise<void> {
    const area = this.#area;
    if (area === null || !this.#cars.isDepleted) return;
    if (this.#sentAt - this.#refilledAt < REFILL_INTERVAL_MS) return this.#schedule(this.sources.tickMs);
    this.#refilledAt = this.#sentAt;
    // While Redis is unavailable, the known cars remain; the next frame tries again.
    await this.#read(area).catch(() => this.#stopReading(area));
    if (this.#area === area) this.#schedule();
  }

  #stopReading(area: Area): void {
    if (this.#area !== area) return;
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.#cars.apply(frame, clock.now());
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
