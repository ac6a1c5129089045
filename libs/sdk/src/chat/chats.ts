import type { Party } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { Chat } from './chat.js';

/** A push can get lost on its way between the nodes; whoever misses the last one would wait for the next to notice. */
const LOOK_MS = 30_000;

/** The chats that an app has open on one connection. */
class Chats {
  readonly #chats = new Map<string, Chat>();
  #looking: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly connection: Connection<'/rider' | '/driver'>,
    private readonly role: Party,
  ) {
    connection.on('chat', (message) => this.#chats.get(message.tripId)?.received(message));
    connection.on('chat:receipt', (receipt) => this.#chats.get(receipt.tripId)?.receipt(receipt));
    connection.on('chat:typing', (typing) => this.#chats.get(typing.tripId)?.typed(typing));
    connection.onState(() => this.#look());
    this.#look();
  }

  of(tripId: string): Chat {
    const known = this.#chats.get(tripId);
    if (known !== undefined) return known;
    const chat = new Chat(this.connection, this.role, tripId, () => this.#chats.delete(tripId));
    this.#chats.set(tripId, chat);
    chat.resume();
    return chat;
  }

  /** At once, and again while the connection is online. */
  #look(): void {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    if (this.connection.state.state !== 'online') return;
    this.#resume();
    this.#looking = setInterval(() => this.#resume(), LOOK_MS);
  }

  #resume(): void {
    for (const chat of this.#chats.values()) chat.resume();
  }
}

const byConnection = new WeakMap<Connection<'/rider' | '/driver'>, Chats>();

/** The chat of a trip on a connection: the same one each time, until it is closed. */
export function chatOf(connection: Connection<'/rider' | '/driver'>, role: Party, tripId: string): Chat {
  const chats = byConnection.get(connection) ?? new Chats(connection, role);
  byConnection.set(connection, chats);
  return chats.of(tripId);
}
