import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Point } from '#geo';
import type { Estimate, Position } from '#protocol';
import { type Route, type Router, type Start, straightLine, whole } from './router.js';

/** After this time a rough estimate now serves a rider better than an exact one later. */
const TIMEOUT_MS = 1_000;
/** Pause after a failed request. */
const PAUSE_MS = 5_000;
/** OSRM accepts 100 places per request, unless it runs with another `--max-table-size`. */
const MAX_STARTS = 99;

const Matrix = z.array(z.array(z.number().nonnegative().nullable()));
/** A pair without a route is null. */
const Table = z.object({ code: z.literal('Ok'), durations: Matrix, distances: Matrix });
type Table = z.infer<typeof Table>;
const LngLat = z.tuple([z.number(), z.number()]);
const Routes = z.object({
  code: z.literal('Ok'),
  routes: z
    .array(
      z.object({
        distance: z.number(),
        duration: z.number(),
        geometry: z.object({ coordinates: z.array(LngLat) }),
      }),
    )
    .min(1),
});
const Waypoints = z.object({
  code: z.literal('Ok'),
  waypoints: z.array(z.object({ location: LngLat, distance: z.number() })).min(1),
});
/** OSRM works but has no result: no street is near one of the places, or it rejects the request. */
const NoResult = z.object({
  code: z.enum([
    'InvalidOptions',
    'InvalidQuery',
    'InvalidService',
    'InvalidUrl',
    'InvalidValue',
    'InvalidVersion',
    'NoRoute',
    'NoSegment',
    'NoTable',
    'NotImplemented',
    'TooBig',
  ]),
});

/**
 * Estimates, routes and nearest streets of an OSRM server, by its services table, route and nearest,
 * https://project-osrm.org/docs/v5.24.0/api/. Falls back to the straight line for pairs without a result, and pauses requests
 * after a server failure.
 */
export class OsrmRouter implements Router {
  readonly #logger = new Logger('osrm');
  #pausedUntil = 0;

  constructor(
    private readonly url: string,
    private readonly failures: { inc(): void },
  ) {}

  async estimates(starts: Start[], to: Point): Promise<Estimate[]> {
    const table = await this.#table(starts.slice(0, MAX_STARTS), to);
    return starts.map((start, i) => {
      const distanceM = table?.distances[i]?.[0] ?? null;
      const durationS = table?.durations[i]?.[0] ?? null;
      if (distanceM === null || durationS === null) return straightLine(start, to);
      return whole(distanceM, durationS, 'osrm');
    });
  }

  async route(start: Start, to: Point): Promise<Route | null> {
    // The heading keeps the route from beginning with a turn in the road; the range is that of GPS in a city.
    const bearings = start.heading === undefined ? '' : `&bearings=${Math.round(start.heading) % 360},90;`;
    const path = `route/v1/driving/${pairsOf([start, to])}?overview=full&geometries=geojson${bearings}`;
    const route = (await this.#ask(Routes, path))?.routes[0];
    if (route === undefined) return null;
    const line = route.geometry.coordinates.map(positionOf);
    return { ...whole(route.distance, route.duration, 'osrm'), line };
  }

  async nearest(place: Point): Promise<(Position & { awayM: number }) | null> {
    const found = (await this.#ask(Waypoints, `nearest/v1/driving/${pairsOf([place])}?number=1`))
      ?.waypoints[0];
    return found === undefined ? null : { ...positionOf(found.location), awayM: found.distance };
  }

  async #table(starts: Start[], to: Point): Promise<Table | null> {
    return starts.length === 0 ? null : this.#ask(Table, tablePath(starts, to));
  }

  /** @returns null without a result, while requests are paused, and after a failure */
  async #ask<T extends { code: 'Ok' }>(schema: z.ZodType<T>, path: string): Promise<T | null> {
    if (Date.now() < this.#pausedUntil) return null;
    try {
      const answer = await ask(`${this.url.replace(/\/+$/, '')}/${path}`, schema);
      if (answer.code === 'Ok') return answer;
      this.#logger.debug(`no result: ${answer.code}`);
    } catch (error) {
      this.#pausedUntil = Date.now() + PAUSE_MS;
      this.#logger.warn(`no response: ${(error as Error).message}`);
    }
    this.failures.inc();
    return null;
  }
}

async function ask<T>(url: string, schema: z.ZodType<T>): Promise<T | z.infer<typeof NoResult>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer = z.union([schema, NoResult]).safeParse(await response.json());
  if (!answer.success) throw new Error(`no result, HTTP status ${response.status}`);
  return answer.data as T | z.infer<typeof NoResult>;
}

/** OSRM takes longitude first. */
const pairsOf = (places: Point[]): string =>
  places.map(({ lat, lng }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(';');

const positionOf = ([lng, lat]: [number, number]): Position => ({ lat, lng });

/** Path of a table from each start to one place. */
function tablePath(starts: Start[], to: Point): string {
  const places = pairsOf([...starts, to]);
  const sources = [...starts.keys()].join(';');
  const options = `sources=${sources}&destinations=${starts.length}&annotations=duration,distance`;
  return `table/v1/driving/${places}?${options}`;
}
