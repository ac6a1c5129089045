import type { ChatReceipt, Party } from '#protocol';
import { type ChatConnection, SerialQueue } from '../util/serial-queue.js';

type Mark = Pick<ChatReceipt, 'delivered' | 'read'>;

const higher = (a: Mark, b: Mark): Mark => ({
  delivered: Math.max(a.delivered, b.delivered),
  read: Math.max(a.read, b.read),
});
const isHigher = (a: Mark, b: Mark): boolean => a.delivered > b.delivered || a.read > b.read;

/** Receipts of both parties as the service knows them, and those of this user that are not sent yet. */
export class ReadReceipts {
  readonly #known: Record<Party, Mark> = {
    rider: { delivered: 0, read: 0 },
    driver: { delivered: 0, read: 0 },
  };
  #own: Mark = { delivered: 0, read: 0 };
  #sent: Mark = this.#own;
  /** `seq` of the partner's unread messages */
  #unread: number[] = [];
  readonly #sending: SerialQueue;

  constructor(
    connection: ChatConnection,
    private readonly role: Party,
    tripId: string,
  ) {
    this.#sending = new SerialQueue(connection, {
      isDue: () => isHigher(this.#own, this.#sent),
      step: async () => {
        const { delivered, read } = this.#own;
        const isRead = read > this.#sent.read;
        const seq = isRead ? read : delivered;
        await connection.request(isRead ? 'chat:read' : 'chat:delivered', { tripId, seq });
        this.#sent = higher(this.#sent, { delivered: seq, read: isRead ? seq : 0 });
      },
      refused: () => {
        this.#sent = this.#own;
      },
    });
  }

  get read(): number {
    return this.#own.read;
  }

  get unread(): number {
    return this.#unread.length;
  }

  /** Records a message of the partner as delivered. */
  delivered(seq: number): void {
    if (seq > this.#own.read) this.#unread.push(seq);
    this.#reach({ delivered: seq, read: 0 });
  }

  readTo(seq: number): void {
    this.#reach({ delivered: seq, read: seq });
  }

  /** @returns the receipt, never lower than an earlier one; null when it adds nothing */
  take(receipt: ChatReceipt): ChatReceipt | null {
    const { role } = receipt;
    const before = this.#known[role];
    if (!isHigher(receipt, before)) return null;
    this.#known[role] = higher(receipt, before);
    if (role === this.role) {
      this.#sent = higher(this.#sent, receipt);
      this.#reach(receipt);
    }
    return { ...receipt, ...this.#known[role] };
  }

  run(): void {
    void this.#sending.run();
  }

  #reach(mark: Mark): void {
    this.#own = higher(this.#own, mark);
    this.#unread = this.#unread.filter((seq) => seq > this.#own.read);
    this.run();
  }
}
