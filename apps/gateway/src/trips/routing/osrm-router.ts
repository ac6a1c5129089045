import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Point } from '#geo';
import type { Estimate } from '#protocol';
import { type Router, type Start, straightLine, whole } from './router.js';

/** A rider that waits for an answer is better served by a rough one. */
const TIMEOUT_MS = 1_000;
/** How long OSRM is left alone after it did not answer. */
const PAUSE_MS = 5_000;
/** OSRM refuses more than a hundred places, unless it was started with another `--max-table-size`. */
const MAX_STARTS = 99;

const Matrix = z.array(z.array(z.number().nonnegative().nullable()));
/** A pair without a way is null. */
const Table = z.object({ code: z.literal('Ok'), durations: Matrix, distances: Matrix });
type Table = z.infer<typeof Table>;
/** OSRM is well and has no answer: there is no street near one of the places, or the request is not to its liking. */
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
 * Asks an OSRM server by its HTTP API, https://project-osrm.org/docs/v5.24.0/api/#table-service. Whatever it does not
 * answer is estimated without it; a server that does not answer at all is not asked again for a while.
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
      this.#logger.warn(`no answer: ${(error as Error).message}`);
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

/** From each start to one place; a position is longitude first. */
function tableUrl(base: string, starts: Start[], to: Point): string {
  const places = [...starts, to].map(({ lat, lng }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(';');
  const sources = [...starts.keys()].join(';');
  const options = `sources=${sources}&destinations=${starts.length}&annotations=duration,distance`;
  return `${base.replace(/\/+$/, '')}/table/v1/driving/${places}?${options}`;
}
