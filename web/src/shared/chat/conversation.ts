import type { ChatMessage, Party, TripPresence } from '#protocol';
import { type Chat, HexfleetError } from '#sdk';
import { Store } from '../live/store.js';

/** A text of one's own that is not stored yet; `refusal` once it will not be, unless it is sent again. */
export type Outgoing = { key: number; text: string; at: number; refusal: HexfleetError | null };

export type ConversationState = {
  /** in order, without gaps */
  messages: readonly ChatMessage[];
  outgoing: readonly Outgoing[];
  /** up to which message the partner has got them, and has read them */
  partner: { delivered: number; read: number };
  partnerTypes: boolean;
  /** null while nothing is known of it */
  presence: Pick<TripPresence, 'online' | 'lastSeenAt'> | null;
  unread: number;
  /** older messages are there to load; null before the newest have come */
  hasOlder: boolean | null;
  isLoading: boolean;
  isOnline: boolean;
  /** this chat cannot be read any more */
  refusal: HexfleetError | null;
};

const PAGE = 30;

/** The chat of one trip as a page shows it. There is one of it for each `Chat`; it hears that from its beginning. */
export class Conversation {
  readonly state = new Store<ConversationState>({
    messages: [],
    outgoing: [],
    partner: { delivered: 0, read: 0 },
    partnerTypes: false,
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

  constructor(
    chat: Chat,
    readonly role: Party,
  ) {
    this.#chat = chat;
    const look = () => this.#markRead();
    document.addEventListener('visibilitychange', look);
    this.#stops = [
      chat.on('message', (message) => this.#came(message)),
      chat.on('receipt', ({ role: by, delivered, read }) => {
        if (by !== role) this.#change({ partner: { delivered, read } });
      }),
      chat.on('typing', (typing) => this.#change({ partnerTypes: typing !== null })),
      chat.on('unread', (unread) => this.#change({ unread })),
      chat.on('refused', (refusal) => this.#change({ refusal })),
      () => document.removeEventListener('visibilitychange', look),
    ];
  }

  /** What the page hears of its connection. The newest messages are loaded with the first one. */
  setOnline(isOnline: boolean): void {
    this.#change({ isOnline });
    if (isOnline && this.state.get().hasOlder === null) void this.loadOlder();
  }

  /** What the page hears of the partner. */
  setPresence({ online, lastSeenAt }: Pick<TripPresence, 'online' | 'lastSeenAt'>): void {
    this.#change({ presence: { online, lastSeenAt } });
  }

  /** While it is shown, on a page that is seen, what comes counts as read. */
  setShown(isShown: boolean): void {
    this.#isShown = isShown;
    this.#markRead();
  }

  send(text: string): void {
    const outgoing = { key: this.#nextKey++, text, at: Date.now(), refusal: null };
    this.#change({ outgoing: [...this.state.get().outgoing, outgoing] });
    this.#chat.send(text).then(
      (message) => {
        this.discard(outgoing.key);
        this.#merge([message]);
      },
      (error: unknown) => this.#failed(outgoing, error),
    );
  }

  /** Sends again what was refused, after what was said since. */
  retry(key: number): void {
    const refused = this.state.get().outgoing.find((one) => one.key === key);
    if (refused === undefined) return;
    this.discard(key);
    this.send(refused.text);
  }

  discard(key: number): void {
    this.#change({ outgoing: this.state.get().outgoing.filter((one) => one.key !== key) });
  }

  typing(): void {
    this.#chat.typing();
  }

  /** A page of what was said before; the newest, as long as none has come. */
  async loadOlder(): Promise<void> {
    const { isLoading, hasOlder, messages } = this.state.get();
    if (isLoading || hasOlder === false) return;
    this.#change({ isLoading: true });
    const before = hasOlder === null ? undefined : messages[0]?.seq;
    try {
      this.#merge(await this.#chat.history(before === undefined ? { limit: PAGE } : { before, limit: PAGE }));
      this.#change({ hasOlder: (this.state.get().messages[0]?.seq ?? 1) > 1 });
    } catch {
      // Without a connection; whoever wants more asks again.
    } finally {
      this.#change({ isLoading: false });
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#chat.close();
  }

  #came(message: ChatMessage): void {
    // A push may be here before the answer that it is the push of.
    const told = this.state
      .get()
      .outgoing.find(({ text, refusal }) => refusal === null && kept(text) === message.text);
    if (message.role === this.role && told !== undefined) this.discard(told.key);
    this.#merge([message]);
    this.#markRead();
  }

  #merge(messages: readonly ChatMessage[]): void {
    const bySeq = new Map(this.state.get().messages.map((message) => [message.seq, message]));
    for (const message of messages) bySeq.set(message.seq, message);
    this.#change({ messages: [...bySeq.values()].sort((a, b) => a.seq - b.seq) });
  }

  #failed({ key }: Outgoing, error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    const outgoing = this.state
      .get()
      .outgoing.map((one) => (one.key === key ? { ...one, refusal: error } : one));
    this.#change({ outgoing });
  }

  #markRead(): void {
    if (this.#isShown && !document.hidden) this.#chat.read();
  }

  #change(change: Partial<ConversationState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

/** As the service keeps a text, in what matters here. */
const kept = (text: string): string => text.trim().normalize('NFC');
