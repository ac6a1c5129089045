import {
  type ChatMessage,
  type ChatPage,
  type ChatReceipt,
  type ChatTyping,
  MAX_CHAT_PAGE,
  type Party,
} from '#protocol';
import type { HexfleetError } from '../connection/errors.js';
import { Emitter } from '../util/emitter.js';
import { Sequence } from '../util/sequence.js';
import { type Line, SerialQueue } from '../util/serial-queue.js';
import { ChatOutbox } from './chat-outbox.js';
import { Typing } from './chat-typing.js';
import { ReadReceipts } from './read-receipts.js';

/** The events of a {@link Chat}. */
export type ChatEvents = {
  /** each message after the last one that this user has read, once and in order, one's own as well */
  message: ChatMessage;
  /** a party, perhaps oneself on another device, has got or has read more than before */
  receipt: ChatReceipt;
  /** the partner types; null when it has stopped */
  typing: ChatTyping | null;
  /** how many messages of the partner are not read yet, when that changes */
  unread: number;
  /** this user may not read this chat: nothing else will come */
  refused: HexfleetError;
};

type PageQuery = { before?: number; after?: number; limit?: number };

/**
 * The chat of one trip, for one of its parties. What was missed without a connection is fetched on the next one. What
 * came is reported as delivered; that it was read, the app says.
 */
export class Chat extends Emitter<ChatEvents> {
  readonly #outbox: ChatOutbox;
  readonly #marks: ReadReceipts;
  readonly #typing: Typing;
  readonly #fetching: SerialQueue;
  /** null until it is known where to begin */
  #order: Sequence<ChatMessage> | null = null;
  #isBehind = true;
  #isRefused = false;
  #isClosed = false;
  #toldUnread = 0;

  /**
   * @param onClose called once, when it is closed
   * @internal
   */
  constructor(
    private readonly line: Line,
    private readonly role: Party,
    /** whose chat it is */
    readonly tripId: string,
    private readonly onClose: () => void,
  ) {
    super();
    this.#outbox = new ChatOutbox(line, tripId, (message) => this.received(message));
    this.#marks = new ReadReceipts(line, role, tripId);
    this.#typing = new Typing(line, tripId, (typing) => this.emit('typing', typing));
    this.#fetching = new SerialQueue(line, {
      isDue: () => this.#isBehind && !this.#isRefused && !this.#isClosed,
      step: async () => {
        this.#isBehind = false;
        try {
          await this.#fetch();
        } catch (error) {
          this.#isBehind = true;
          throw error;
        }
      },
      refused: (error) => {
        this.#isRefused = true;
        this.emit('refused', error);
      },
    });
  }

  /** How many messages of the partner are not read yet. */
  get unread(): number {
    return this.#marks.unread;
  }

  /** How many texts the service has not stored yet. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /**
   * Sends a text after the ones before it, again until the service has answered, also on another connection.
   * @returns the message as it is stored
   * @throws {HexfleetError} what the service refuses it with; RATE_LIMITED when a hundred texts wait
   */
  send(text: string): Promise<ChatMessage> {
    return this.#outbox.send(text);
  }

  /** Says that the messages up to `seq` were read; without it, all that have come. */
  read(seq?: number): void {
    const last = this.#order?.last ?? 0;
    this.#marks.readTo(Math.min(seq ?? last, last));
    this.#tellUnread();
  }

  /** Call it at every key: it is said once in a while, and only while connected. */
  typing(): void {
    this.#typing.say();
  }

  /** Older messages in order, of which no event tells: those before `before`, or the newest. @throws {HexfleetError} */
  async history(query: { before?: number; limit?: number } = {}): Promise<ChatMessage[]> {
    return (await this.#page(query)).messages;
  }

  /** Nothing comes any more, and texts that wait are given up. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#typing.partnerStops();
    this.#outbox.close();
    this.onClose();
  }

  /** Looks for what was missed, and goes on with what waits. @internal */
  resume(): void {
    this.#isBehind = true;
    void this.#fetching.run();
    this.#outbox.run();
    this.#marks.run();
  }

  /** @internal */
  received(message: ChatMessage): void {
    // Before it is known where to begin: it is stored, so it is fetched.
    if (this.#order === null) return;
    this.#place(this.#order, message);
    if (!this.#order.hasGap) return;
    this.#isBehind = true;
    void this.#fetching.run();
  }

  /** @internal */
  receipt(receipt: ChatReceipt): void {
    const news = this.#marks.take(receipt);
    if (news === null) return;
    this.emit('receipt', news);
    this.#tellUnread();
  }

  /** @internal */
  typed(typing: ChatTyping): void {
    this.#typing.partnerTypes(typing);
  }

  #place(order: Sequence<ChatMessage>, message: ChatMessage): void {
    for (const next of order.take(message)) {
      if (next.role !== this.role) {
        this.#typing.partnerStops();
        this.#marks.got(next.seq);
      }
      this.emit('message', next);
      this.#tellUnread();
    }
  }

  #tellUnread(): void {
    if (this.unread === this.#toldUnread) return;
    this.#toldUnread = this.unread;
    this.emit('unread', this.unread);
  }

  async #fetch(): Promise<void> {
    if (this.#order === null) {
      for (const receipt of (await this.#page({ limit: 1 })).receipts) this.receipt(receipt);
      this.#order = new Sequence(this.#marks.read);
    }
    const order = this.#order;
    const { messages, receipts } = await this.#page({ after: order.last, limit: MAX_CHAT_PAGE });
    for (const message of messages) this.#place(order, message);
    for (const receipt of receipts) this.receipt(receipt);
    if (messages.length === MAX_CHAT_PAGE || order.hasGap) this.#isBehind = true;
    // What came too early while this page was on its way is on the next one.
    order.forgetEarly();
  }

  #page(query: PageQuery): Promise<ChatPage> {
    return this.line.request('chat:history', { tripId: this.tripId, ...query });
  }
}
