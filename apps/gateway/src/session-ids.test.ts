import { expect, test } from 'vitest';
import { sessionIdOf, sessionIn } from './session-ids.js';

test.each([1, 2, 35, 36, 1_295, 46_656])('the id of a session names its worker %i', (workerId) => {
  const sid = sessionIdOf(workerId);
  expect(sid).toMatch(/^[\w-]{20}$/);
  expect(sessionIdOf(workerId)).not.toBe(sid);
  for (const path of [`/socket.io/?EIO=4&transport=polling&sid=${sid}`, `/socket.io/?sid=${sid}&EIO=4`])
    expect(sessionIn(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).toEqual({ sid, workerId });
});

test.each([
  'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n\r\n',
  'GET /socket.io/?EIO=4&sid=none HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\nReferer: /socket.io/?sid=${sessionIdOf(1)} \r\n\r\n`,
  '\u0000\u0001',
])('a request without a session id has none: %j', (request) => {
  expect(sessionIn(request)).toBeNull();
});
