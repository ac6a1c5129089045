import { expect, test } from 'vitest';
import { Gate } from './gate.js';

/** A gate that notes what it lets through, and answers that are given by hand. */
function stand() {
  const seen: string[] = [];
  const gate = new Gate<string>((push) => seen.push(push));
  const answers: Array<(answer: string) => void> = [];
  const refusals: Array<(error: Error) => void> = [];
  const ask = (drop = '', signal?: AbortSignal) =>
    gate.ask(
      () =>
        new Promise<string>((resolve, reject) => {
          answers.push(resolve);
          refusals.push(reject);
        }),
      (answer) => {
        seen.push(answer);
        return (push) => push !== drop;
      },
      signal,
    );
  return { gate, seen, answers, refusals, ask };
}

test('what overtakes the answer is applied after it, in order, unless the answer made it old news', async () => {
  const { gate, seen, answers, ask } = stand();
  gate.pass('before');
  const asked = ask('old');
  await expect.poll(() => answers.length).toBe(1);
  for (const push of ['gone', 'old', 'moved']) gate.pass(push);
  expect(seen).toEqual(['before']);
  answers[0]!('snapshot');
  await asked;
  gate.pass('after');
  expect(seen).toEqual(['before', 'snapshot', 'gone', 'moved', 'after']);
});

test('a refusal holds nothing back', async () => {
  const { gate, seen, refusals, ask } = stand();
  const asked = ask();
  await expect.poll(() => refusals.length).toBe(1);
  gate.pass('gone');
  refusals[0]!(new Error('no'));
  await expect(asked).rejects.toThrow('no');
  expect(seen).toEqual(['gone']);
});

test('one question waits for the answer to the one before, and an abort ends the waiting at once', async () => {
  const { seen, answers, ask } = stand();
  const first = ask();
  const controller = new AbortController();
  const aborted = ask('', controller.signal);
  const third = ask();
  await expect.poll(() => answers.length).toBe(1);
  controller.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  answers[0]!('one');
  await first;
  await expect.poll(() => answers.length).toBe(2);
  answers[1]!('three');
  await third;
  expect(seen).toEqual(['one', 'three']);
});
