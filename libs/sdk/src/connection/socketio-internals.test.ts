import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  connectOver,
  dropUnsent,
  type Engine,
  keepUpgrading,
  type SocketTransport,
  transportOf,
} from './socketio-internals.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Fails with the message when the promise does not resolve. */
const within = (promise: Promise<void>, message: string): Promise<void> =>
  Promise.race([
    promise,
    new Promise<void>((_, reject) => {
      setTimeout(() => reject(new Error(message)), 3_000).unref();
    }),
  ]);
const failedUpgrade = (engine: Engine): Promise<void> =>
  new Promise((resolve) => {
    engine.on('upgradeError', () => resolve());
  });

describe('the installed socket.io-client', () => {
  let server: Server;
  let socket: Socket;
  let received: string[];
  /** handling of upgrades to WebSocket by the server */
  let upgrades: 'accepted' | 'refused' | 'swallowed';
  let swallowed: Duplex[];

  beforeEach(async () => {
    const http = createServer();
    received = [];
    upgrades = 'accepted';
    swallowed = [];
    server = new Server(http, { destroyUpgrade: false });
    const [accept] = http.listeners('upgrade') as Array<(...args: unknown[]) => void>;
    http.off('upgrade', accept!);
    http.on('upgrade', (request, stream: Duplex, head) => {
      if (upgrades === 'accepted') accept!.call(http, request, stream, head);
      else if (upgrades === 'refused') stream.destroy();
      else swallowed.push(stream);
    });
    server.on('connection', (connected) => connected.onAny((event: string) => received.push(event)));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    socket = io(`http://127.0.0.1:${port}`, { forceNew: true, autoConnect: false, reconnection: false });
  });
  afterEach(async () => {
    socket.disconnect();
    for (const stream of swallowed) stream.destroy();
    await server.close();
  });

  const next = (event: 'connect' | 'disconnect' | 'connect_error') =>
    new Promise<void>((resolve) => socket.once(event, () => resolve()));
  const connected = async (transports: SocketTransport[], timeoutMs = 5_000): Promise<Engine> => {
    const isConnected = next('connect');
    const engine = connectOver(socket, transports, timeoutMs);
    await isConnected;
    return engine;
  };

  test.each(['websocket', 'polling'] as const)(
    'connects over %s alone if only that is allowed',
    async (transport) => {
      const message = 'the manager no longer reads opts.transports at each connect; see connectOver';
      await connected([transport]);
      expect(transportOf(socket), message).toBe(transport);
      socket.disconnect();
      const other = transport === 'polling' ? 'websocket' : 'polling';
      await connected([other]);
      expect(transportOf(socket), message).toBe(other);
    },
  );

  test('has its engine as soon as connect returns', async () => {
    const engine = await connected(['websocket']);
    expect(
      socket.io.engine as unknown,
      'connect no longer creates the engine synchronously, so its upgrade events are missed; see connectOver',
    ).toBe(engine);
  });

  test('ends an attempt after the timeout', async () => {
    upgrades = 'swallowed';
    const failed = next('connect_error');
    connectOver(socket, ['websocket'], 50);
    await within(
      failed,
      'the manager ignores timeout(), so a swallowed upgrade blocks a client forever; see connectOver',
    );
  });

  test('keeps requests made without a connection in sendBuffer', async () => {
    await connected(['websocket']);
    socket.disconnect();
    socket.emit('late');
    expect(socket.sendBuffer.length, 'late requests are no longer in sendBuffer; see dropUnsent').toBe(1);
    dropUnsent(socket);
    await connected(['websocket']);
    socket.emit('fresh');
    await expect
      .poll(() => received, { message: 'emptying sendBuffer no longer drops requests; see dropUnsent' })
      .toEqual(['fresh']);
  });

  test('emits upgradeError when an upgrade fails, and upgrades when _probe is called then', async () => {
    upgrades = 'refused';
    const isConnected = next('connect');
    const engine = connectOver(socket, ['polling', 'websocket'], 5_000);
    const upgradeFailed = failedUpgrade(engine);
    await isConnected;
    expect(engine.readyState, 'readyState is no longer "open"; see keepUpgrading').toBe('open');
    expect(
      engine._probe,
      'the private _probe is gone, so no upgrade is retried; see keepUpgrading',
    ).toBeTypeOf('function');
    await within(
      upgradeFailed,
      'upgradeError is no longer emitted, so no upgrade is retried; see keepUpgrading',
    );
    const upgraded = new Promise<void>((resolve) => engine.once('upgrade', resolve));
    upgrades = 'accepted';
    engine._probe!('websocket');
    await within(upgraded, '_probe no longer starts another upgrade; see keepUpgrading');
    expect(transportOf(socket), 'engine.transport does not follow an upgrade; see transportOf').toBe(
      'websocket',
    );
  });
});

test('a failed upgrade is retried after growing pauses while the connection is open', () => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  let fail = () => {};
  const engine = {
    readyState: 'open',
    transport: { name: 'polling' },
    on: (_: string, listener: () => void) => {
      fail = listener;
    },
    once: () => {},
    _probe: vi.fn(),
  };
  const stop = keepUpgrading(engine, { baseMs: 100, ceilingMs: 50 });
  const attempts = () => engine._probe.mock.calls.length;
  for (const [pauseMs, before] of [
    [100, 0],
    [200, 1],
    [300, 2],
    [300, 3],
  ] as const) {
    fail();
    vi.advanceTimersByTime(pauseMs - 1);
    expect(attempts()).toBe(before);
    vi.advanceTimersByTime(1);
    expect(attempts()).toBe(before + 1);
  }
  fail();
  engine.readyState = 'closed';
  vi.advanceTimersByTime(1_000);
  engine.readyState = 'open';
  fail();
  stop();
  fail();
  vi.advanceTimersByTime(1_000);
  expect(attempts()).toBe(4);
});
