/**
 * Everything that the sdk assumes about socket.io-client and engine.io-client beyond their documentation. Each function
 * names its assumption, and `socketio-internals.test.ts` checks it against the installed version, which `package.json`
 * pins.
 */
import type { Socket } from 'socket.io-client';
import { type BackoffOptions, backoffMs } from './reconnect-policy.js';

/** Transport of a Socket.IO connection. */
export type SocketTransport = 'websocket' | 'polling';

/** A connection of Engine.IO, as far as it is used here. */
export type Engine = {
  readyState: string;
  transport: { name: string };
  on(event: 'upgradeError', listener: () => void): unknown;
  once(event: 'upgrade', listener: () => void): unknown;
  /** private in the types of Engine.IO */
  _probe?(transport: 'websocket'): void;
};

const engineOf = (socket: Socket): Engine => socket.io.engine as unknown as Engine;

/**
 * Returns the transport of a connected socket.
 * Assumes that `engine.transport` is the current transport, also after an upgrade.
 */
export const transportOf = (socket: Socket): SocketTransport =>
  engineOf(socket).transport.name as SocketTransport;

/**
 * Opens a connection with these transports, the first one first.
 * Assumes that the manager reads `opts.transports` and its timeout at each `connect`, that an attempt which takes longer
 * than the timeout ends with `connect_error`, and that the new engine exists when `connect` returns.
 * @param timeoutMs time in which the first transport must open
 */
export function connectOver(socket: Socket, transports: SocketTransport[], timeoutMs: number): Engine {
  socket.io.opts.transports = transports;
  socket.io.timeout(timeoutMs);
  socket.connect();
  return engineOf(socket);
}

/**
 * Drops requests that were made after the connection was lost, so that the next one does not begin with them.
 * Assumes that a socket keeps them in `sendBuffer`, and sends what is in that very array when it connects.
 */
export function dropUnsent(socket: Socket): void {
  socket.sendBuffer.length = 0;
}

/** An upgrade is retried less often than a connection: the transport in use works. */
const UPGRADE_PAUSE_FACTOR = 6;
const CEILING_MS = 10_000;

/**
 * Retries the upgrade to WebSocket as often as it fails. Engine.IO itself tries once, when the connection opens. The
 * transport changes between two packets, so nothing is lost.
 * Assumes that an engine emits `upgradeError` when an upgrade fails, that its private `_probe` starts another one, and
 * that `readyState` is `open` until the connection ends.
 * @returns a function that stops the retries
 */
export function keepUpgrading(
  engine: Engine,
  { ceilingMs = CEILING_MS, ...backoff }: BackoffOptions,
): () => void {
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isStopped = false;
  engine.on('upgradeError', () => {
    if (isStopped) return;
    const range = { ...backoff, ceilingMs: UPGRADE_PAUSE_FACTOR * ceilingMs };
    const pauseMs = backoffMs(failures, Math.random(), range);
    failures += 1;
    timer = setTimeout(() => {
      if (engine.readyState === 'open') engine._probe?.('websocket');
    }, pauseMs);
  });
  return () => {
    isStopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}
