import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DelayedActions, UNDO_MS } from './delayed-actions.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown = ({ $list }: DelayedActions) => $list.get().map(({ state, text }) => `${state}: ${text}`);

test('an action is sent after ten seconds, and its result is shown for a while', async () => {
  const actions = new DelayedActions();
  const perform = vi.fn(async () => 'Trip cancelled');
  actions.add({ text: 'Cancelling trip', perform });
  await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
  expect(perform).not.toHaveBeenCalled();
  expect(shown(actions)).toEqual(['waiting: Cancelling trip']);
  expect(actions.isPending).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(shown(actions)).toEqual(['done: Trip cancelled']);
  expect(actions.isPending).toBe(false);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(shown(actions)).toEqual([]);
});

test('an action that is taken back is never sent', async () => {
  const actions = new DelayedActions();
  const perform = vi.fn(async () => 'Message sent');
  const onUndo = vi.fn();
  actions.add({ text: 'Sending message', perform, onUndo });
  actions.undo(1);
  expect(shown(actions)).toEqual(['undone: Undone']);
  expect(onUndo).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(UNDO_MS * 2);
  expect(perform).not.toHaveBeenCalled();
  expect(shown(actions)).toEqual([]);
});

test('an action can be sent at once, and only once', async () => {
  const actions = new DelayedActions();
  const perform = vi.fn(async () => 'Taken offline');
  actions.add({ text: 'Taking offline', perform });
  actions.sendNow(1);
  actions.sendNow(1);
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(perform).toHaveBeenCalledOnce();
});

test('taking back an action that is being retried ends the retries', async () => {
  const actions = new DelayedActions();
  let signal: AbortSignal | undefined;
  actions.add({
    text: 'Cancelling trip',
    perform: (given) => {
      signal = given;
      return new Promise(() => {});
    },
  });
  actions.sendNow(1);
  expect(shown(actions)).toEqual(['sending: Cancelling trip']);
  actions.undo(1);
  expect(signal?.aborted).toBe(true);
  expect(shown(actions)).toEqual(['undone: Stopped']);
});

test('a failure stays until it is dismissed', async () => {
  const actions = new DelayedActions();
  actions.add({ text: 'Taking offline', perform: () => Promise.reject(new Error('x')) });
  actions.sendNow(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown(actions)).toEqual(['failed: Taking offline: Something went wrong. Reload the page.']);
  actions.dismiss(1);
  expect(shown(actions)).toEqual([]);
});
