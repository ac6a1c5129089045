import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, repeatedly } from '#ops';
import type { CellCount, FleetPage, FleetSearch } from '#protocol';
import { type Identity, isLimited } from '#realtime';
import { clock, orUnavailable, Roster, Trips } from '#store';
import { isInScope } from '#trips';
import { coversPlace, ScopeService } from '../auth/scope.service.js';
import { countsOf, FleetRoster, type FleetScope } from './fleet-roster.js';

const CHECK_MS = 250;
/** Minimum time between two readings. */
const INTERVAL_MS = 1_500;
/** A reading may take this share of the time: at most a tenth of it with any size of the fleet. */
const PAUSE_PER_READING = 9;
/** Age above which a state is not used: a failed reading must not be answered with what is long past. */
const MAX_AGE_MS = 30_000;
/** Time after the last use for which the state is kept up to date. */
const KEPT_MS = 60_000;
/** Share of the silent time: a parked vehicle that nobody watches reports after two thirds of it. */
const NO_SIGNAL = 5 / 6;

/**
 * The whole fleet in the memory of this gateway, read from the index again and again while boards use it. So every gateway
 * answers from the same source, at most some seconds old, and a search costs Redis nothing.
 */
@Injectable()
export class FleetRosterService implements OnApplicationShutdown {
  readonly #timer: NodeJS.Timeout;
  #state: FleetRoster | null = null;
  #reading: Promise<FleetRoster> | null = null;
  #readAt = 0;
  #tookMs = 0;
  #usedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly roster: Roster,
    private readonly trips: Trips,
    private readonly scope: ScopeService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#timer = repeatedly(CHECK_MS, () => this.#keepUp());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns the fleet as it was read last. @throws {ProtocolError} UNAVAILABLE */
  async state(): Promise<FleetRoster> {
    this.#usedAt = performance.now();
    if (this.#state !== null && performance.now() - this.#readAt < MAX_AGE_MS) return this.#state;
    return orUnavailable(this.#read());
  }

  /** Reads the fleet again after it was changed here, so that the change is in the next answer. */
  async refresh(): Promise<void> {
    if (this.#state === null) return;
    // One that is under way may have begun before the change.
    await this.#reading?.catch(() => {});
    await this.#read().catch(() => {});
  }

  /** Searches what concerns a dispatcher or service. @throws {ProtocolError} UNAVAILABLE */
  async search(by: Identity, search: FleetSearch): Promise<FleetPage> {
    const state = await this.state();
    const scope = isLimited(by) ? await this.#scopeOf(by, state) : undefined;
    return state.search(search, clock.now(), this.config.silentMs * NO_SIGNAL, scope);
  }

  /** Returns the number of vehicles of the fleet of a user in each of these cells, without empty cells. @throws {ProtocolError} UNAVAILABLE */
  async counts(by: Pick<Identity, 'fleet'>, cells: readonly string[]): Promise<CellCount[]> {
    const wanted = new Set(cells);
    const { rows } = await this.state();
    const near = rows.filter(({ entry }) => entry.present && wanted.has(entry.cell));
    const ours = await this.scope.ofFleet(near, by, ({ id }) => id);
    return countsOf(ours.map(({ entry }) => entry));
  }

  async #scopeOf(by: Identity, { rows }: FleetRoster): Promise<FleetScope> {
    const near = rows.filter(({ entry }) => coversPlace(by, entry));
    const ours = new Set((await this.scope.ofFleet(near, by, ({ id }) => id)).map(({ id }) => id));
    return { hasDriver: (id) => ours.has(id), hasTrip: (trip) => isInScope(trip, by) };
  }

  async #keepUp(): Promise<void> {
    const now = performance.now();
    if (now - this.#usedAt > KEPT_MS) this.#state = null;
    else if (now - this.#readAt >= Math.max(INTERVAL_MS, this.#tookMs * PAUSE_PER_READING))
      await this.#read().catch(() => {});
  }

  #read(): Promise<FleetRoster> {
    this.#reading ??= this.#load().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #load(): Promise<FleetRoster> {
    const from = performance.now();
    const at = clock.now();
    const state = this.#state ?? new FleetRoster();
    state.begin();
    await this.roster.read(state.versionOf, (id, entry) => state.put(id, entry));
    state.commit(await this.trips.everyOpen(), at);
    this.#state = state;
    this.#readAt = performance.now();
    this.#tookMs = this.#readAt - from;
    return state;
  }
}
