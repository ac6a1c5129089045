import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Point } from '#geo';
import type { Estimate } from '#protocol';
import { type Router, type Start, straightLine, whole } from './router.js';

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
/** OSRM works but has no result: no street is near one of the places, or it rejects the request. */
const NoTable = z.object({
  code: z.enum([
    'InvalidOptions',
    'InvalidQuery',
    'InvalidService',
    'InvalidUrl',
    'InvalidValue',
    'InvalidVersion',
    'NoSegment',
    'NoTable',
    'NotImplemented',
    'TooBig',
  ]),
});
const Answer = z.discriminatedUnion('code', [Table, NoTable]);

/**
 * Estimates along streets with an OSRM server, https://project-osrm.org/docs/v5.24.0/api/#table-service. Falls back to
 * the straight line for pairs without a result, and pauses requests after a server failure.
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

  async #table(starts: Start[], to: Point): Promise<Table | null> {
    if (starts.length === 0 || Date.now() < this.#pausedUntil) return null;
    try {
      const table = await ask(tableUrl(this.url, starts, to));
      if (table.code === 'Ok') return table;
      this.#logger.debug(`no table: ${table.code}`);
    } catch (error) {
      this.#pausedUntil = Date.now() + PAUSE_MS;
      this.#logger.warn(`no response: ${(error as Error).message}`);
    }
    this.failures.inc();
    return null;
  }
}

async function ask(url: string): Promise<z.infer<typeof Answer>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const answer = Answer.safeParse(await response.json());
  if (!answer.success) throw new Error(`no table, HTTP status ${response.status}`);
  return answer.data;
}

/** URL of a table from each start to one place; OSRM takes longitude first. */
function tableUrl(base: string, starts: Start[], to: Point): string {
  const places = [...starts, to].map(({ lat, lng }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(';');
  const sources = [...starts.keys()].join(';');
  const options = `sources=${sources}&destinations=${starts.length}&annotations=duration,distance`;
  return `${base.replace(/\/+$/, '')}/table/v1/driving/${places}?${options}`;
}
