import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type ErasureReport, ProtocolError, type Role } from '#protocol';
import { clock, Erasures, FleetIndex, orUnavailable, Trips } from '#store';
import type { Actor } from '#trips';
import { AuditService } from '../audit/audit.service.js';
import { FixIngestService } from '../drivers/fix-ingest.service.js';
import { ConnectionsService } from '../presence/connections.service.js';

const ROLES: readonly Role[] = ['rider', 'driver'];
/** Time for the user's connections to end and for processors to take a driver out of the index. */
const QUIET_MS = 5_000;
const LOOK_MS = 100;

/** Erases and exports the data of users. */
@Injectable()
export class UserDataService {
  constructor(
    private readonly erasures: Erasures,
    private readonly trips: Trips,
    private readonly index: FleetIndex,
    private readonly connections: ConnectionsService,
    private readonly ingest: FixIngestService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Erases a user as rider and as driver. A repeated request goes on where the first one stopped.
   * @throws {ProtocolError} USER_ON_TRIP, UNAVAILABLE: repeat the request, or wait until the service itself does
   */
  async erase(by: Actor, userId: string): Promise<ErasureReport> {
    if (await this.#isOnTrip(userId)) throw new ProtocolError('USER_ON_TRIP');
    await this.audit.record(by, 'user:erase', { userId });
    await orUnavailable(this.erasures.begin(userId, clock.now()));
    await this.#disconnect(userId);
    return (await orUnavailable(this.erasures.run(userId, clock.now())))!;
  }

  /** Runs an erasure again that was begun. A user who has come back and is on a trip is not erased. */
  async repeat(userId: string): Promise<void> {
    if (await this.#isOnTrip(userId)) return orUnavailable(this.erasures.forget(userId));
    await this.#disconnect(userId);
    await orUnavailable(this.erasures.run(userId, clock.now(), true));
  }

  /** Yields the JSON text of all data of a user. */
  async *export(by: Actor, userId: string): AsyncGenerator<string> {
    await this.audit.record(by, 'user:export', { userId });
    yield `${JSON.stringify({ userId, exportedAt: clock.now() }).slice(0, -1)},"data":{`;
    let comma = '';
    for await (const { kind, items } of this.erasures.items(userId)) {
      yield `${comma}${JSON.stringify(kind)}:[`;
      yield* joined(items);
      yield ']';
      comma = ',';
    }
    yield '}}';
  }

  async #isOnTrip(userId: string): Promise<boolean> {
    const held = [this.trips.heldByRider(userId), this.trips.heldByDriver(userId)];
    return (await orUnavailable(Promise.all(held))).some((trip) => trip !== null);
  }

  /** Ends the user's connections and takes a driver offline, so that watchers learn it and nothing is written meanwhile. */
  async #disconnect(userId: string): Promise<void> {
    for (const role of ROLES) await this.connections.disconnectUser(userId, role);
    const isPresent = async () => (await orUnavailable(this.index.load(userId))).record?.present === true;
    if (await isPresent()) await this.ingest.status(userId, 'offline');
    const isConnected = async () =>
      (await this.connections.presence(userId)).connections.some(
        ({ namespace }) => namespace !== '/dispatch',
      );
    const until = performance.now() + QUIET_MS;
    while (((await isConnected()) || (await isPresent())) && performance.now() < until)
      await setTimeout(LOOK_MS);
  }
}

/** Characters of a text that is written at once. */
const CHUNK = 65_536;

/** Joins items as JSON, in texts of about 64 KB. */
async function* joined(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let text = '';
  let comma = '';
  for await (const item of items) {
    text += `${comma}${JSON.stringify(item)}`;
    comma = ',';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
