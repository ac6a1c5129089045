import { beforeEach, expect, test } from 'vitest';
import { type ChatMessage, type ChatReceipt, CODES, type Code, type Party } from '#protocol';
import type { ConnectionState } from '../connection/connection-state.js';
import { HexfleetError } from '../connection/errors.js';
import type { ChatConnection } from '../util/serial-queue.js';
import { Chat } from './chat.js';

const refusal = (code: Code) => new HexfleetError({ code, ...CODES[code] });

type Payload = { id: string; text: string; seq: number; after?: number; limit: number };

/** A service with one chat, and a connection to it that the test can cut. */
let stored: ChatMessage[];
let sent: string[];
let receipts: ChatReceipt[];
let requests: Array<{ event: string; payload: Payload }>;
/** thrown after the service has handled the next request of this name */
let lost: { event: string; code: Code } | null;
let connection: Omit<ChatConnection, 'state'> & { state: ConnectionState };
let chat: Chat;
let emitted: number[];
let closed: number;

const online: ConnectionState = {
  state: 'online',
  hello: { version: 1, node: 'n', now: 0, expiresAt: 0 },
  transport: 'websocket',
};
const offline: ConnectionState = { state: 'offline', reason: 'cut' };

function store(role: Party, id: string, text: string): ChatMessage {
  const known = stored.find((message) => message.role === role && message.id === id);
  if (known !== undefined) return known;
  const message = { tripId: 't', seq: stored.length + 1, id, from: role, role, text, at: 1 };
  stored.push(message);
  return message;
}
const fromDriver = (text: string) => store('driver', text, text);

const answers: Record<string, (payload: Payload) => object> = {
  'chat:send': ({ id, text }) => ({ message: store('rider', id, text) }),
  'chat:history': ({ after, limit }) => ({
    messages: after === undefined ? stored.slice(-limit) : stored.slice(after, after + limit),
    receipts,
    unread: 0,
  }),
  'chat:delivered': ({ seq }) => ({ unread: sent.push(`delivered ${seq}`) }),
  'chat:read': ({ seq }) => ({ unread: sent.push(`read ${seq}`) }),
  'chat:typing': () => ({}),
};

beforeEach(() => {
  [stored, sent, receipts, requests, emitted] = [[], [], [], [], []];
  lost = null;
  connection = {
    state: online,
    onState: () => () => {},
    request: async <T extends object>(event: string, given: unknown) => {
      const payload = given as Payload;
      requests.push({ event, payload });
      await Promise.resolve();
      const answer = answers[event]!(payload);
      if (lost?.event !== event) return answer as T;
      const { code } = lost;
      lost = null;
      throw refusal(code);
    },
  };
  closed = 0;
  chat = new Chat(connection, 'rider', 't', () => {
    closed += 1;
  });
  chat.on('message', ({ seq }) => emitted.push(seq));
});

test('emits each message after the last one read once and in order, and fetches missing ones', async () => {
  for (let i = 1; i <= 260; i += 1) fromDriver(`${i}`);
  receipts = [{ tripId: 't', by: 'rider', role: 'rider', delivered: 20, read: 10, at: 1 }];
  chat.resume();
  const upTo = (last: number) => Array.from({ length: last - 10 }, (_, i) => 11 + i);
  await expect.poll(() => emitted).toEqual(upTo(260));
  expect(chat.unread).toBe(250);
  const [lostOne, early] = [fromDriver('lost'), fromDriver('early')];
  chat.received(early);
  chat.received(early);
  chat.received(lostOne);
  await expect.poll(() => emitted).toEqual(upTo(262));
  expect(chat.unread).toBe(252);
  await expect.poll(() => sent.at(-1)).toBe('delivered 262');
  chat.read(261);
  expect(chat.unread).toBe(1);
  chat.read(9_999);
  await expect.poll(() => sent.at(-1)).toBe('read 262');
  expect(emitted).toEqual(upTo(262));
});

test('a missed push that no other follows is fetched on the next connection', async () => {
  chat.resume();
  await expect.poll(() => requests.length).toBe(2);
  connection.state = offline;
  fromDriver('missed');
  chat.read();
  expect(emitted).toEqual([]);
  connection.state = online;
  chat.resume();
  await expect.poll(() => emitted).toEqual([1]);
});

test('a message missing from the store is requested once and not again', async () => {
  chat.resume();
  await expect.poll(() => requests.length).toBe(2);
  chat.received({ ...fromDriver('gone'), seq: 7 });
  stored = [];
  await expect.poll(() => requests.length).toBe(4);
  await new Promise((resolve) => setImmediate(resolve));
  expect(requests).toHaveLength(4);
  expect(emitted).toEqual([]);
});

test('a text whose answer was lost is sent again under the same id, before the next one', async () => {
  lost = { event: 'chat:send', code: 'UNAVAILABLE' };
  const results = await Promise.all([chat.send('a'), chat.send('b')]);
  expect(results.map(({ text, seq }) => [text, seq])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  const ids = requests.filter(({ event }) => event === 'chat:send').map(({ payload }) => payload.id);
  expect(ids).toHaveLength(3);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
  chat.resume();
  await expect.poll(() => emitted).toEqual([1, 2]);
});

test('a refused text does not block the next one', async () => {
  connection.state = offline;
  const first = chat.send('a');
  const second = chat.send('b');
  expect(chat.waiting).toBe(2);
  lost = { event: 'chat:send', code: 'TEXT_TOO_LONG' };
  connection.state = online;
  chat.resume();
  await expect(first).rejects.toMatchObject({ code: 'TEXT_TOO_LONG', retry: false });
  await expect(second).resolves.toMatchObject({ text: 'b' });
  connection.state = offline;
  const all = Array.from({ length: 101 }, () => chat.send('c').catch(({ code }: HexfleetError) => code));
  expect(await all.at(-1)).toBe('RATE_LIMITED');
  chat.close();
  expect(new Set(await Promise.all(all.slice(0, 100)))).toEqual(new Set(['UNAVAILABLE']));
});

test('receipts never go back, and reading on another device counts', async () => {
  for (const text of ['a', 'b', 'c']) fromDriver(text);
  const updates: string[] = [];
  chat.on('receipt', ({ role, delivered, read }) => updates.push(`${role} ${delivered} ${read}`));
  const counts: number[] = [];
  chat.on('unread', (unread) => counts.push(unread));
  chat.resume();
  await expect.poll(() => emitted).toEqual([1, 2, 3]);
  const receipt = (role: Party, delivered: number, read: number) =>
    chat.receipt({ tripId: 't', by: role, role, delivered, read, at: 1 });
  receipt('driver', 3, 1);
  receipt('driver', 2, 0);
  receipt('rider', 3, 2);
  expect(updates).toEqual(['driver 3 1', 'rider 3 2']);
  expect(counts).toEqual([1, 2, 3, 1]);
});

test('a user who may not read the chat gets one refusal', async () => {
  const codes: string[] = [];
  chat.on('refused', ({ code }) => codes.push(code));
  lost = { event: 'chat:history', code: 'NOT_YOUR_TRIP' };
  chat.resume();
  await expect.poll(() => codes).toEqual(['NOT_YOUR_TRIP']);
  chat.resume();
  expect(requests).toHaveLength(1);
  chat.close();
  expect(closed).toBe(1);
});

test('typing notices are limited in rate, and a message ends the notice of its sender', async () => {
  chat.resume();
  await expect.poll(() => requests.length).toBe(2);
  chat.typing();
  chat.typing();
  expect(requests.filter(({ event }) => event === 'chat:typing')).toHaveLength(1);
  const shown: Array<string | null> = [];
  chat.on('typing', (typing) => shown.push(typing?.from ?? null));
  chat.typed({ tripId: 't', from: 'driver', until: 1 });
  chat.received(fromDriver('a'));
  expect(shown).toEqual(['driver', null]);
});
