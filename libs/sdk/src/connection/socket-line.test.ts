import { expect, test } from 'vitest';
import { inOrder } from './socket-line.js';

test('the transport that worked is tried first, then the others in their order', () => {
  expect(inOrder(['websocket', 'polling'], null)).toEqual(['websocket', 'polling']);
  expect(inOrder(['websocket', 'polling'], 'polling')).toEqual(['polling', 'websocket']);
  expect(inOrder(['polling', 'websocket'], 'polling')).toEqual(['polling', 'websocket']);
  expect(inOrder(['polling'], 'websocket')).toEqual(['polling']);
});
