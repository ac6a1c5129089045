import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CODES, PROTOCOL_VERSION } from '#protocol';
import { type ScriptedService, startScriptedService } from '../../../../test/fixtures/scripted-service.js';
import type { ClientOptions } from './client-options.js';
import { Connection } from './connection.js';
import type { HexfleetError } from './errors.js';

let service: ScriptedService;
let connection: Connection<'/driver'>;
const states: string[] = [];
beforeEach(async () => {
  service = await startScriptedService('/driver', (socket) => {
    socket.on('status', (_status, ack) => ack({ ok: true }));
  });
  states.length = 0;
});
afterEach(async () => {
  connection.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await service.stop();
});

function connect(options: Partial<ClientOptions> = {}): Connection<'/driver'> {
  connection = new Connection('/driver', { url: service.url, token: 'token', ...options });
  connection.onState(({ state }) => states.push(state));
  return connection;
}
const refusal = (code: 'BAD_TOKEN' | 'BAD_VERSION' | 'INTERNAL' | 'GATEWAY_BUSY') => ({
  code,
  message: '',
  retry: CODES[code].retry,
});

describe('a connection', () => {
  test('is retried while no token can be fetched, and then uses a newly fetched token', async () => {
    let fetched = 0;
    const token = async () => {
      fetched += 1;
      if (fetched === 1) throw new Error('no network');
      return `token ${fetched}`;
    };
    await connect({ token, backoff: { baseMs: 1 } }).open();
    expect(states).toEqual(['connecting', 'offline', 'online']);
    service.sockets[0]!.disconnect();
    await expect.poll(() => service.tokens).toEqual(['token 2', 'token 3']);
    await expect.poll(() => states.slice(3)).toEqual(['offline', 'online']);
  });

  test('stays refused until it is opened again; a refusal that may pass is retried', async () => {
    service.refuse = refusal('BAD_TOKEN');
    connect({ backoff: { baseMs: 1 } });
    await expect(connection.open()).rejects.toMatchObject({ code: 'BAD_TOKEN' });
    expect(states).toEqual(['connecting', 'refused']);
    await expect(connection.request('status', 'busy')).rejects.toMatchObject({ code: 'CLOSED' });
    service.refuse = refusal('INTERNAL');
    const opened = connection.open();
    await expect.poll(() => service.tokens.length).toBeGreaterThan(3);
    service.refuse = null;
    expect(await opened).toMatchObject({ node: 'scripted' });
  });

  test('requests the protocol version of the sdk, and gives up when the service does not support it', async () => {
    await connect().open();
    const { auth } = service.sockets[0]!.handshake;
    expect(auth).toEqual({ token: 'token', version: PROTOCOL_VERSION, acks: 'counted' });
    connection.close();
    service.refuse = { ...refusal('BAD_VERSION'), message: 'this service supports version 9' };
    await expect(connection.open()).rejects.toMatchObject({
      code: 'BAD_VERSION',
      message: 'this service supports version 9',
      retry: false,
    });
    expect(connection.state.state).toBe('refused');
  });

  test('moves to another gateway before it leaves the current one, when asked to', async () => {
    let answer = () => {};
    await service.stop();
    service = await startScriptedService('/driver', (socket) => {
      socket.on('status', (_status, ack) => {
        answer = () => ack({ ok: true });
      });
    });
    await connect().open();
    const events: unknown[] = [];
    connection.on('notice', ({ text }) => events.push(text));
    const [old] = service.sockets;
    const asked = connection.request('status', 'busy');
    await expect.poll(() => answer).not.toBe(undefined);
    old!.emit('leaving', { retryInMs: 10 });
    await expect.poll(() => states).toEqual(['connecting', 'online', 'online']);
    const [, next] = service.sockets;
    expect(old!.connected).toBe(true);
    answer();
    expect(await asked).toEqual({ ok: true });
    old!.emit('notice', { text: 'old' });
    next!.emit('notice', { text: 'new' });
    await expect.poll(() => old!.connected).toBe(false);
    expect(events).toEqual(['new']);
    expect(next!.connected).toBe(true);
    expect(states).toEqual(['connecting', 'online', 'online']);
  });

  test('tries again to move while that fails', async () => {
    await connect({ backoff: { baseMs: 1 } }).open();
    service.refuse = { ...refusal('GATEWAY_BUSY'), retryInMs: 20 } as typeof service.refuse;
    service.sockets[0]!.emit('leaving', { retryInMs: 0 });
    await expect.poll(() => service.tokens.length).toBeGreaterThan(2);
    service.refuse = null;
    await expect.poll(() => service.sockets.length).toBe(2);
    await expect.poll(() => states).toEqual(['connecting', 'online', 'online']);
  });

  test('connects again no earlier than a busy gateway asks for', async () => {
    service.refuse = { ...refusal('GATEWAY_BUSY'), retryInMs: 1_000 } as typeof service.refuse;
    const opened = connect({ backoff: { baseMs: 1 } }).open();
    await expect.poll(() => states).toEqual(['connecting', 'offline']);
    service.refuse = null;
    await opened;
    expect(service.tokens).toHaveLength(2);
  });

  test('stays where it is when it cannot move, and reconnects as always when the gateway ends it', async () => {
    await connect({ backoff: { baseMs: 1 } }).open();
    service.refuse = refusal('BAD_VERSION');
    service.sockets[0]!.emit('leaving', { retryInMs: 0 });
    await expect.poll(() => service.tokens.length).toBe(2);
    expect(states).toEqual(['connecting', 'online']);
    service.refuse = null;
    service.sockets[0]!.disconnect(true);
    await expect.poll(() => states).toEqual(['connecting', 'online', 'offline', 'online']);
  });

  test('reconnects at once when the network is back or the page becomes visible', async () => {
    const listeners = new Map<string, () => void>();
    const target = {
      addEventListener: (event: string, listener: () => void) => listeners.set(event, listener),
      removeEventListener: (event: string) => listeners.delete(event),
    };
    const document = { ...target, visibilityState: 'hidden' };
    vi.stubGlobal('addEventListener', target.addEventListener);
    vi.stubGlobal('removeEventListener', target.removeEventListener);
    vi.stubGlobal('document', document);
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    const hour = 3_600_000;
    await connect({ backoff: { baseMs: hour, ceilingMs: hour } }).open();
    for (const event of ['online', 'visibilitychange']) {
      service.sockets.at(-1)!.disconnect();
      await expect.poll(() => connection.state.state).toBe('offline');
      listeners.get('visibilitychange')!();
      expect(service.tokens).toHaveLength(event === 'online' ? 1 : 2);
      document.visibilityState = 'visible';
      listeners.get(event)!();
      await expect.poll(() => connection.state.state).toBe('online');
      document.visibilityState = 'hidden';
    }
    connection.close();
    expect(listeners.size).toBe(0);
  });

  test('ends with close, which rejects everything that waits for it', async () => {
    service.refuse = refusal('INTERNAL');
    const opened = connect({ backoff: { baseMs: 1 } }).open();
    const answered = connection.request('status', 'busy');
    await expect.poll(() => service.tokens.length).toBeGreaterThan(1);
    connection.close();
    await expect(opened).rejects.toMatchObject({ code: 'CLOSED', retry: true });
    await expect(answered).rejects.toMatchObject({ code: 'CLOSED', retry: true });
    expect(connection.state).toEqual({ state: 'offline', reason: 'closed' });
  });

  test('an abort stops the attempts that the call began, but none that were running before', async () => {
    service.refuse = refusal('INTERNAL');
    const controller = new AbortController();
    const opened = connect({ backoff: { baseMs: 1 } }).open(controller);
    controller.abort(new Error('enough'));
    await expect(opened).rejects.toThrow('enough');
    expect(connection.state).toEqual({ state: 'offline', reason: 'closed' });

    const other = connection.open();
    await expect(connection.open({ signal: AbortSignal.timeout(1) })).rejects.toThrow('timeout');
    service.refuse = null;
    expect(await other).toMatchObject({ node: 'scripted' });
  });
});

describe('a reconnect policy', () => {
  test('sets the pause for each attempt and error, and stops the client with null', async () => {
    const calls: Array<[attempt: number, code: string]> = [];
    service.refuse = refusal('INTERNAL');
    const reconnect = (attempt: number, { code }: HexfleetError) => {
      calls.push([attempt, code]);
      return attempt < 2 ? 1 : null;
    };
    await expect(connect({ reconnect }).open()).rejects.toMatchObject({ code: 'INTERNAL', retry: true });
    expect(calls).toEqual([
      [0, 'INTERNAL'],
      [1, 'INTERNAL'],
      [2, 'INTERNAL'],
    ]);
    expect(connection.state.state).toBe('refused');
    expect(service.tokens).toHaveLength(3);
    service.refuse = null;
    expect(await connection.open()).toMatchObject({ node: 'scripted' });
  });
});

describe('a request', () => {
  test('waits for the connection, with one timeout for the wait and the answer', async () => {
    connect({ timeoutMs: 500 });
    await expect(connection.request('status', 'busy')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const answer = connection.request('status', 'busy');
    await connection.open();
    expect(await answer).toEqual({ ok: true });
    await expect(connection.request('fixes', [])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retry: true,
    });
  });

  test('fails when its connection is lost, and is not repeated on the next', async () => {
    const received: string[] = [];
    await connect({ backoff: { baseMs: 1 } }).open();
    service.sockets[0]!.onAny((event) => event !== 'clock' && received.push(event));
    const answered = connection.request('chat:typing', { tripId: 't' });
    await expect.poll(() => received).toEqual(['chat:typing']);
    service.sockets[0]!.disconnect();
    await expect(answered).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: true });
    await expect.poll(() => service.sockets.length).toBe(2);
  });

  test('ends with an abort, before and after it is sent', async () => {
    connect();
    await expect(connection.request('status', 'busy', { signal: AbortSignal.timeout(1) })).rejects.toThrow(
      'timeout',
    );
    await connection.open();
    await expect(connection.request('fixes', [], { signal: AbortSignal.timeout(1) })).rejects.toThrow(
      'timeout',
    );
    expect(await connection.request('status', 'busy')).toEqual({ ok: true });
  });
});
