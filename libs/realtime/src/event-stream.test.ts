import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventStream } from './event-stream.js';

type Served = { stream: EventStream<Record<string, object>>; response: ServerResponse; closed: number };

let server: Server;
/** requests of the current test */
let served: Served[];
/** responses of clients that read too slowly */
let slow: ServerResponse[];

beforeEach(async () => {
  const all: Served[] = [];
  served = all;
  slow = [];
  server = createServer((_request, response) => {
    const one: Served = {
      stream: new EventStream(
        response,
        { maxWaitingBytes: 256 * 1_024, onSlowReader: () => slow.push(response) },
        () => {
          one.closed += 1;
        },
      ),
      response,
      closed: 0,
    };
    all.push(one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as { port: number };
    get({ host: '127.0.0.1', port, agent: false }, resolve).once('error', reject);
  });

async function read() {
  const response = await open();
  const got = { response, text: '', ended: false };
  response.setEncoding('utf8').on('data', (chunk) => {
    got.text += chunk;
  });
  response.once('end', () => {
    got.ended = true;
  });
  await expect.poll(() => got.text).toBe('retry: 2000\n\n');
  got.text = '';
  return got;
}

test('sends its headers at once, and then each event', async () => {
  const got = await read();
  expect(got.response.statusCode).toBe(200);
  expect(got.response.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  served[0]!.stream.send('position', { lat: 40.75, note: 'two\nlines' });
  served[0]!.stream.send('trip', { state: 'arrived' }, 7);
  await expect
    .poll(() => got.text)
    .toBe(
      'event: position\ndata: {"lat":40.75,"note":"two\\nlines"}\n\nid: 7\nevent: trip\ndata: {"state":"arrived"}\n\n',
    );
  expect(served[0]!.closed).toBe(0);
});

test('has a heartbeat every five seconds, until it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const response = await open();
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  vi.advanceTimersByTime(4_999);
  served[0]!.stream.send('a', {});
  vi.advanceTimersByTime(1);
  served[0]!.stream.send('b', {});
  await expect.poll(() => text).toMatch(/a\ndata: {}\n\n:\n\nevent: b\ndata: {}\n\n$/);
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  response.destroy();
  await expect.poll(() => served[0]!.closed).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('ends with a last event, once', async () => {
  const got = await read();
  served[0]!.stream.end('over', { state: 'completed' });
  served[0]!.stream.send('position', {});
  served[0]!.stream.end('over', {});
  await expect.poll(() => got.ended).toBe(true);
  expect(got.text).toBe('event: over\ndata: {"state":"completed"}\n\n');
  await expect.poll(() => served[0]!.closed).toBe(1);
});

test('notices that the client went', async () => {
  const got = await read();
  got.response.destroy();
  await expect.poll(() => served[0]!.closed).toBe(1);
  served[0]!.stream.send('position', {});
  served[0]!.stream.end('over', {});
  expect(served[0]!.closed).toBe(1);
});

test('reports a client that disconnected before the stream started', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let closed = 0;
  server.removeAllListeners('request');
  server.on('request', (_request, response) => {
    response.once('close', () => {
      new EventStream(response, { maxWaitingBytes: 1_000 }, () => {
        closed += 1;
      });
    });
    response.req.socket.destroy();
  });
  await expect(open()).rejects.toThrow();
  await expect.poll(() => closed).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

describe('a client', () => {
  const event = { padding: 'x'.repeat(10_000) };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('that does not read is disconnected before much is buffered for it', async () => {
    const response = await open();
    response.once('error', () => {});
    const [one] = served as [Served];
    let most = 0;
    while (!one.response.writableEnded) {
      one.stream.send('position', event);
      most = Math.max(most, one.response.writableLength);
      await turn();
    }
    expect(most).toBeLessThan(300_000);
    await expect.poll(() => one.closed).toBe(1);
    expect(slow).toEqual([one.response]);
  });

  test('that reads on within seconds learns why its stream ended', async () => {
    const response = await open();
    const [one] = served as [Served];
    while (!one.response.writableEnded) {
      one.stream.send('position', event);
      await turn();
    }
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    expect(text).toMatch(
      /event: refused\ndata: {"event":"connection","code":"SLOW_READER".*"retry":true}\n\n$/,
    );
  });

  test('that reads loses no event', async () => {
    const got = await read();
    const [one] = served as [Served];
    for (let i = 0; i < 1_000; i += 1) {
      one.stream.send('position', event);
      await turn();
    }
    one.stream.end('over', {});
    await expect.poll(() => got.ended).toBe(true);
    expect(got.text.match(/event: position/g)).toHaveLength(1_000);
  });
});
