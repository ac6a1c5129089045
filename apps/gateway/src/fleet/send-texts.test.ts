import { EventEmitter, once } from 'node:events';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'express';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sendTexts } from './send-texts.js';

const server = createServer();
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const HEADERS = { 'content-type': 'text/plain' };

/** Sends a request. @returns the response of the server, and a function that disconnects the client */
async function connect(agent?: Agent) {
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', agent });
  client.on('error', () => {});
  client.on('response', (answer) => answer.on('error', () => {}).resume());
  client.end();
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const express = Object.assign(response, {
    set: (headers: Record<string, string>) => response.setHeaders(new Map(Object.entries(headers))),
  }) as unknown as Response;
  return { response: express, disconnect: () => client.destroy() };
}

test('a client that disconnected before the response began reads nothing, and the call returns', async () => {
  const { response, disconnect } = await connect();
  const closed = once(response, 'close');
  disconnect();
  await closed;
  let pages = 0;
  await sendTexts(response, HEADERS, async function* () {
    for (;;) {
      pages += 1;
      yield 'x'.repeat(100_000);
    }
  });
  expect(pages).toBe(0);
});

test('a client that disconnects while the response is sent stops the reading, and the call returns', async () => {
  const { response, disconnect } = await connect();
  let pages = 0;
  await sendTexts(response, HEADERS, async function* (gone) {
    for (;;) {
      if (gone.aborted) throw new Error('read on');
      pages += 1;
      if (pages === 3) disconnect();
      yield 'x'.repeat(100_000);
    }
  });
  expect(pages).toBeLessThan(1_000);
});

test('a response leaves no timeout behind on a connection that is kept alive', async () => {
  const agent = new Agent({ keepAlive: true });
  // Otherwise Node replaces the timeout by its own after each response.
  server.keepAliveTimeout = 0;
  const { response } = await connect(agent);
  const { socket } = response;
  const closed = once(response, 'close');
  await sendTexts(response, HEADERS, async function* () {
    yield 'text';
  });
  await closed;
  expect(socket!.destroyed).toBe(false);
  expect(socket!.timeout ?? 0).toBe(0);
  agent.destroy();
});

/** A response whose client reads a page only when the test calls `read`. */
function slowResponse() {
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    headersSent: false,
    set: () => {},
    write: () => false,
    end: () => {},
    destroy: () => {
      response.destroyed = true;
      response.emit('close');
    },
  });
  const read = async (afterMs: number) => {
    await vi.advanceTimersByTimeAsync(afterMs);
    response.emit('drain');
    await vi.advanceTimersByTimeAsync(0);
  };
  return { response, read };
}

async function* pages() {
  for (;;) yield 'x'.repeat(64_000);
}

test('a client that reads slowly all the time is cut off, although it never stalls', async () => {
  vi.useFakeTimers();
  const { response, read } = slowResponse();
  const sent = sendTexts(response as unknown as Response, HEADERS, pages);
  for (let i = 0; i < 4 && !response.destroyed; i += 1) await read(6_000);
  expect(response.destroyed).toBe(true);
  await sent;
});

test('a client that reads fast enough may take any time, and one short pause', async () => {
  vi.useFakeTimers();
  const { response, read } = slowResponse();
  const sent = sendTexts(response as unknown as Response, HEADERS, pages);
  for (let i = 0; i < 500; i += 1) await read(1_900);
  await read(10_000);
  expect(response.destroyed).toBe(false);
  response.destroy();
  await sent;
});
