import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { indexCell } from '#geo/cells';
import { CONFIG } from '#ops';
import type { OfferedClass, Position } from '#protocol';
import { clock, DriverProfiles, FleetQueries } from '#store';
import { classOf, seatsOf } from '#trips';

/** Number of nearest vehicles that are looked at. */
const MAX_VEHICLES = 300;
/** Time for which the classes of a cell are kept, ms. */
const KEPT_MS = 30_000;
const MAX_CELLS = 1_000;

/** Classes of the vehicles that serve a place, available or not. Kept for a while: many riders of a city ask. */
@Injectable()
export class OfferedClasses {
  readonly #known = new Map<string, { until: number; classes: Promise<OfferedClass[]> }>();

  constructor(
    private readonly fleet: FleetQueries,
    private readonly profiles: DriverProfiles,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Returns the classes near a place, by name. */
  at(place: Position): Promise<OfferedClass[]> {
    const cell = indexCell(place);
    const known = this.#known.get(cell);
    const now = clock.now();
    if (known !== undefined && now < known.until) return known.classes;
    const classes = this.#read(place);
    // Deleted first, so that the oldest is the first.
    this.#known.delete(cell);
    this.#known.set(cell, { until: now + KEPT_MS, classes });
    if (this.#known.size > MAX_CELLS) this.#known.delete(this.#known.keys().next().value!);
    classes.catch(() => this.#known.delete(cell));
    return classes;
  }

  async #read(place: Position): Promise<OfferedClass[]> {
    const near = await this.fleet.nearest(MAX_VEHICLES, place, { maxM: this.config.searchRadiusM });
    const profiles = await this.profiles.all(near.map(({ record }) => record.driverId));
    const seats = new Map<string, number>();
    for (const profile of profiles) {
      const vehicleClass = classOf(profile);
      seats.set(vehicleClass, Math.max(seats.get(vehicleClass) ?? 0, seatsOf(profile)));
    }
    return [...seats]
      .map(([vehicleClass, most]) => ({ vehicleClass, seats: most }))
      .sort((a, b) => (a.vehicleClass < b.vehicleClass ? -1 : 1));
  }
}
