import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { setupMaster } from '@socket.io/sticky';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  admitConnections,
  hideFromNewSessions,
  passSocketsOn,
  routeBySessionId,
  waitForHead,
  withholdConnections,
} from './front-internals.js';
import { sessionIdOf } from './session-ids.js';

type Handle = { readStop(): void; fd: number };
type Sent = { message: { type: string }; socket: unknown; handle: Handle | null };

/** A worker that records what it is sent, and confirms nothing. */
class RecordingWorker extends EventEmitter {
  readonly sent: Sent[] = [];
  constructor(readonly id: number) {
    super();
  }
  send(message: { type: string }, socket: unknown): boolean {
    const handle = socket instanceof Socket ? (socket as unknown as { _handle: Handle })._handle : null;
    this.sent.push({ message, socket, handle });
    return true;
  }
}

let server: Server;
let workers: NodeJS.Dict<Worker> | undefined;
beforeEach(async () => {
  workers = cluster.workers;
  Object.assign(cluster, { workers: {} });
  server = createServer();
  setupMaster(server, { loadBalancingMethod: 'round-robin' });
  server.on('connection', routeBySessionId);
  server.on('connection', waitForHead);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  Object.assign(cluster, { workers });
  server.closeAllConnections();
  server.close();
});

function startWorker(id: number) {
  const worker = new RecordingWorker(id);
  passSocketsOn(worker as unknown as Worker);
  admitConnections(worker as unknown as Worker);
  return worker;
}

/** Sends a request without a body, and returns what comes back and whether the connection has ended. */
function request(path = '/') {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const got = { client, text: '', isOver: false };
  client.on('data', (data) => {
    got.text += data;
  });
  client.on('close', () => {
    got.isOver = true;
  });
  client.on('error', () => {});
  client.write(`GET ${path} HTTP/1.1\r\nhost: h\r\n\r\n`);
  return got;
}

test('a connection is passed to the worker as a socket that is no longer read here', async () => {
  const worker = startWorker(1);
  const { client } = request();
  await expect
    .poll(() => worker.sent.map(({ message }) => message.type), {
      message: '@socket.io/sticky no longer passes connections with "sticky:connection"',
    })
    .toEqual(['sticky:connection']);
  const [{ socket, handle }] = worker.sent as [Sent];
  expect(socket, 'the socket is no longer the second argument of "send"').toBeInstanceOf(Socket);
  expect(handle?.readStop, 'a socket has no "_handle" with "readStop" any more').toBeTypeOf('function');
  expect(handle?.fd, 'an open handle no longer has an "fd"').toBeGreaterThan(0);
  client.write('GET /more HTTP/1.1\r\nhost: h\r\n\r\n');
  // A later connection shows that the data before it was not read.
  request();
  await expect.poll(() => worker.sent.length).toBeGreaterThan(1);
  const sockets = new Set(worker.sent.map((sent) => sent.socket));
  expect(sockets.size, '"readStop" no longer stops the reading of a socket').toBe(2);
  expect(worker.sent).toHaveLength(2);
});

test('a worker whose connections are withheld gets none, and without any other the client is asked to try later', async () => {
  const [withheld, open] = [startWorker(1), startWorker(2)];
  withholdConnections(withheld as unknown as Worker);
  for (let i = 0; i < 3; i += 1) request();
  await expect
    .poll(() => open.sent.length, { message: '@socket.io/sticky no longer chooses among "cluster.workers"' })
    .toBe(3);
  expect(withheld.sent).toEqual([]);
  withholdConnections(open as unknown as Worker);
  const got = request();
  await expect
    .poll(() => got.text, { message: '@socket.io/sticky no longer answers without a worker' })
    .toContain('503');
});

test('a worker that is hidden from new sessions still gets the requests of its own', async () => {
  const [hidden, open] = [startWorker(1), startWorker(2)];
  hideFromNewSessions(hidden as unknown as Worker);
  for (let i = 0; i < 3; i += 1) request();
  await expect
    .poll(() => open.sent.length, { message: '@socket.io/sticky lists hidden workers for new sessions' })
    .toBe(3);
  expect(hidden.sent).toEqual([]);
  request(`/socket.io/?EIO=4&transport=polling&sid=${sessionIdOf(1)}`);
  await expect
    .poll(() => hidden.sent.length, {
      message:
        '@socket.io/sticky no longer learns sessions from "sticky:connection", or no longer looks their workers up',
    })
    .toBe(1);
  expect(open.sent).toHaveLength(3);
  hideFromNewSessions(open as unknown as Worker);
  request();
  await expect.poll(() => open.sent.length, { message: 'the last listed worker is hidden' }).toBe(4);
});

test('the last worker is not hidden, and an id that names no worker is like none', async () => {
  const worker = startWorker(1);
  hideFromNewSessions(worker as unknown as Worker);
  request(`/socket.io/?EIO=4&transport=polling&sid=${sessionIdOf(7)}`);
  await expect.poll(() => worker.sent.length).toBe(1);
});

test('a request whose head arrives in single bytes is passed on like any other', async () => {
  const worker = startWorker(1);
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.setNoDelay();
  const head = 'POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\n';
  for (const byte of head) {
    client.write(byte);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  client.write('ab');
  const data = () =>
    worker.sent.map(({ message }) => String((message as unknown as { data: Buffer }).data)).join('');
  await expect
    .poll(data, { message: '@socket.io/sticky no longer passes data on in "data"' })
    .toBe(`${head}ab`);
  // Only a request whose length is known is read here to its end.
  expect(worker.sent.map(({ message }) => message.type)[0]).toBe('sticky:http-chunk-start');
  client.destroy();
  // It would reach the worker of the next test.
  await expect.poll(() => worker.sent.at(-1)?.message.type).toBe('sticky:abort');
});

test('the connections that a worker has not confirmed when it exits are closed', async () => {
  const worker = startWorker(1);
  const got = request();
  await expect.poll(() => worker.sent.length).toBe(1);
  expect(got.isOver).toBe(false);
  worker.emit('exit');
  // Node answers a broken request by writing to its socket, which throws if only the handle is closed.
  expect((worker.sent[0]!.socket as Socket).writable).toBe(false);
  await expect
    .poll(() => got.isOver, {
      message: 'closing the handle of a passed socket no longer ends its connection',
    })
    .toBe(true);
  await expect
    .poll(() => worker.sent[0]!.handle!.fd, { message: 'a closed handle keeps its "fd"' })
    .toBeLessThan(0);
});
