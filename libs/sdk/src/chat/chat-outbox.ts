import type { ChatMessage } from '#protocol';
import { type HexfleetError, refusedWith, unavailable } from '../connection/errors.js';
import { randomId } from '../util/platform.js';
import { type ChatConnection, SerialQueue } from '../util/serial-queue.js';

const MAX_WAITING = 100;

type Waiting = {
  id: string;
  text: string;
  stored: (message: ChatMessage) => void;
  failed: (error: HexfleetError) => void;
};

/** Sends texts in order, each under one id until the service has stored or refused it. */
export class ChatOutbox {
  #waiting: Waiting[] = [];
  readonly #sending: SerialQueue;

  constructor(connection: ChatConnection, tripId: string, onStored: (message: ChatMessage) => void) {
    this.#sending = new SerialQueue(connection, {
      isDue: () => this.#waiting.length > 0,
      step: async () => {
        const { id, text, stored } = this.#waiting[0]!;
        const { message } = await connection.request('chat:send', { tripId, id, text });
        this.#waiting.shift();
        stored(message);
        onStored(message);
      },
      refused: (error) => this.#waiting.shift()?.failed(error),
    });
  }

  get size(): number {
    return this.#waiting.length;
  }

  send(text: string): Promise<ChatMessage> {
    if (this.#waiting.length >= MAX_WAITING)
      return Promise.reject(refusedWith('RATE_LIMITED', 'Too many texts wait', true));
    return new Promise((stored, failed) => {
      this.#waiting.push({ id: randomId(), text, stored, failed });
      this.run();
    });
  }

  run(): void {
    void this.#sending.run();
  }

  /** Rejects the texts that are not sent yet. */
  close(): void {
    for (const { failed } of this.#waiting.splice(0)) failed(unavailable('The chat was closed'));
  }
}
