import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { deadIn, PRESENCE_PARTS, type PresenceStore } from '#store';
import type { LocalConnections } from './local-connections.js';
import type { PartnerPresence } from './partner-presence.js';

const INTERVAL_MS = 1_000;
/** Who looked this long ago may have been taken for dead, or Redis was away. */
const LATE_MS = 2_500;

/**
 * Keeps the presence right whatever dies. The living gateways divide its parts by their names: each takes away in its
 * parts what dead ones left, and tells who is gone. For a moment two may do the same, which does no harm.
 */
export class PresenceReaper implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('presence');
  readonly #looking: NodeJS.Timeout;
  #lookedAt = Date.now();
  #checked = 0;

  constructor(
    private readonly store: PresenceStore,
    private readonly connections: LocalConnections,
    private readonly partnerPresence: PartnerPresence,
    private readonly incarnation: string,
  ) {
    this.#looking = repeatedly(INTERVAL_MS, () => this.#look());
  }

  /** Before the first user comes: what a node left that never said it was there would not be found. */
  async onApplicationBootstrap(): Promise<void> {
    await this.store.heartbeat(this.incarnation, Date.now()).catch(() => {});
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#looking);
    await this.connections.written();
  }

  async #look(): Promise<void> {
    const now = Date.now();
    try {
      await this.store.heartbeat(this.incarnation, now);
      const around = await this.store.around(now);
      this.connections.retry();
      await this.#check(now - this.#lookedAt > LATE_MS);
      const mine = partsOf(around.gateways, this.incarnation);
      // Who is not among the living is late itself.
      if (mine === null) return;
      this.#lookedAt = now;
      for (const [incarnation, lastBeat] of deadIn(around, now)) {
        for (const part of mine) await this.store.sweep(incarnation, part, lastBeat);
        await this.store.forget(incarnation, lastBeat);
      }
      for (const part of mine) await this.#notifyGone(part, now);
    } catch (error) {
      // While the store is away there is nothing to keep.
      this.#logger.debug(error);
    }
  }

  /** One part after the other, each look; all of them after a time in which anything may have happened. */
  async #check(all: boolean): Promise<void> {
    for (let n = all ? PRESENCE_PARTS : 1; n > 0; n -= 1) {
      this.#checked = (this.#checked + 1) % PRESENCE_PARTS;
      await this.connections.check(this.#checked);
    }
  }

  async #notifyGone(part: number, now: number): Promise<void> {
    const gone = await this.store.gone(part, now);
    await Promise.all(
      gone.map(async (one) => {
        await this.partnerPresence.notify(one.userId, one.namespace, false);
        await this.store.notified(one);
      }),
    );
  }
}

/** Which parts are looked after by one of the living; null when it is not among them. */
function partsOf(living: string[], incarnation: string): number[] | null {
  const turn = living.indexOf(incarnation);
  if (turn < 0) return null;
  return Array.from({ length: PRESENCE_PARTS }, (_, part) => part).filter(
    (part) => part % living.length === turn,
  );
}
