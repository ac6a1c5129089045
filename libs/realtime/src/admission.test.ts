import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { Admission, GatewayBusyError } from './admission.js';

const admission = () => Admission.of(new Server());

test('one connection after a quiet time is admitted at once', async () => {
  expect(await admission().run(async () => 'admitted')).toBe('admitted');
});

test('of a crowd a bounded number is admitted at the same time, and none is forgotten', async () => {
  const all = admission();
  let running = 0;
  let most = 0;
  const one = () =>
    all.run(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
  await Promise.all(Array.from({ length: 100 }, one));
  expect(most).toBeLessThanOrEqual(30);
});

test('beyond a thousand that wait a client is refused, with the time after which it may try again', async () => {
  const all = admission();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const waiting = Array.from({ length: 1_030 }, () => all.run(() => held));
  const refused = await all.run(async () => {}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(GatewayBusyError);
  const { failure, retryInMs } = refused as GatewayBusyError;
  expect(failure).toMatchObject({ code: 'GATEWAY_BUSY', retry: true });
  expect(retryInMs).toBeGreaterThan(1_000);
  release();
  void waiting;
});
