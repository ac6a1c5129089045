import { Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { lastValueFrom, throwError } from 'rxjs';
import { afterEach, expect, test, vi } from 'vitest';
import { ProtocolError } from '#protocol';
import { AckInterceptor } from './requests.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const SOCKET = { id: 's-1', data: { userId: 'u-1', role: 'rider' }, nsp: { name: '/rider' } };

/** Answers a request whose handler fails, and returns the answer and what was logged. */
async function fail(error: unknown) {
  const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
  const context = new ExecutionContextHost([
    null,
    { socket: SOCKET, payload: { text: 'secret' } },
    'trip:watch',
  ]);
  const answers = new AckInterceptor().intercept(context, { handle: () => throwError(() => error) });
  return { answer: await lastValueFrom(answers), lines: logged.mock.calls.map(([line]) => line) };
}

test('an unexpected error is answered as INTERNAL and logged with its request, user and socket, not its payload', async () => {
  const error = new Error('cut off');
  const { answer, lines } = await fail(error);
  expect(answer).toMatchObject({ ok: false, code: 'INTERNAL' });
  expect(lines).toEqual([
    {
      message: 'cut off',
      err: error,
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      socketId: 's-1',
      userId: 'u-1',
      role: 'rider',
      namespace: '/rider',
      event: 'trip:watch',
    },
  ]);
});

test('a refusal is answered with its code and not logged', async () => {
  const { answer, lines } = await fail(new ProtocolError('NO_SUCH_TRIP'));
  expect(answer).toMatchObject({ ok: false, code: 'NO_SUCH_TRIP' });
  expect(lines).toEqual([]);
});
