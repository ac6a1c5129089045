// Output of a child process: everything goes to a file, errors go to the console.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { printError, red } from './console.mjs';

const MAX_BYTES = 50 * 1024 * 1024;
const RECENT_LINES = 20;

/** A pino line of level error or fatal as `message (cause)`; undefined for any other line. */
export function readError(line) {
  if (!/"level":[56]\d/.test(line)) return;
  try {
    const { level, msg, err } = JSON.parse(line);
    if (!(level >= 50)) return;
    const why = err?.message && err.message !== msg ? err.message : undefined;
    return [msg, why && (msg ? `(${why})` : why)].filter(Boolean).join(' ') || line;
  } catch {}
}

/**
 * @returns `attach(child)` for the child and each replacement; `lastLines()`, the newest error lines, or of all output
 *   when there are none; `show()`, which prints error lines to the console from then on, including earlier ones
 */
export function openLog(dir, name) {
  mkdirSync(dir, { recursive: true });
  // Append mode, so that the file can be truncated under the open descriptor.
  const file = openSync(join(dir, `${name}.log`), 'a');
  ftruncateSync(file);
  let size = 0;
  let shown = false;
  const all = [];
  const errors = [];
  const remember = (lines, line) => lines.push(line) > RECENT_LINES && lines.shift();

  function write(line) {
    const text = `${line}\n`;
    if (size + text.length > MAX_BYTES) {
      ftruncateSync(file);
      size = 0;
    }
    size += text.length;
    try {
      writeSync(file, text);
    } catch {} // a full disk must not stop the fleet
    remember(all, line);
  }

  function writeError(text) {
    remember(errors, text);
    if (shown) printError(`${red(name)}: ${text}`);
  }

  return {
    attach(child) {
      if (child.stdout)
        createInterface({ input: child.stdout }).on('line', (line) => {
          write(line);
          const error = readError(line);
          if (error) writeError(error);
        });
      if (child.stderr)
        createInterface({ input: child.stderr }).on('line', (line) => {
          write(line);
          writeError(line);
        });
    },
    lastLines: () => (errors.length ? [...errors] : [...all]),
    show() {
      shown = true;
      for (const text of errors) printError(`${red(name)}: ${text}`);
    },
    close: () => closeSync(file),
  };
}
