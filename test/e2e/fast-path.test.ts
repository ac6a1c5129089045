import { expect } from 'vitest';
import { asyncApi } from '#protocol/docs';
import { ask, connectStock, drive, pushes } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

const taken = { ok: true, accepted: 1, rejected: [] };

/** Returns the responses to concurrent requests over one transport. */
async function answersOver(transports: string[], name: string): Promise<unknown[]> {
  const client = await connectStock(system.url, '/driver', await system.token('driver', name), {
    transports,
  });
  const [fix] = drive(1) as [object];
  const requests: unknown[][] = [
    ['fixes', [fix]],
    ['fixes', [{ ...fix, note: 'Zoë ✓ 東京' }]],
    ['fixes', [{ ...fix, heading: 400 }]],
    ['fixes', 'nonsense'],
    ['fixes', []],
    ['fixes'],
    ['fixes', [fix], 'more than one argument'],
    ['fixes', [{ ...fix, note: 'x'.repeat(70_000) }]],
    ['fixes!', [fix]],
  ];
  const answers = await Promise.all(
    requests.map(([event, ...args]) => client.socket.timeout(10_000).emitWithAck(event as string, ...args)),
  );
  client.socket.disconnect();
  return answers;
}

test('fixes sent over WebSocket, on the fast path, get the same responses as over long polling', async () => {
  const [socket, polling] = await Promise.all([
    answersOver(['websocket'], 'd-socket'),
    answersOver(['polling'], 'd-polling'),
  ]);
  expect(socket).toEqual(polling);
  expect(socket[0]).toEqual(taken);
  expect(socket[1]).toEqual({ ...taken, ignored: ['note'] });
  expect(socket.slice(2).map((answer) => (answer as { code?: string }).code)).toEqual([
    undefined,
    'BAD_BATCH',
    'BAD_BATCH',
    'BAD_BATCH',
    undefined,
    'TOO_LARGE',
    'UNKNOWN_EVENT',
  ]);
});

test('the fast path starts with the upgrade from long polling and ends with the namespace', async () => {
  const token = await system.token('driver', 'd-upgraded');
  const client = await connectStock(system.url, '/driver', token, { transports: ['polling', 'websocket'] });
  await expect.poll(() => client.socket.io.engine.transport.name).toBe('websocket');
  expect(await ask(client, 'fixes', drive(1))).toEqual(taken);
  client.socket.disconnect();
  const again = new Promise((resolve) => client.socket.once('hello', resolve));
  client.socket.connect();
  await again;
  expect(await ask(client, 'fixes', drive(1))).toEqual(taken);
  client.socket.disconnect();
});

test('a client over the rate limit is also refused on the fast path', async () => {
  const token = await system.token('driver', 'd-eager');
  const client = await connectStock(system.url, '/driver', token);
  const answers = await Promise.all(Array.from({ length: 700 }, () => ask(client, 'fixes', drive(1))));
  const codes = new Set(answers.map((answer) => (answer.ok ? 'ok' : answer.code)));
  expect(codes).toEqual(new Set(['ok', 'RATE_LIMITED']));
  client.socket.disconnect();
});

test('reconnecting a namespace many times on one connection leaks nothing', async () => {
  const token = await system.token('driver', 'd-again');
  const address = `${system.url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(address)).text()).slice(1));
  const session = `${address}&sid=${sid}`;
  let answered = 0;
  for (let round = 0; round < 15; round += 1) {
    await fetch(session, { method: 'POST', body: `40/driver,${JSON.stringify({ token })}` });
    let received = '';
    while (!received.includes('["hello"')) received += await (await fetch(session)).text();
    await fetch(session, { method: 'POST', body: `42/driver,${round}["fixes",${JSON.stringify(drive(1))}]` });
    while (!received.includes(`43/driver,${round}[`)) received += await (await fetch(session)).text();
    answered += received.split(`43/driver,${round}[`).length - 1;
    // With a pong, because the service may have sent a ping meanwhile.
    await fetch(session, { method: 'POST', body: '3\x1e41/driver,' });
  }
  expect(answered).toBe(15);
  expect(system.front.output()).not.toContain('MaxListenersExceededWarning');
});

test.each([['websocket'], ['polling']])(
  'fixes without an acknowledgement function are accepted, and only problems are reported (%s)',
  async (transport) => {
    const name = `d-forgets-${transport}`;
    const client = await connectStock(system.url, '/driver', await system.token('driver', name), {
      transports: [transport],
    });
    const [fix] = drive(1);
    client.socket.emit('fixes', [fix]);
    const service = await system.token('service', 's');
    const position = () => rest(`${system.url}/api/drivers/${name}/position`, 'GET', service);
    await expect.poll(async () => (await position()).body.t).toBe(fix!.t);

    client.socket.emit('fixes', [
      { ...fix, t: Date.now() },
      { ...fix, heading: 400 },
      { ...fix, lat: 91 },
    ]);
    client.socket.emit('fixes', 'nonsense');
    client.socket.emit('fixes');
    client.socket.emit('fixes', [{ ...fix, note: 'x'.repeat(70_000) }]);
    await expect.poll(() => pushes(client, 'refused').length).toBe(4);
    // In any order: an oversized batch is refused immediately.
    const refused = pushes(client, 'refused')
      .map(({ code, rejected }) => [code, rejected] as const)
      .toSorted(([a], [b]) => a.localeCompare(b));
    expect(refused).toEqual([
      ['BAD_BATCH', undefined],
      ['BAD_BATCH', undefined],
      [
        'BAD_HEADING',
        [
          { index: 1, code: 'BAD_HEADING', message: expect.stringContaining('(heading)') },
          { index: 2, code: 'BAD_POSITION', message: expect.stringContaining('(lat)') },
        ],
      ],
      ['TOO_LARGE', undefined],
    ]);
    expect(new Set(pushes(client, 'refused').map(({ event }) => event))).toEqual(new Set(['fixes']));
    await expect.poll(async () => (await position()).body.t).toBeGreaterThan(fix!.t);
    client.socket.disconnect();
  },
);

test('the AsyncAPI document is public', async () => {
  const { status, body } = await rest(`${system.url}/api/asyncapi.json`, 'GET', null);
  expect(status).toBe(200);
  expect(body).toEqual(asyncApi());
});
