import type { Namespace } from '#protocol';
import {
  PRESENCE_PARTS,
  type PresenceHash,
  type PresenceStore,
  presencePartOf,
  type UserSocket,
} from '#store';

/** The sockets of one user here, and when that changed last, epoch ms. */
type Held = { sockets: UserSocket[]; at: number };

const NONE: UserSocket[] = [];

/**
 * The users that this node holds, kept in Redis as they are here. A write says all of one user, and one at a time is
 * under way for each: whatever comes and goes meanwhile, and whatever fails, the last one says what is so.
 */
export class LocalConnections {
  readonly #parts = Array.from({ length: PRESENCE_PARTS }, () => new Map<string, Held>());
  readonly #unwritten = new Set<string>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(
    private readonly store: PresenceStore,
    private readonly incarnation: string,
    /** told what Redis knew of the user before a write, and where it is connected here since */
    private readonly onWritten: (userId: string, before: PresenceHash, namespaces: Namespace[]) => void,
  ) {}

  get count(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  opened(userId: string, namespace: Namespace, socketId: string): void {
    const at = Date.now();
    this.#become(userId, [...this.#socketsOf(userId), [namespace, socketId, at]], at);
  }

  closed(userId: string, socketId: string): void {
    const left = this.#socketsOf(userId).filter(([, id]) => id !== socketId);
    this.#become(userId, left, Date.now());
  }

  /** Writes again what could not be written. */
  retry(): void {
    for (const userId of this.#unwritten) this.#write(userId);
  }

  /** Compares one part with what Redis knows, which may have lost something or have taken this node for dead. */
  async check(part: number): Promise<void> {
    const known = new Set(await this.store.held(this.incarnation, part));
    const here = this.#parts[part]!;
    const lost = [...here.keys()].filter((userId) => !known.has(userId));
    const left = [...known].filter((userId) => !here.has(userId));
    for (const userId of [...lost, ...left]) this.#become(userId, this.#socketsOf(userId), Date.now());
    await this.written();
  }

  /** Resolves when nothing of what is under way now is any more. */
  async written(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  #become(userId: string, sockets: UserSocket[], at: number): void {
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
        const before = await this.store.write(userId, this.incarnation, sockets, at);
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

  #partOf(userId: string): Map<string, Held> {
    return this.#parts[presencePartOf(userId)]!;
  }
}
