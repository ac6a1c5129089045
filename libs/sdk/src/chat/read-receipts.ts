import type { ChatReceipt, Party } from '#protocol';
import { type Line, SerialQueue } from '../util/serial-queue.js';

type Mark = Pick<ChatReceipt, 'delivered' | 'read'>;

const higher = (a: Mark, b: Mark): Mark => ({
  delivered: Math.max(a.delivered, b.delivered),
  read: Math.max(a.read, b.read),
});
const isHigher = (a: Mark, b: Mark): boolean => a.delivered > b.delivered || a.read > b.read;

/** What both parties have got and have read, as the service knows it; and what it is still to be told of this one. */
export class ReadReceipts {
  readonly #known: Record<Party, Mark> = {
    rider: { delivered: 0, read: 0 },
    driver: { delivered: 0, read: 0 },
  };
  #own: Mark = { delivered: 0, read: 0 };
  #told: Mark = this.#own;
  /** `seq` of the partner's messages after the last that was read */
  #unread: number[] = [];
  readonly #telling: SerialQueue;

  constructor(
    line: Line,
    private readonly role: Party,
    tripId: string,
  ) {
    this.#telling = new SerialQueue(line, {
      isDue: () => isHigher(this.#own, this.#told),
      step: async () => {
        const { delivered, read } = this.#own;
        const isRead = read > this.#told.read;
        const seq = isRead ? read : delivered;
        await line.request(isRead ? 'chat:read' : 'chat:delivered', { tripId, seq });
        this.#told = higher(this.#told, { delivered: seq, read: isRead ? seq : 0 });
      },
      refused: () => {
        this.#told = this.#own;
      },
    });
  }

  get read(): number {
    return this.#own.read;
  }

  get unread(): number {
    return this.#unread.length;
  }

  /** A message of the partner came. */
  got(seq: number): void {
    if (seq > this.#own.read) this.#unread.push(seq);
    this.#reach({ delivered: seq, read: 0 });
  }

  readTo(seq: number): void {
    this.#reach({ delivered: seq, read: seq });
  }

  /** @returns the receipt, never lower than one before; null when it says nothing new */
  take(receipt: ChatReceipt): ChatReceipt | null {
    const { role } = receipt;
    const before = this.#known[role];
    if (!isHigher(receipt, before)) return null;
    this.#known[role] = higher(receipt, before);
    if (role === this.role) {
      this.#told = higher(this.#told, receipt);
      this.#reach(receipt);
    }
    return { ...receipt, ...this.#known[role] };
  }

  run(): void {
    void this.#telling.run();
  }

  #reach(mark: Mark): void {
    this.#own = higher(this.#own, mark);
    this.#unread = this.#unread.filter((seq) => seq > this.#own.read);
    this.run();
  }
}
