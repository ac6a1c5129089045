import { expect, test } from 'vitest';
import { workedFirst } from './namespace-socket.js';

test('the transport that worked is tried first, then the others in their order', () => {
  expect(workedFirst(['websocket', 'polling'], null)).toEqual(['websocket', 'polling']);
  expect(workedFirst(['websocket', 'polling'], 'polling')).toEqual(['polling', 'websocket']);
  expect(workedFirst(['polling', 'websocket'], 'polling')).toEqual(['polling', 'websocket']);
  expect(workedFirst(['polling'], 'websocket')).toEqual(['polling']);
});
