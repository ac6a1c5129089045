import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { limitHeads } from './limit-heads.js';

const HEAD_MS = 300;
const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

test('a connection that sends nothing, or only a part of a head, is ended; one that waits between two requests is not', async () => {
  const server = createServer((_, response) => response.end('a route'));
  server.keepAliveTimeout = 60_000;
  limitHeads(server, HEAD_MS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (sent: string) => {
    const socket = connect(port, '127.0.0.1');
    const received: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
    socket.write(sent);
    return { socket, received, ended: new Promise((resolve) => socket.once('close', resolve)) };
  };

  const idle = open(REQUEST);
  await expect.poll(() => idle.received.join('')).toContain('a route');
  const openedAt = performance.now();
  await Promise.all([open('').ended, open('GET / HTTP/1.1\r\nhost:').ended]);
  expect(performance.now() - openedAt).toBeLessThan(5_000);

  idle.socket.write(REQUEST);
  await expect.poll(() => idle.received.join('').split('a route')).toHaveLength(3);
});
