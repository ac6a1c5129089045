import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CODES } from '#protocol';
import { openEvents } from './events-source.js';
import { openPoll } from './poll-source.js';
import type { OpenSource, Source, SourceEvent } from './source.js';

type Request = { url: string; headers: Record<string, string> };

let source: Source;
let requests: Request[];
let delivered: string[];
let tokens: number;
beforeEach(() => {
  requests = [];
  delivered = [];
  tokens = 0;
});
afterEach(() => {
  source.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** @param answers one for each request; a request after the last one is never answered */
function open(openSource: OpenSource, answers: Array<() => Response>, after: string | null = null): void {
  vi.stubGlobal('fetch', (input: string | URL, { headers, signal }: RequestInit) => {
    requests.push({ url: String(input), headers: headers as Record<string, string> });
    const answer = answers.shift();
    if (answer !== undefined) return Promise.resolve().then(answer);
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  source = openSource(
    {
      url: 'http://service',
      path: 'nearby?lat=1',
      token: async () => {
        tokens += 1;
        return `token ${tokens}`;
      },
    },
    after,
    {
      event: ({ event, data, id }: SourceEvent) => delivered.push(`${event} ${JSON.stringify(data)} ${id}`),
      refused: ({ code }) => delivered.push(`refused ${code}`),
      failed: () => delivered.push('failed'),
    },
  );
}

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });
const refusal = (code: 'TRIP_OVER' | 'RATE_LIMITED') => json({ code, ...CODES[code] }, CODES[code].status);
const stream = (text: string) => () =>
  new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
const page = () => new Response('<h1>Please log in</h1>', { headers: { 'content-type': 'text/html' } });

describe.each([
  ['server-sent events', openEvents, stream('')],
  ['long polling', openPoll, json({ events: [], after: null })],
])('%s', (_name, openSource, nothing) => {
  test('report a final refusal, and retry any other with a new token', async () => {
    vi.useFakeTimers();
    open(openSource, [refusal('RATE_LIMITED'), nothing, refusal('TRIP_OVER')]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(delivered).toEqual(['refused TRIP_OVER']);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token 1',
      'Bearer token 2',
      'Bearer token 3',
    ]);
  });

  test('fail when something other than the service answers repeatedly', async () => {
    vi.useFakeTimers();
    open(openSource, [page, page, page]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(delivered).toEqual(['failed']);
    expect(requests).toHaveLength(3);
  });

  test('deliver nothing after close', async () => {
    vi.useFakeTimers();
    open(openSource, [nothing]);
    await vi.advanceTimersByTimeAsync(100);
    source.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(delivered).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});

test('server-sent events resume after the last id, and fail when no bytes arrive', async () => {
  vi.useFakeTimers();
  const first = 'retry: 10\n\nid: 7\nevent: cars\ndata: {"a":1}\n\n:\n\nevent: eta\ndata: {}\n\n';
  open(openEvents, [stream(first)], '5');
  await vi.advanceTimersByTimeAsync(100);
  expect(delivered).toEqual(['cars {"a":1} 7', 'eta {} null']);
  expect(requests.map(({ headers }) => headers['Last-Event-ID'])).toEqual(['5', '7']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(delivered.slice(2)).toEqual(['failed']);
  expect(requests).toHaveLength(2);
});

test('server-sent events fail when an open stream falls silent', async () => {
  vi.useFakeTimers();
  let bytes: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      bytes = controller;
    },
  });
  open(openEvents, [() => new Response(body, { headers: { 'content-type': 'text/event-stream' } })]);
  for (let i = 0; i < 5; i += 1) {
    bytes!.enqueue(new TextEncoder().encode(':\n\n'));
    await vi.advanceTimersByTimeAsync(5_000);
  }
  expect(delivered).toEqual([]);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(delivered).toEqual(['failed']);
});

test('long polling resumes from answer to answer', async () => {
  vi.useFakeTimers();
  const snapshot = { event: 'snapshot', data: {}, id: 'x y' };
  open(openPoll, [json({ events: [snapshot], after: 'x y' }), json({ events: [], after: 'x y' })]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(delivered).toEqual(['snapshot {} x y']);
  expect(requests.map(({ url }) => url)).toEqual(
    ['', 'x%20y', 'x%20y'].map((after) => `http://service/api/poll/nearby?lat=1&after=${after}`),
  );
});
