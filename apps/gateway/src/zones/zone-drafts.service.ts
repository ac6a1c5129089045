import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { NODE, repeatedly } from '#ops';
import { zonesRoom } from '#protocol';
import { Hub } from '#realtime';
import { ZoneDrafts } from '#store';
import { RegionDraft } from './region-draft.js';

const HEAD_INTERVAL_MS = 2_000;
/** Time after its last use for which a draft that nobody here edits stays in memory. */
const KEEP_MS = 60_000;

type Held = { draft: RegionDraft; usedAt: number; head: number };

/** Drafts that this gateway has in memory, and what their editors at this gateway are sent. */
@Injectable()
export class ZoneDraftsService implements OnApplicationShutdown {
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly drafts: ZoneDrafts,
    private readonly hub: Hub,
    @Inject(NODE) private readonly node: string,
  ) {
    this.#timer = repeatedly(HEAD_INTERVAL_MS, () => this.#sendHeads());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Returns the draft of a region. */
  of(region: string): RegionDraft {
    const held = this.#held.get(region) ?? this.#hold(region);
    held.usedAt = performance.now();
    return held.draft;
  }

  #hold(region: string): Held {
    const room = { namespace: '/dispatch', room: zonesRoom(region) } as const;
    const draft = new RegionDraft(region, this.node, this.drafts, (updated, socketId) =>
      this.hub.emit(room, 'zones:update', updated, socketId),
    );
    const held = { draft, usedAt: 0, head: -1 };
    this.#held.set(region, held);
    return held;
  }

  /**
   * Sends the editors here the number of the newest update. A gateway may have died between appending an update and sending
   * it, and without a later update nobody would notice.
   */
  async #sendHeads(): Promise<void> {
    const now = performance.now();
    for (const [region, held] of this.#held) {
      const room = zonesRoom(region);
      const editors = this.hub.localSockets('/dispatch').filter(({ rooms }) => rooms.has(room));
      if (editors.length > 0) {
        // While Redis is unavailable, there is nothing to send.
        const number = await held.draft.poll().catch(() => held.head);
        if (number !== held.head) for (const socket of editors) socket.emit('zones:head', { region, number });
        held.head = number;
      } else if (now - held.usedAt > KEEP_MS) this.#held.delete(region);
    }
  }
}
