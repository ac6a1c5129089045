import { atom } from 'nanostores';
import type { ChatMessage, Party, TripPresence } from '#protocol';
import { type Chat, HexfleetError } from '#sdk';
import { update } from '../live/update.js';

/** An own message that the service has not stored yet; `refusal` is why it was rejected. */
export type Outgoing = { key: number; text: string; at: number; refusal: HexfleetError | null };

export type ConversationState = {
  /** ordered by `seq` */
  messages: readonly ChatMessage[];
  outgoing: readonly Outgoing[];
  /** highest `seq` delivered to the partner and read by the partner */
  partner: { delivered: number; read: number };
  isPartnerTyping: boolean;
  /** null while unknown */
  presence: Pick<TripPresence, 'online' | 'lastSeenAt'> | null;
  unread: number;
  /** whether older messages can be loaded; null before the first page */
  hasOlder: boolean | null;
  isLoading: boolean;
  isOnline: boolean;
  /** why this chat can no longer be read */
  refusal: HexfleetError | null;
};

const PAGE_SIZE = 30;

/** State of the chat of one trip. Create one for each `Chat`, at the same time, so that it misses no event. */
export class Conversation {
  readonly $state = atom<ConversationState>({
    messages: [],
    outgoing: [],
    partner: { delivered: 0, read: 0 },
    isPartnerTyping: false,
    presence: null,
    unread: 0,
    hasOlder: null,
    isLoading: false,
    isOnline: false,
    refusal: null,
  });
  readonly #chat: Chat;
  readonly #stops: Array<() => void>;
  #isShown = false;
  #nextKey = 1;

  /** @param now returns the service's time, epoch ms */
  constructor(
    chat: Chat,
    readonly role: Party,
    readonly now: () => number,
  ) {
    this.#chat = chat;
    const onVisible = () => this.#markRead();
    document.addEventListener('visibilitychange', onVisible);
    this.#stops = [
      chat.on('message', (message) => this.#received(message)),
      chat.on('receipt', ({ role: by, delivered, read }) => {
        if (by !== role) this.#change({ partner: { delivered, read } });
      }),
      chat.on('typing', (typing) => this.#change({ isPartnerTyping: typing !== null })),
      chat.on('unread', (unread) => this.#change({ unread })),
      chat.on('refused', (refusal) => this.#change({ refusal })),
      () => document.removeEventListener('visibilitychange', onVisible),
    ];
  }

  /** Reports the state of the connection. Loads the newest messages once it is first online. */
  setOnline(isOnline: boolean): void {
    this.#change({ isOnline });
    if (isOnline && this.$state.get().hasOlder === null) void this.loadOlder();
  }

  /** Reports whether the partner is online. */
  setPresence({ online, lastSeenAt }: Pick<TripPresence, 'online' | 'lastSeenAt'>): void {
    this.#change({ presence: { online, lastSeenAt } });
  }

  /** While the chat is shown on a visible page, messages count as read when they arrive. */
  setShown(isShown: boolean): void {
    this.#isShown = isShown;
    this.#markRead();
  }

  send(text: string): void {
    const outgoing = { key: this.#nextKey++, text, at: this.now(), refusal: null };
    this.#change({ outgoing: [...this.$state.get().outgoing, outgoing] });
    this.#chat.send(text).then(
      (message) => {
        this.discard(outgoing.key);
        this.#merge([message]);
      },
      (error: unknown) => this.#failed(outgoing, error),
    );
  }

  /** Sends a rejected message again, after all messages sent since. */
  retry(key: number): void {
    const rejected = this.$state.get().outgoing.find((one) => one.key === key);
    if (rejected === undefined) return;
    this.discard(key);
    this.send(rejected.text);
  }

  discard(key: number): void {
    this.#change({ outgoing: this.$state.get().outgoing.filter((one) => one.key !== key) });
  }

  typing(): void {
    this.#chat.typing();
  }

  /** Loads a page of older messages, or the newest page at first. */
  async loadOlder(): Promise<void> {
    const { isLoading, hasOlder, messages } = this.$state.get();
    if (isLoading || hasOlder === false) return;
    this.#change({ isLoading: true });
    const before = hasOlder === null ? undefined : messages[0]?.seq;
    try {
      this.#merge(
        await this.#chat.history(before === undefined ? { limit: PAGE_SIZE } : { before, limit: PAGE_SIZE }),
      );
      this.#change({ hasOlder: (this.$state.get().messages[0]?.seq ?? 1) > 1 });
    } catch {
      // Offline. The reader can try again.
    } finally {
      this.#change({ isLoading: false });
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#chat.close();
  }

  #received(message: ChatMessage): void {
    // The pushed message may arrive before the answer to its own request.
    const sent = this.$state
      .get()
      .outgoing.find(({ text, refusal }) => refusal === null && normalized(text) === message.text);
    if (message.role === this.role && sent !== undefined) this.discard(sent.key);
    this.#merge([message]);
    this.#markRead();
  }

  #merge(messages: readonly ChatMessage[]): void {
    const bySeq = new Map(this.$state.get().messages.map((message) => [message.seq, message]));
    for (const message of messages) bySeq.set(message.seq, message);
    this.#change({ messages: [...bySeq.values()].sort((a, b) => a.seq - b.seq) });
  }

  #failed({ key }: Outgoing, error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    const outgoing = this.$state
      .get()
      .outgoing.map((one) => (one.key === key ? { ...one, refusal: error } : one));
    this.#change({ outgoing });
  }

  #markRead(): void {
    if (this.#isShown && !document.hidden) this.#chat.read();
  }

  #change(change: Partial<ConversationState>): void {
    update(this.$state, change);
  }
}

/** The text as the service stores it. */
const normalized = (text: string): string => text.trim().normalize('NFC');
