import { afterAll, afterEach, expect, test, vi } from 'vitest';

/** Loads the plurals as a page in a browser with this language does. */
async function pluralIn(language: string) {
  vi.resetModules();
  vi.stubGlobal('navigator', { languages: [language] });
  return (await import('./plural.js')).plural;
}

afterEach(() => vi.unstubAllGlobals());
// Other files of this worker get plurals of their own.
afterAll(() => vi.resetModules());

test('a number decides about the form, and is written as usual in the language', async () => {
  const english = await pluralIn('en-IE');
  const trips = { one: '1 trip', other: '# trips' };
  expect([0, 1, 2, 1_234].map((n) => english(n, trips))).toEqual([
    '0 trips',
    '1 trip',
    '2 trips',
    '1,234 trips',
  ]);
  const spanish = await pluralIn('es-ES');
  const viajes = { one: '1 viaje', other: '# viajes' };
  expect([0, 1, 2, 12_345, 1_000_000].map((n) => spanish(n, viajes))).toEqual([
    '0 viajes',
    '1 viaje',
    '2 viajes',
    '12.345 viajes',
    '1.000.000 viajes',
  ]);
});

test('only the first # is the number, so that a name may have one', async () => {
  const english = await pluralIn('en-IE');
  expect(english(2, { other: '# cars of fleet #7' })).toBe('2 cars of fleet #7');
});
