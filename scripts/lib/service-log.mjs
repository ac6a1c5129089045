// Output of a service: everything goes to a file, errors also to the console.
import { ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { printError, red } from './console.mjs';

const MAX_BYTES = 50 * 1024 * 1024;
const RECENT_LINES = 20;

/** A pino line of level error or fatal as `message (cause)`; undefined for any other line. */
function readError(line) {
  if (!/"level":[56]\d/.test(line)) return;
  try {
    const { msg, err } = JSON.parse(line);
    return err && err.message !== msg ? `${msg} (${err.message})` : msg;
  } catch {}
}

/**
 * @returns `attach(child)` for the process and each replacement; `lastLines()`, the newest error lines, or of all output
 *   when there are none; `show()`, which prints error lines to the console from then on, including earlier ones
 */
export function openLog(dir, name) {
  mkdirSync(dir, { recursive: true });
  // Append mode, so that the file can be truncated under the open descriptor.
  const file = openSync(join(dir, `${name}.log`), 'a');
  let size = MAX_BYTES;
  let isShown = false;
  const all = [];
  const errors = [];
  const keep = (lines, line) => lines.push(line) > RECENT_LINES && lines.shift();
  const show = (error) => printError(`${red(name)}: ${error}`);
  const write = (line, error) => {
    size += line.length + 1;
    try {
      if (size > MAX_BYTES) {
        ftruncateSync(file);
        size = line.length + 1;
      }
      writeSync(file, `${line}\n`);
    } catch {} // a full disk must not stop the fleet
    keep(all, line);
    if (!error) return;
    keep(errors, error);
    if (isShown) show(error);
  };
  return {
    attach({ stdout, stderr }) {
      createInterface({ input: stdout }).on('line', (line) => write(line, readError(line)));
      createInterface({ input: stderr }).on('line', (line) => write(line, line));
    },
    lastLines: () => (errors.length ? errors : all),
    show() {
      isShown = true;
      errors.forEach(show);
    },
  };
}
