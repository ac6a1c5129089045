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
import { type ChatConnection, SerialQueue } from '../util/serial-queue.js';
import { ChatOutbox } from './chat-outbox.js';
import { Typing } from './chat-typing.js';
import { ReadReceipts } from './read-receipts.js';

/** The events of a {@link Chat}. */
export type ChatEvents = {
  /** Emitted when a message arrives after the last one that this user has read: once and in order, own messages included. */
  message: ChatMessage;
  /** Emitted when a party has received or read more: the partner, or this user on another device. */
  receipt: ChatReceipt;
  /** Emitted when the partner starts typing, and with null when it stops. */
  typing: ChatTyping | null;
  /** Emitted when the number of unread messages of the partner changes. */
  unread: number;
  /** Emitted when this user may not read this chat; no other event follows. */
  refused: HexfleetError;
};

type PageQuery = { before?: number; after?: number; limit?: number };

/**
 * The chat of one trip, for one of its parties. Messages missed without a connection are fetched on the next one.
 * Received messages are reported as delivered; the app reports them as read.
 */
export class Chat extends Emitter<ChatEvents> {
  readonly #outbox: ChatOutbox;
  readonly #receipts: ReadReceipts;
  readonly #typing: Typing;
  readonly #fetching: SerialQueue;
  /** null until the first `seq` is known */
  #order: Sequence<ChatMessage> | null = null;
  #isBehind = true;
  #isRefused = false;
  #isClosed = false;
  #emittedUnread = 0;

  /**
   * @param onClose called once, when the chat is closed
   * @internal
   */
  constructor(
    private readonly connection: ChatConnection,
    private readonly role: Party,
    /** id of the trip */
    readonly tripId: string,
    private readonly onClose: () => void,
  ) {
    super();
    this.#outbox = new ChatOutbox(connection, tripId, (message) => this.received(message));
    this.#receipts = new ReadReceipts(connection, role, tripId);
    this.#typing = new Typing(connection, tripId, (typing) => this.emit('typing', typing));
    this.#fetching = new SerialQueue(connection, {
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

  /** Number of unread messages of the partner. */
  get unread(): number {
    return this.#receipts.unread;
  }

  /** Number of texts that the service has not stored yet. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /**
   * Sends a text after the earlier ones, and retries until the service has answered, also on a new connection.
   * @returns the message as the service stored it
   * @throws {HexfleetError} the refusal of the service; RATE_LIMITED when a hundred texts wait
   */
  send(text: string): Promise<ChatMessage> {
    return this.#outbox.send(text);
  }

  /** Reports the messages up to `seq` as read; by default all that arrived. */
  read(seq?: number): void {
    const last = this.#order?.last ?? 0;
    this.#receipts.readTo(Math.min(seq ?? last, last));
    this.#emitUnread();
  }

  /** Call it on every keystroke: notices are sent at a limited rate, and only while online. */
  typing(): void {
    this.#typing.send();
  }

  /** Returns older messages in order, without events: those before `before`, or the newest. @throws {HexfleetError} */
  async history(query: { before?: number; limit?: number } = {}): Promise<ChatMessage[]> {
    return (await this.#page(query)).messages;
  }

  /** Ends all events, and rejects the texts that are not sent yet. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#typing.partnerStops();
    this.#outbox.close();
    this.onClose();
  }

  /** Fetches missed messages, and sends what waits. @internal */
  resume(): void {
    this.#isBehind = true;
    void this.#fetching.run();
    this.#outbox.run();
    this.#receipts.run();
  }

  /** @internal */
  received(message: ChatMessage): void {
    // The first `seq` is not known yet. The message is stored, so it will be fetched.
    if (this.#order === null) return;
    this.#release(this.#order, message);
    if (!this.#order.hasGap) return;
    this.#isBehind = true;
    void this.#fetching.run();
  }

  /** @internal */
  receipt(receipt: ChatReceipt): void {
    const update = this.#receipts.take(receipt);
    if (update === null) return;
    this.emit('receipt', update);
    this.#emitUnread();
  }

  /** @internal */
  typed(typing: ChatTyping): void {
    this.#typing.partnerTypes(typing);
  }

  #release(order: Sequence<ChatMessage>, message: ChatMessage): void {
    for (const next of order.take(message)) {
      if (next.role !== this.role) {
        this.#typing.partnerStops();
        this.#receipts.delivered(next.seq);
      }
      this.emit('message', next);
      this.#emitUnread();
    }
  }

  #emitUnread(): void {
    if (this.unread === this.#emittedUnread) return;
    this.#emittedUnread = this.unread;
    this.emit('unread', this.unread);
  }

  async #fetch(): Promise<void> {
    if (this.#order === null) {
      for (const receipt of (await this.#page({ limit: 1 })).receipts) this.receipt(receipt);
      this.#order = new Sequence(this.#receipts.read);
    }
    const order = this.#order;
    const { messages, receipts } = await this.#page({ after: order.last, limit: MAX_CHAT_PAGE });
    for (const message of messages) this.#release(order, message);
    for (const receipt of receipts) this.receipt(receipt);
    if (messages.length === MAX_CHAT_PAGE || order.hasGap) this.#isBehind = true;
    // Messages that arrived early while this page was loading are on the next one.
    order.forgetEarly();
  }

  #page(query: PageQuery): Promise<ChatPage> {
    return this.connection.request('chat:history', { tripId: this.tripId, ...query });
  }
}
