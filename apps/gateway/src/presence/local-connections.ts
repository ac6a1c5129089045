import type { Namespace } from '#protocol';
import {
  clock,
  PRESENCE_PARTS,
  type PresenceHash,
  type PresenceStore,
  presencePartOf,
  type UserSocket,
} from '#store';

/** Sockets of one user at this node, and the time of their last change, epoch ms. */
type LocalSockets = { sockets: UserSocket[]; at: number };

const NONE: UserSocket[] = [];

/**
 * Connections of users at this node, mirrored to Redis. Each write contains all sockets of one user, and one write per
 * user runs at a time: whatever connects, disconnects or fails meanwhile, the last write is right.
 */
export class LocalConnections {
  readonly #parts = Array.from({ length: PRESENCE_PARTS }, () => new Map<string, LocalSockets>());
  readonly #unwritten = new Set<string>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(
    private readonly store: PresenceStore,
    private readonly runId: string,
    /** receives what Redis knew of the user before a write, and the namespaces of its sockets here */
    private readonly onWritten: (userId: string, before: PresenceHash, namespaces: Namespace[]) => void,
  ) {}

  /** Number of users connected here. */
  get count(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  opened(userId: string, namespace: Namespace, socketId: string, deviceId?: string): void {
    const at = clock.now();
    const socket: UserSocket =
      deviceId === undefined ? [namespace, socketId, at] : [namespace, socketId, at, deviceId];
    this.#set(userId, [...this.#socketsOf(userId), socket], at);
  }

  closed(userId: string, socketId: string): void {
    const remaining = this.#socketsOf(userId).filter(([, id]) => id !== socketId);
    this.#set(userId, remaining, clock.now());
  }

  /** Repeats writes that failed. */
  retry(): void {
    for (const userId of this.#unwritten) this.#write(userId);
  }

  /** Repairs one part in Redis, which may have lost data or taken this node for dead. */
  async check(part: number): Promise<void> {
    const known = new Set(await this.store.held(this.runId, part));
    const here = this.#parts[part]!;
    const missing = [...here.keys()].filter((userId) => !known.has(userId));
    const stale = [...known].filter((userId) => !here.has(userId));
    for (const userId of [...missing, ...stale]) this.#set(userId, this.#socketsOf(userId), clock.now());
    await this.written();
  }

  /** Resolves when the writes that are running now have ended. */
  async written(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #set(userId: string, sockets: UserSocket[], at: number): void {
    this.#partOf(userId).set(userId, { sockets, at });
    this.#unwritten.add(userId);
    this.#write(userId);
  }

  #write(userId: string): void {
    if (!this.#writing.has(userId)) this.#writing.set(userId, this.#writeUntilRight(userId));
  }

  async #writeUntilRight(userId: string): Promise<void> {
    const part = this.#partOf(userId);
    while (this.#unwritten.delete(userId)) {
      const { sockets, at } = part.get(userId)!;
      try {
        const before = await this.store.write(userId, this.runId, sockets, at);
        this.onWritten(userId, before, [...new Set(sockets.map(([namespace]) => namespace))]);
      } catch {
        this.#unwritten.add(userId);
        break;
      }
    }
    if (!this.#unwritten.has(userId) && part.get(userId)?.sockets.length === 0) part.delete(userId);
    this.#writing.delete(userId);
  }

  #socketsOf(userId: string): UserSocket[] {
    return this.#partOf(userId).get(userId)?.sockets ?? NONE;
  }

  #partOf(userId: string): Map<string, LocalSockets> {
    return this.#parts[presencePartOf(userId)]!;
  }
}
