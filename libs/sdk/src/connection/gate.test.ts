import { expect, test } from 'vitest';
import { Gate } from './gate.js';

/** Creates a gate that records what it applies, and whose requests the test answers. */
function createGate() {
  const applied: string[] = [];
  const gate = new Gate<string>((push) => applied.push(push));
  const answers: Array<(answer: string) => void> = [];
  const refusals: Array<(error: Error) => void> = [];
  const request = (drop = '', signal?: AbortSignal) =>
    gate.request(
      () =>
        new Promise<string>((resolve, reject) => {
          answers.push(resolve);
          refusals.push(reject);
        }),
      (answer) => {
        applied.push(answer);
        return (push) => push !== drop;
      },
      signal,
    );
  return { gate, applied, answers, refusals, request };
}

test('pushes that overtake the answer are applied after it in order, except those that it makes obsolete', async () => {
  const { gate, applied, answers, request } = createGate();
  gate.pass('before');
  const answered = request('old');
  await expect.poll(() => answers.length).toBe(1);
  for (const push of ['gone', 'old', 'moved']) gate.pass(push);
  expect(applied).toEqual(['before']);
  answers[0]!('snapshot');
  await answered;
  gate.pass('after');
  expect(applied).toEqual(['before', 'snapshot', 'gone', 'moved', 'after']);
});

test('a refusal releases the pushes that were held back', async () => {
  const { gate, applied, refusals, request } = createGate();
  const answered = request();
  await expect.poll(() => refusals.length).toBe(1);
  gate.pass('gone');
  refusals[0]!(new Error('no'));
  await expect(answered).rejects.toThrow('no');
  expect(applied).toEqual(['gone']);
});

test('a request waits for the previous answer, and an abort ends the wait at once', async () => {
  const { applied, answers, request } = createGate();
  const first = request();
  const controller = new AbortController();
  const aborted = request('', controller.signal);
  const third = request();
  await expect.poll(() => answers.length).toBe(1);
  controller.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  answers[0]!('one');
  await first;
  await expect.poll(() => answers.length).toBe(2);
  answers[1]!('three');
  await third;
  expect(applied).toEqual(['one', 'three']);
});
