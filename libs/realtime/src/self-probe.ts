import { randomUUID } from 'node:crypto';
import { isCluster, type RedisClient } from '#store';

const INTERVAL_MS = 1_000;
/** Unanswered probes in a row after which a node is deaf. Counted, not timed: a process that slept has not missed any. */
const MAX_UNANSWERED = 3;
/** Channels to probe in a cluster, whose subscriptions are spread over several connections. */
const CLUSTER_CHANNELS = 16;

export type SelfProbeHandlers = {
  /** nothing that is published reaches this node any more */
  deaf: () => void;
  /** messages arrive again after some were missed: the node was deaf, or its subscriptions were interrupted */
  gapEnded: () => void;
};

/**
 * Publishes a message to itself every second, because a subscriber connection can be dead while commands work, and then
 * nothing else shows it.
 */
export class SelfProbe {
  readonly #channels: string[];
  readonly #unanswered = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #isDeaf = false;
  #hasGap = false;
  #isEnding = false;

  constructor(
    private readonly publisher: RedisClient,
    private readonly subscriber: RedisClient,
    channelPrefix: string,
    private readonly handlers: SelfProbeHandlers,
  ) {
    const id = randomUUID();
    const count = isCluster(subscriber) ? CLUSTER_CHANNELS : 1;
    this.#channels = Array.from({ length: count }, (_, i) => `${channelPrefix}-probe#${id}-${i}`);
  }

  /** Whether messages are being missed. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  start(): void {
    for (const channel of this.#channels) this.subscriber.ssubscribe(channel).catch(() => {});
    this.subscriber.on('smessageBuffer', (channel: Buffer) => this.#received(channel.toString()));
    // Anything published before the subscriptions are in force again is lost, however short that is.
    for (const event of ['close', '-node']) this.subscriber.on(event, () => this.#interrupted());
    this.#timer = setInterval(() => this.#probe(), INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #interrupted(): void {
    this.#hasGap = true;
  }

  #probe(): void {
    const missing = this.#channels.some((channel) => (this.#unanswered.get(channel) ?? 0) >= MAX_UNANSWERED);
    if (missing && !this.#isDeaf) {
      this.#isDeaf = true;
      this.#hasGap = true;
      this.handlers.deaf();
      // It may never report an error: a peer that is gone sends nothing.
      if (!isCluster(this.subscriber) && this.subscriber.status === 'ready') this.subscriber.disconnect(true);
    }
    for (const channel of this.#channels) {
      this.#unanswered.set(channel, (this.#unanswered.get(channel) ?? 0) + 1);
      this.publisher.spublish(channel, '').catch(() => {});
    }
  }

  #received(channel: string): void {
    if (!this.#unanswered.has(channel)) return;
    this.#unanswered.set(channel, 0);
    const isComplete = this.#channels.every((each) => (this.#unanswered.get(each) ?? 0) < MAX_UNANSWERED);
    if (this.#hasGap && isComplete && !this.#isEnding) void this.#endGap();
  }

  async #endGap(): Promise<void> {
    this.#isEnding = true;
    // Replies arrive in order: afterwards all channels are subscribed again, not only the one of the probe.
    const isUp =
      isCluster(this.subscriber) ||
      (await this.subscriber.ping().then(
        () => true,
        () => false,
      ));
    this.#isEnding = false;
    if (!isUp) return;
    this.#hasGap = false;
    this.#isDeaf = false;
    this.handlers.gapEnded();
  }
}
