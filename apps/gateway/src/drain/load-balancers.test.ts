import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Readiness } from '#ops';
import { sessionIdOf } from '../session-ids.js';
import { numberOf, serveLoadBalancers } from './load-balancers.js';

test.each([
  ['gateway-1', '0001'],
  ['gateway-12', '000c'],
  ['eu-3-gateway-0', '0000'],
  ['gateway', '0000'],
])('sessions of %s begin with %s', (node, prefix) => {
  expect(sessionIdOf(numberOf(node)).slice(0, 4)).toBe(prefix);
});

test('a gateway that drains refuses new sessions, serves those that it has, and closes each connection with a response', async () => {
  const handled: string[] = [];
  const http = createServer((request, response) => {
    if (!request.socket.destroyed) handled.push(request.method!);
    response.end('a route');
  });
  const io = new Server(http);
  const readiness = new Readiness();
  serveLoadBalancers(http, io.engine, 'gateway-7', readiness);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => io.close());
  const { port } = http.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const polling = `${url}/socket.io/?EIO=4&transport=polling`;
  const connect = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
      socket.once('open', () => resolve('open')).once('error', () => resolve('refused'));
      socket.once('open', () => socket.close());
    });

  const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
  expect(sid).toMatch(/^0007/);
  expect(await connect()).toBe('open');
  expect((await fetch(url)).headers.get('connection')).toBe('keep-alive');
  expect(http.keepAliveTimeout).toBeGreaterThan(60_000);

  readiness.set('draining', 'the process is stopping');
  expect((await fetch(polling)).status).toBe(503);
  expect(await connect()).toBe('refused');
  const poll = await fetch(`${polling}&sid=${sid}`, { method: 'POST', body: '40' });
  expect([poll.status, poll.headers.get('connection')]).toEqual([200, 'close']);
  const route = await fetch(url);
  expect([route.status, route.headers.get('connection')]).toEqual([200, 'close']);

  // Requests that may be sent again fail before the first change does.
  readiness.set('closing', 'the process is about to end');
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  expect((await fetch(url, { method: 'POST' })).status).toBe(200);
  expect((await fetch(`${polling}&sid=${sid}`)).status).toBe(200);
  expect(handled).toEqual(['GET', 'GET', 'POST']);
});
