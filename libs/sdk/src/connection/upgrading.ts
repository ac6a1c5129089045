import { type BackoffOptions, backoffMs } from './backoff.js';

/** What is needed of a connection of Engine.IO; that it can be asked to try another transport is private in its types. */
export type Engine = {
  readyState: string;
  on(event: 'upgradeError', listener: () => void): unknown;
  _probe?(transport: 'websocket'): void;
};

/** Longer pauses than between tries to connect: what is there works. */
const LONGER = 6;
const CEILING_MS = 10_000;

/**
 * Engine.IO tries the upgrade of a connection to WebSocket once, when it opens. This tries again when that failed, as
 * often as it fails: the transport is changed between two packets, so nothing is lost.
 * @returns a function that ends it
 */
export function keepUpgrading(
  engine: Engine,
  { ceilingMs = CEILING_MS, ...backoff }: BackoffOptions,
): () => void {
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isOver = false;
  engine.on('upgradeError', () => {
    if (isOver) return;
    const waitMs = backoffMs(failures, Math.random(), { ...backoff, ceilingMs: LONGER * ceilingMs });
    failures += 1;
    timer = setTimeout(() => {
      if (engine.readyState === 'open') engine._probe?.('websocket');
    }, waitMs);
  });
  return () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
  };
}
