import type { Party } from '#protocol';
import type { Connection } from '../connection/connection.js';
import type { ConnectionState } from '../connection/connection-state.js';
import { pollWhileConnected } from '../connection/while-connected.js';
import { Chat } from './chat.js';

/** The open chats of one connection. */
class OpenChats {
  readonly #chats = new Map<string, Chat>();

  constructor(
    private readonly connection: Connection<'/rider' | '/driver'>,
    private readonly role: Party,
  ) {
    connection.on('chat', (message) => this.#chats.get(message.tripId)?.received(message));
    connection.on('chat:receipt', (receipt) => this.#chats.get(receipt.tripId)?.receipt(receipt));
    connection.on('chat:typing', (typing) => this.#chats.get(typing.tripId)?.typed(typing));
    pollWhileConnected(connection, () => this.#resume(), isOnline);
  }

  of(tripId: string): Chat {
    const known = this.#chats.get(tripId);
    if (known !== undefined) return known;
    const chat = new Chat(this.connection, this.role, tripId, () => this.#chats.delete(tripId));
    this.#chats.set(tripId, chat);
    chat.resume();
    return chat;
  }

  #resume(): void {
    for (const chat of this.#chats.values()) chat.resume();
  }
}

/** Chats need a socket. */
const isOnline = ({ state }: ConnectionState): boolean => state === 'online';

const byConnection = new WeakMap<Connection<'/rider' | '/driver'>, OpenChats>();

/** Returns the chat of a trip on a connection; the same one each time until it is closed. */
export function chatOf(connection: Connection<'/rider' | '/driver'>, role: Party, tripId: string): Chat {
  const chats = byConnection.get(connection) ?? new OpenChats(connection, role);
  byConnection.set(connection, chats);
  return chats.of(tripId);
}
