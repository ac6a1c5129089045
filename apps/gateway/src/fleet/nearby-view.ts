import { randomUUID } from 'node:crypto';
import { coverCircle, NEARBY_RESOLUTION } from '#geo/cells';
import { type CarFrame, type NearbyView as NearbyAnswer, type NearbyWatch, ProtocolError } from '#protocol';
import { driverOfKey, type Identity } from '#realtime';
import { clock } from '#store';
import type { FleetViewService } from './fleet-view.service.js';
import type { NearbyFrames } from './nearby-frames.js';
import { type Area, type HeldChanges, NearestCars } from './nearest-cars.js';
import { msUntil, randomSlot } from './rider-slot.js';

/** Interval at which the drivers whom the rider had lately are read; a car is hidden for longer than that after a trip. */
const RECENT_INTERVAL_MS = 30_000;

export type NearbyViewSources = { frames: NearbyFrames; fleetView: FleetViewService };

/** The cars around the pin of one client: an answer, then frames with what changed among the nearest ones. */
export class NearbyView {
  readonly #cars = new NearestCars();
  /** The names of a view are its own. */
  readonly #session = randomUUID();
  readonly #slot = randomSlot();
  #area: (Area & { radiusM: number }) | null = null;
  /** changes received while the cars are read; null at other times */
  #early: HeldChanges[] | null = null;
  /** keys of the cars of the rider's fleet */
  #ofFleet: ReadonlySet<string> = new Set();
  /** whether cars have moved that may be of the rider's fleet */
  #hasUnknown = false;
  /** drivers whom the rider had lately */
  #recent: ReadonlySet<string> = new Set();
  #recentReadAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sources: NearbyViewSources,
    private readonly by: Identity,
    private readonly send: (frame: CarFrame) => void,
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
    const cars = this.#cars.takeNew().map((car) => this.sources.fleetView.named(car, this.#session));
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

  readonly #receive = (changes: HeldChanges): void => {
    if (this.#early !== null) this.#early.push(changes);
    else {
      this.#apply(changes);
      this.#schedule();
    }
  };

  /** Changes do not say whose fleet a car is of: for a rider of one, cars that no read has found wait for the next one. */
  #apply(changes: HeldChanges): void {
    const seen = changes.moved.filter(({ key }) => !this.#recent.has(driverOfKey(key)));
    const moved = this.by.fleet === null ? seen : seen.filter(({ key }) => this.#ofFleet.has(key));
    this.#hasUnknown ||= moved.length < seen.length;
    this.#cars.apply({ ...changes, moved });
  }

  /** Reads the cars and applies the changes that arrived meanwhile, whose cars the read may lack. */
  async #read(area: Area & { radiusM: number }): Promise<void> {
    this.#early ??= [];
    const { fleetView } = this.sources;
    this.#recent = await fleetView.recentDriversOf(this.by);
    this.#recentReadAt = clock.now();
    const { cars, horizonM } = await fleetView.carsIn(area, this.by, this.#recent);
    if (this.#area !== area) return;
    this.#hasUnknown = false;
    this.#ofFleet = new Set(cars.map(({ car }) => car.key));
    const early = this.#early ?? [];
    this.#early = null;
    this.#cars.reset(area, cars, horizonM);
    for (const changes of early) this.#apply(changes);
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.#flush(), msUntil(this.#slot, clock.now()));
  }

  async #flush(): Promise<void> {
    this.#timer = null;
    const area = this.#area;
    if (area === null || this.#early !== null) return;
    try {
      // First: the driver of a trip that has just ended may be among the cars that came nearer.
      if (clock.now() - this.#recentReadAt >= RECENT_INTERVAL_MS) await this.#readRecent();
      if (this.#area !== area || this.#early !== null) return;
      const isAnyWaiting = this.#cars.refresh((key) => this.sources.fleetView.current(key));
      this.#sendChanges();
      if (this.#cars.isDepleted || this.#hasUnknown) await this.#read(area);
      else if (!isAnyWaiting) return;
    } catch {
      // While Redis is unavailable, the known cars remain; the next flush tries again.
      this.#stopReading(area);
    }
    if (this.#area === area) this.#schedule();
  }

  #sendChanges(): void {
    const { fleetView } = this.sources;
    for (const { moved, gone, ...frame } of this.#cars.takeFrames())
      this.send({
        ...frame,
        moved: moved.map((car) => {
          const { cell: _, ...named } = fleetView.named(car, this.#session);
          return named;
        }),
        gone: gone.map((key) => fleetView.nameOf(key, this.#session)),
      });
  }

  async #readRecent(): Promise<void> {
    this.#recent = await this.sources.fleetView.recentDriversOf(this.by);
    this.#recentReadAt = clock.now();
    this.#cars.forget((key) => this.#recent.has(driverOfKey(key)));
  }

  #stopReading(area: Area): void {
    if (this.#area !== area) return;
    const early = this.#early ?? [];
    this.#early = null;
    for (const changes of early) this.#apply(changes);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
