import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startByteProxy } from '../../../test/fixtures/byte-proxy.js';
import { ask, connectStock, drive, pushes } from '../../../test/fixtures/clients.js';
import { onFastPath } from './fast-path.js';
import { guardConnections, SERVER_OPTIONS } from './io-adapter.js';
import { authenticateNamespace } from './namespace.js';
import { policyOf, TokenSigner, Tokens } from './tokens.js';

const SECRET = 'a secret of the tests, at least 32 characters';
const tokens = new Tokens(policyOf(SECRET));
const signer = new TokenSigner(SECRET);
let server: Server;
let proxy: { port: number; stop(): void };
/** fixes that arrived on the fast path */
let received: unknown[];

beforeEach(async () => {
  const http = createServer();
  server = new Server(http, SERVER_OPTIONS);
  guardConnections(server, { maxWaitingBytes: 1_048_576 });
  received = [];
  const io = server.of('/driver');
  authenticateNamespace(io, '/driver', tokens, 'node');
  io.on('connection', (socket) => {
    const take = async (fixes: unknown) => {
      received.push(fixes);
      return { ok: true, accepted: (fixes as unknown[]).length, rejected: [] };
    };
    onFastPath(socket, 'fixes', ([fixes], ack) => void take(fixes).then(ack));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  proxy = await startByteProxy((http.address() as AddressInfo).port);
});
afterEach(async () => {
  await server.close();
  proxy.stop();
});

test.each([['websocket'], ['polling']])(
  'packets that arrive in single bytes are handled like any others over %s',
  async (transport) => {
    const token = await signer.sign('d', 'driver');
    const client = await connectStock(`http://127.0.0.1:${proxy.port}`, '/driver', token, {
      transports: [transport],
    });
    const fixes = drive(100);
    expect(await ask(client, 'fixes', fixes)).toMatchObject({ ok: true, accepted: 100 });
    expect(received).toEqual([fixes]);
    server.of('/driver').emit('notice', { text: 'ä€😀' });
    await expect.poll(() => pushes(client, 'notice')).toEqual([{ text: 'ä€😀' }]);
    client.socket.disconnect();
  },
);
