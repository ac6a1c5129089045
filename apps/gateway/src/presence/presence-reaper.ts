import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { repeatedly } from '#ops';
import { clock, deadIn, PRESENCE_PARTS, PresenceStore } from '#store';
import { LocalConnections } from './local-connections.js';
import { PartnerPresence } from './partner-presence.js';
import { RUN_ID } from './run-id.js';

const INTERVAL_MS = 1_000;
/** After a pause this long, others may have taken this node for dead, or Redis was unavailable. */
const LATE_MS = 2_500;

/**
 * Keeps presence correct when gateways die. The live gateways divide its parts among themselves: each removes what dead
 * ones left in its parts and notifies the partners of users who are gone. Two may briefly own the same part, which is
 * harmless.
 */
@Injectable()
export class PresenceReaper implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('presence');
  readonly #timer: NodeJS.Timeout;
  #completedAt = clock.now();
  #checked = 0;

  constructor(
    private readonly store: PresenceStore,
    private readonly connections: LocalConnections,
    private readonly partnerPresence: PartnerPresence,
    @Inject(RUN_ID) private readonly runId: string,
  ) {
    this.#timer = repeatedly(INTERVAL_MS, () => this.#run());
  }

  /** Runs before the first user connects: nobody would clean up after a node that never published a heartbeat. */
  async onApplicationBootstrap(): Promise<void> {
    await this.store.heartbeat(this.runId, clock.now()).catch(() => {});
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.connections.written();
  }

  async #run(): Promise<void> {
    const now = clock.now();
    try {
      await this.store.heartbeat(this.runId, now);
      const around = await this.store.around(now);
      this.connections.retry();
      await this.#check(now - this.#completedAt > LATE_MS);
      const own = partsOf(around.gateways, this.runId);
      // This gateway is late itself, so the others own its parts.
      if (own === null) return;
      this.#completedAt = now;
      for (const [runId, lastHeartbeat] of deadIn(around, now)) {
        for (const part of own) await this.store.sweep(runId, part, lastHeartbeat);
        await this.store.forget(runId, lastHeartbeat);
      }
      for (const part of own) await this.#notifyGone(part, now);
    } catch (error) {
      // Redis is unavailable; the next turn catches up.
      this.#logger.debug(error);
    }
  }

  /** Checks one part per turn; all of them after a pause in which anything may have happened. */
  async #check(all: boolean): Promise<void> {
    for (let n = all ? PRESENCE_PARTS : 1; n > 0; n -= 1) {
      this.#checked = (this.#checked + 1) % PRESENCE_PARTS;
      await this.connections.check(this.#checked);
    }
  }

  async #notifyGone(part: number, now: number): Promise<void> {
    const gone = await this.store.gone(part, now);
    await Promise.all(
      gone.map(async (user) => {
        await this.partnerPresence.notify(user.userId, user.namespace, false);
        await this.store.notified(user);
      }),
    );
  }
}

/** Returns the parts that a live gateway owns; null when it is not among the live ones. */
function partsOf(live: string[], runId: string): number[] | null {
  const turn = live.indexOf(runId);
  if (turn < 0) return null;
  return Array.from({ length: PRESENCE_PARTS }, (_, part) => part).filter(
    (part) => part % live.length === turn,
  );
}
