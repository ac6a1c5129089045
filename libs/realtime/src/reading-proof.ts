import { attached } from './attached.js';
import { type EngineConnection, isOpen } from './internals/engine-io.js';
import { requestProofOfReading } from './internals/ws.js';
import { runningTime } from './running-time.js';

/**
 * Bytes after which a WebSocket client must prove that it reads them. The kernel takes several megabytes for each client
 * before anything waits in this process, and long before that the work of answering is wasted.
 */
export const UNPROVEN_BYTES = 16_384;

/** Proof that a WebSocket client reads what it is sent; over long polling, nothing is expected. */
export class ReadingProof {
  /** Returns the proof of a connection, created on first use. */
  static readonly of = attached((conn: EngineConnection) => new ReadingProof(conn));
  /** size of what was sent since the last proof was requested */
  #unprovenBytes = 0;
  /** when a proof was requested that has not arrived, by the running time of this process */
  #since: number | null = null;
  #waiting: Array<() => void> = [];

  private constructor(private readonly conn: EngineConnection) {}

  /** Counts what is being sent, and requests a proof after each {@link UNPROVEN_BYTES}. */
  sending(bytes: number): void {
    this.#unprovenBytes += bytes;
    this.#expect();
  }

  /** Time since which a requested proof is outstanding, ms; 0 if none is. */
  outstandingMs(now = runningTime.now()): number {
    return this.#since === null ? 0 : now - this.#since;
  }

  /** Resolves once no proof is outstanding, or the connection has ended. */
  async arrived(): Promise<void> {
    while (this.#since !== null && isOpen(this.conn)) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#waiting = this.#waiting.filter((other) => other !== done);
          this.conn.off('close', done);
          resolve();
        };
        this.#waiting.push(done);
        this.conn.on('close', done);
      });
    }
  }

  #expect(): void {
    if (this.#since !== null || this.#unprovenBytes < UNPROVEN_BYTES) return;
    this.#unprovenBytes = 0;
    this.#since = runningTime.now();
    // After what is being sent now.
    setImmediate(() => requestProofOfReading(this.conn, () => this.#answered()));
  }

  #answered(): void {
    this.#since = null;
    this.#expect();
    for (const done of this.#waiting) done();
  }
}
