import { cellToBoundary, cellToParent, getResolution, latLngToCell } from 'h3-js';
import type { CellCount, Position, Trip, Vehicle } from '#protocol';
import type { ColouredCell } from '../../../shared/map/overlay/cell-layer.js';

/** Quantity that the colour of a cell shows. */
export type Measure = 'supply' | 'demand' | 'ratio';

/** Numbers of available cars, waiting riders and all vehicles in one cell. */
export type Tally = { supply: number; demand: number; vehicles: number };

/** Minimum zoom of each H3 resolution, chosen so that a cell is about the size of a thumbnail. */
const RESOLUTIONS: Array<[zoom: number, resolution: number]> = [
  [12.2, 9],
  [10.8, 8],
  [0, 7],
];
/** Blue and vermillion of the Okabe-Ito palette, distinct for all kinds of colour vision. */
const BLUE: Colour = [0, 0.447, 0.698];
const ORANGE: Colour = [0.835, 0.369, 0];
const MIDDLE: Colour = [0.6, 0.6, 0.6];
type Colour = [number, number, number];

const resolutionAt = (zoom: number): number => RESOLUTIONS.find(([from]) => zoom >= from)?.[1] ?? 7;

/** Returns the corners of a cell; one over the antimeridian continues beyond 180 degrees. */
export function cornersOf(cell: string): Position[] {
  const corners = cellToBoundary(cell).map(([lat, lng]) => ({ lat, lng }));
  const { lng: first } = corners[0]!;
  return corners.map(({ lat, lng }) => ({ lat, lng: lng - 360 * Math.round((lng - first) / 360) }));
}

/** Counts vehicles and waiting riders per cell. It caches each vehicle's cell until the vehicle moves. */
export class Density {
  readonly #cells = new Map<string, { t: number; cell: string }>();
  #resolution = 0;

  /** Returns the tally of each cell. With `counts`, it uses those instead of the vehicles, at a coarser resolution. */
  tally(
    vehicles: Iterable<Vehicle>,
    trips: Iterable<Trip>,
    counts: readonly CellCount[] | null,
    zoom: number,
  ): Map<string, Tally> {
    const resolution = counts === null ? resolutionAt(zoom) : Math.min(6, resolutionAt(zoom));
    if (resolution !== this.#resolution) this.#cells.clear();
    this.#resolution = resolution;
    const tallies = new Map<string, Tally>();
    const at = (cell: string) => {
      const known = tallies.get(cell) ?? { supply: 0, demand: 0, vehicles: 0 };
      tallies.set(cell, known);
      return known;
    };
    if (counts !== null)
      for (const { cell, available, busy } of counts) {
        const tally = at(getResolution(cell) > resolution ? cellToParent(cell, resolution) : cell);
        tally.supply += available;
        tally.vehicles += available + busy;
      }
    else
      for (const vehicle of vehicles) {
        const tally = at(this.#cellOf(vehicle));
        tally.vehicles++;
        if (vehicle.status === 'available') tally.supply++;
      }
    for (const { state, pickup } of trips)
      if (state === 'requested' || state === 'offered')
        at(latLngToCell(pickup.lat, pickup.lng, resolution)).demand++;
    return tallies;
  }

  #cellOf({ id, t, lat, lng }: Vehicle): string {
    const known = this.#cells.get(id);
    if (known?.t === t) return known.cell;
    const cell = latLngToCell(lat, lng, this.#resolution);
    this.#cells.set(id, { t, cell });
    return cell;
  }
}

/**
 * Returns the colour of each cell that is not empty. Opacity grows with the amount. The ratio is blue where cars are
 * available, and vermillion where riders wait.
 */
export function coloured(tallies: ReadonlyMap<string, Tally>, measure: Measure): ColouredCell[] {
  const max = Math.max(1, ...[...tallies.values()].map((tally) => amountOf(tally, measure)));
  return [...tallies].flatMap(([cell, tally]) => {
    const value = amountOf(tally, measure);
    if (value === 0) return [];
    const colour = measure === 'supply' ? BLUE : measure === 'demand' ? ORANGE : ratioColour(tally);
    return [{ cell, colour, opacity: 0.16 + 0.54 * Math.sqrt(value / max) }];
  });
}

const amountOf = ({ supply, demand }: Tally, measure: Measure): number =>
  measure === 'supply' ? supply : measure === 'demand' ? demand : supply + demand;

function ratioColour({ supply, demand }: Tally): Colour {
  const part = demand / (supply + demand);
  const [from, to, f] = part < 0.5 ? [BLUE, MIDDLE, part * 2] : [MIDDLE, ORANGE, part * 2 - 1];
  return from.map((value, i) => value + (to[i]! - value) * f) as Colour;
}
