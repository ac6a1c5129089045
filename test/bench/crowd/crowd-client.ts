import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { RawSocket } from './raw-socket.js';

/** Input of a load generator, which runs in processes of its own. */
export type CrowdPlan = {
  urls: string[];
  path: string;
  /** messages of each client, one set per client; each waits for the text before it. Without any, none is sent */
  dialogues: Array<Array<{ after: string; send: string }>>;
  /** part of the text that shows that a client is ready; null if it is once connected */
  ready: string | null;
  /** parts of the texts that each socket waits for in a round: of an event, or of an answer and a first frame */
  marks: string[];
};

/** Number of sockets that have a mark, and when the last one got it, epoch ms. */
export type Receipt = { received: number; lastAt: number };

const CONNECT_AT_ONCE = 60;
const RETRY_MS = 200;

type Waiting = { mark: string; sockets: Set<RawSocket>; lastAt: number };

/** Sockets of a crowd. Counts those that have each mark, and reports when the last socket has all. */
export class Crowd {
  readonly #sockets: RawSocket[] = [];
  #waiting: Waiting[] = [];
  #done: () => void = () => {};

  constructor(private readonly plan: CrowdPlan) {}

  async connect(): Promise<void> {
    await mapConcurrently(this.plan.dialogues, CONNECT_AT_ONCE, async (dialogue, i) => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          this.#sockets.push(await this.#open(this.plan.urls[i % this.plan.urls.length]!, dialogue));
          return;
        } catch (error) {
          if (attempt === 20) throw error;
          await sleep(RETRY_MS * (1 + Math.random()));
        }
      }
    });
  }

  /** Resolves when every socket has received every mark, or after a while with those that have. */
  async next(timeoutMs: number): Promise<Receipt[]> {
    this.#waiting = this.plan.marks.map((mark) => ({ mark, sockets: new Set<RawSocket>(), lastAt: 0 }));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#done = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.#waiting.map(({ sockets, lastAt }) => ({ received: sockets.size, lastAt }));
  }

  /** Sends a message on each socket. */
  send(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #open(url: string, dialogue: CrowdPlan['dialogues'][number]): Promise<RawSocket> {
    const { path, ready } = this.plan;
    return new Promise((resolve, reject) => {
      let step = 0;
      const timer = setTimeout(() => reject(new Error('not ready in time')), 30_000);
      const isReady = (socket: RawSocket) => {
        clearTimeout(timer);
        resolve(socket);
      };
      const onText = (text: string, socket: RawSocket) => {
        if (this.#count(text, socket)) return;
        if (step < dialogue.length && text.includes(dialogue[step]!.after))
          socket.send(dialogue[step++]!.send);
        else if (ready !== null && text.includes(ready)) isReady(socket);
        else if (text.startsWith('44')) reject(new Error(text));
      };
      RawSocket.open(url, path, onText).then((socket) => ready === null && isReady(socket), reject);
    });
  }

  /** @returns whether the text has a mark */
  #count(text: string, socket: RawSocket): boolean {
    const waiting = this.#waiting.find(({ mark }) => text.includes(mark));
    if (waiting === undefined) return false;
    if (waiting.sockets.has(socket)) return true;
    waiting.sockets.add(socket);
    waiting.lastAt = performance.timeOrigin + performance.now();
    if (this.#waiting.every(({ sockets }) => sockets.size === this.#sockets.length)) this.#done();
    return true;
  }
}

const ROUND_TIMEOUT_MS = 60_000;

if (process.send !== undefined && process.argv[2] === 'crowd') {
  let crowd: Crowd;
  process.on(
    'message',
    async (message: { plan?: CrowdPlan; type?: 'next' | 'send' | 'end'; text?: string }) => {
      if (message.plan !== undefined) {
        crowd = new Crowd(message.plan);
        await crowd.connect().catch((error: unknown) => {
          process.stderr.write(`${(error as Error).stack}\n`);
          process.exit(1);
        });
        process.send!({ type: 'connected' });
      } else if (message.type === 'next') {
        const result = crowd.next(ROUND_TIMEOUT_MS);
        process.send!({ type: 'waiting' });
        process.send!({ type: 'received', receipts: await result });
      } else if (message.type === 'send') crowd.send(message.text!);
      else {
        crowd.close();
        process.exit(0);
      }
    },
  );
  process.send({ type: 'ready' });
}
