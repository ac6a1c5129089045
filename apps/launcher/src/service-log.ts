import type { ChildProcess } from 'node:child_process';
import { ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { printError, red } from '#scripts/console';

const MAX_BYTES = 50 * 1024 * 1024;
const RECENT_LINES = 20;

/** Returns a pino line of level error or fatal as `message (cause)`, and undefined for any other line. */
function readError(line: string): string | undefined {
  if (!/"level":[56]\d/.test(line)) return undefined;
  try {
    const { msg, err } = JSON.parse(line);
    return err && err.message !== msg ? `${msg} (${err.message})` : msg;
  } catch {
    return undefined;
  }
}

/** Output of a service: everything goes to a file, errors also to the console. */
export class ServiceLog {
  readonly #file: number;
  /** size of the file, at first unknown, so that the first line truncates it */
  #size = MAX_BYTES;
  #isShown = false;
  readonly #all: string[] = [];
  readonly #errors: string[] = [];

  constructor(
    dir: string,
    private readonly name: string,
  ) {
    mkdirSync(dir, { recursive: true });
    // Append mode, so that the file can be truncated under the open descriptor.
    this.#file = openSync(join(dir, `${name}.log`), 'a');
  }

  /** Records the output of the process, or of its replacement. */
  attach({ stdout, stderr }: ChildProcess): void {
    createInterface({ input: stdout! }).on('line', (line) => this.#write(line, readError(line)));
    createInterface({ input: stderr! }).on('line', (line) => this.#write(line, line));
  }

  /** Newest error lines, or newest lines of all output when there are no errors. */
  get lastLines(): readonly string[] {
    return this.#errors.length > 0 ? this.#errors : this.#all;
  }

  /** Prints error lines to the console from now on, including earlier ones. */
  show(): void {
    this.#isShown = true;
    for (const error of this.#errors) this.#print(error);
  }

  #print(error: string): void {
    printError(`${red(this.name)}: ${error}`);
  }

  #write(line: string, error: string | undefined): void {
    this.#size += line.length + 1;
    try {
      if (this.#size > MAX_BYTES) {
        ftruncateSync(this.#file);
        this.#size = line.length + 1;
      }
      writeSync(this.#file, `${line}\n`);
    } catch {} // a full disk must not stop the fleet
    keep(this.#all, line);
    if (error === undefined) return;
    keep(this.#errors, error);
    if (this.#isShown) this.#print(error);
  }
}

function keep(lines: string[], line: string): void {
  if (lines.push(line) > RECENT_LINES) lines.shift();
}
