import { describe, expect, test } from 'vitest';
import { CODES } from '#protocol';
import { ABOUT_TOKENS } from '../http-fallback/fallback.js';
import { errorOf, HexfleetError } from './errors.js';

describe('an answer', () => {
  test('with a code of a later version is a refusal, and says itself whether to retry', () => {
    const error = errorOf({ code: 'NEWER_THAN_THIS_CLIENT', message: 'Later', retry: true, retryInMs: 400 });
    expect(error).toBeInstanceOf(HexfleetError);
    expect(error).toMatchObject({ code: 'NEWER_THAN_THIS_CLIENT', retry: true, retryInMs: 400 });
  });

  test.each([[null], [undefined], ['<h1>Please log in</h1>'], [{ code: 7, retry: true }], [{ code: 'A' }]])(
    'of a proxy is none: %s',
    (answer) => expect(errorOf(answer)).toBeNull(),
  );
});

test('the refusals of a token are those with status 401, and that of its role', () => {
  const unauthorized = Object.entries(CODES).flatMap(([code, { status }]) => (status === 401 ? [code] : []));
  expect([...ABOUT_TOKENS].sort()).toEqual([...unauthorized, 'WRONG_ROLE'].sort());
});
