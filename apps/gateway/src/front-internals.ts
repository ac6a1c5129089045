/**
 * All assumptions of the front about @socket.io/sticky and Node's sockets that go beyond their documentation. Each function
 * names its assumption, and `front-internals.test.ts` checks it against the installed versions.
 */
import cluster, { type Worker } from 'node:cluster';
import { Socket } from 'node:net';
import { sessionIn } from './session-ids.js';

/**
 * Gives a worker no connections. Assumes that @socket.io/sticky chooses among `cluster.workers` for each new connection, and
 * uses nothing else of a worker than its `send`.
 */
export function withholdConnections(worker: Worker): void {
  delete cluster.workers![worker.id];
}

/** Gives a worker connections again; see {@link withholdConnections}. */
export function admitConnections(worker: Worker): void {
  cluster.workers![worker.id] = worker;
}

/**
 * Gives a worker no new sessions, while those that it has, with their polls, still find it. Assumes that @socket.io/sticky
 * lists the workers for the former and looks them up for the latter. The last one stays listed, as there must be one.
 */
export function hideFromNewSessions({ id }: Worker): void {
  const workers = cluster.workers!;
  if (Object.keys(workers).length > 1) Object.defineProperty(workers, id, { enumerable: false });
}

/** Maximum size of the head of a request, as in Node. */
const MAX_HEAD_BYTES = 16_384;
/** Time in which the head of the first request must arrive. */
const HEAD_MS = 10_000;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Hands the first request of a connection to @socket.io/sticky only when its head is complete, whatever the packets in which
 * it arrives: the library routes by what the first packet contains. Assumes that its listener is the first for the data of a
 * connection, and that it decides at the first call.
 */
export function waitForHead(socket: Socket): void {
  const [take] = socket.listeners('data') as Array<(chunk: Buffer) => void>;
  let head: Buffer | null = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), HEAD_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.off('data', take!);
  socket.on('data', (chunk: Buffer) => {
    if (head === null) return take!(chunk);
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < MAX_HEAD_BYTES && !head.includes(END_OF_HEAD)) return;
    clearTimeout(timer);
    const whole = head;
    head = null;
    take!(whole);
  });
}

/**
 * Routes a connection to the worker that its session id names. The library learns the worker of a session by a message, which
 * a fast client overtakes. So this sends the message before the data is handled, and takes it back at once: ids that nobody
 * issued would fill its memory. Assumes that the listener of @socket.io/sticky is the first for the data of a connection, handles
 * data at once, and learns sessions from the messages `sticky:connection` and `sticky:disconnection` of a worker.
 */
export function routeBySessionId(socket: Socket): void {
  const [route] = socket.listeners('data') as Array<(chunk: Buffer) => void>;
  socket.off('data', route!);
  socket.on('data', (chunk: Buffer) => {
    const session = sessionIn(chunk.toString('latin1'));
    const worker = session === null ? undefined : cluster.workers![session.workerId];
    if (worker === undefined) return route!(chunk);
    cluster.emit('message', worker, { type: 'sticky:connection', data: session!.sid });
    route!(chunk);
    cluster.emit('message', worker, { type: 'sticky:disconnection', data: session!.sid });
  });
}

type Handle = { readStop(): void; close(): void; fd: number };
type HandledSocket = Socket & { _handle: Handle | null };

const PRUNED_AT = 100;

/**
 * Passes sockets to a worker without losing data. Node sends them one after the other, and keeps reading each until the
 * worker has confirmed it; data that a fast client sends meanwhile would be lost, so reading stops first. Sockets that a
 * worker has not confirmed when it exits are closed: otherwise their clients would wait forever.
 * Assumes that @socket.io/sticky passes a socket as the second argument of `send`, and that Node keeps its handle in the
 * private `_handle`, whose `fd` is negative once it is closed, until the handle is on its way.
 */
export function passSocketsOn(worker: Worker): void {
  const passed = new Map<Handle, HandledSocket>();
  let prunedAt = PRUNED_AT;
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  worker.send = (...args: unknown[]) => {
    const [, socket] = args;
    const handle = socket instanceof Socket ? (socket as HandledSocket)._handle : null;
    if (handle !== null) {
      handle.readStop();
      passed.set(handle, socket as HandledSocket);
    }
    if (passed.size > prunedAt) {
      // Confirmed sockets are closed in this process.
      for (const other of passed.keys()) if (other.fd < 0) passed.delete(other);
      prunedAt = Math.max(PRUNED_AT, 2 * passed.size);
    }
    return send(...args);
  };
  worker.once('exit', () => {
    for (const [handle, socket] of passed) {
      // A socket whose handle alone is closed would still be written to, which throws.
      if (socket._handle === handle) socket.destroy();
      else handle.close();
    }
  });
}
