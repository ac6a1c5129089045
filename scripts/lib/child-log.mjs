// What a child prints: all of it to a file, what needs attention to the console.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { complain, red } from './console.mjs';

const MAX_BYTES = 50 * 1024 * 1024;
const KEPT_LINES = 20;

/** A pino line of level error or fatal as `message (why)`; undefined for any other line. */
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
 * @returns `attach(child)` for the child and each that replaces it; `lastLines()`, the newest of what needed attention
 *   (of everything, when nothing did); `show()`, from which on such lines go to the console, those so far included
 */
export function openLog(dir, name) {
  mkdirSync(dir, { recursive: true });
  // Appending, so that the file can be cut to nothing under the open descriptor.
  const file = openSync(join(dir, `${name}.log`), 'a');
  ftruncateSync(file);
  let size = 0;
  let shown = false;
  const plain = [];
  const grave = [];
  const keep = (lines, line) => lines.push(line) > KEPT_LINES && lines.shift();

  function write(line) {
    const text = `${line}\n`;
    if (size + text.length > MAX_BYTES) {
      ftruncateSync(file);
      size = 0;
    }
    size += text.length;
    try {
      writeSync(file, text);
    } catch {} // a full disk must not end the fleet
    keep(plain, line);
  }

  function alarm(text) {
    keep(grave, text);
    if (shown) complain(`${red(name)}: ${text}`);
  }

  return {
    attach(child) {
      if (child.stdout)
        createInterface({ input: child.stdout }).on('line', (line) => {
          write(line);
          const error = readError(line);
          if (error) alarm(error);
        });
      if (child.stderr)
        createInterface({ input: child.stderr }).on('line', (line) => {
          write(line);
          alarm(line);
        });
    },
    lastLines: () => (grave.length ? [...grave] : [...plain]),
    show() {
      shown = true;
      for (const text of grave) complain(`${red(name)}: ${text}`);
    },
    close: () => closeSync(file),
  };
}
