import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendTexts } from './send-texts.js';

const server = createServer();
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const HEADERS = { 'content-type': 'text/plain' };

/** Sends a request. @returns the response of the server, and a function that disconnects the client */
async function connect() {
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1' });
  client.on('error', () => {});
  client.on('response', (answer) => answer.on('error', () => {}));
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
