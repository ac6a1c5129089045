import { type ChatMessage, CODES } from '#protocol';
import { HexfleetError, unavailable } from '../connection/errors.js';
import { type Line, SerialQueue } from '../util/serial-queue.js';

const MAX_WAITING = 100;

type Waiting = {
  id: string;
  text: string;
  stored: (message: ChatMessage) => void;
  failed: (error: HexfleetError) => void;
};

/** Texts in the order in which they were said, each under one id until the service has stored or refused it. */
export class ChatOutbox {
  #waiting: Waiting[] = [];
  readonly #sending: SerialQueue;

  constructor(line: Line, tripId: string, onStored: (message: ChatMessage) => void) {
    this.#sending = new SerialQueue(line, {
      isDue: () => this.#waiting.length > 0,
      step: async () => {
        const { id, text, stored } = this.#waiting[0]!;
        const { message } = await line.request('chat:send', { tripId, id, text });
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
    if (this.#waiting.length >= MAX_WAITING) {
      const { message, retry } = CODES.RATE_LIMITED;
      return Promise.reject(new HexfleetError({ code: 'RATE_LIMITED', message, retry }));
    }
    return new Promise((stored, failed) => {
      this.#waiting.push({ id: newId(), text, stored, failed });
      this.run();
    });
  }

  run(): void {
    void this.#sending.run();
  }

  /** Gives up what waits. */
  close(): void {
    for (const { failed } of this.#waiting.splice(0)) failed(unavailable('The chat was closed'));
  }
}

/** `crypto.randomUUID` is missing in pages without HTTPS. */
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
