import type { Connection } from './connection.js';
import { HexfleetError } from './errors.js';

/** What is needed of a {@link Connection}. */
export type Line = Pick<Connection, 'request' | 'state'>;

const RETRY_MS = 1_000;

type Work = {
  isDue(): boolean;
  /** may throw what `request` throws; done again after a second where the service says so */
  step(): Promise<void>;
  /** the service will never take this step: it must not be due any more */
  refused(error: HexfleetError): void;
};

/** Work done one step after the other, for as long as some is due and the connection is online. */
export class Steps {
  #running = false;

  constructor(
    private readonly line: Line,
    private readonly work: Work,
  ) {}

  /** Call it when something may be due: when it has come, or when the connection is online again. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.work.isDue() && this.line.state.state === 'online') {
      try {
        await this.work.step();
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) this.work.refused(error);
        else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#running = false;
  }
}
