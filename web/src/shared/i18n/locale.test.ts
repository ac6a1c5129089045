import { expect, test } from 'vitest';
import { CHOICES, localeOf } from './locale.js';

type Choices = Partial<Record<keyof typeof CHOICES, string>>;

const locale = (languages: string[], choices: Choices = {}) => {
  const kept = new Map(
    Object.entries(choices).map(([name, value]) => [CHOICES[name as keyof Choices], value]),
  );
  return localeOf(languages, (key) => kept.get(key) ?? null);
};

test.each([
  [['en-US', 'en'], 'en', 'en-US', true],
  [['en-GB'], 'en', 'en-GB', true],
  [['my'], 'en', 'en-MM', true],
  [['en-LR'], 'en', 'en-LR', true],
  [['en-IE'], 'en', 'en-IE', false],
  [['es-MX', 'en-US'], 'es', 'es-MX', false],
  [['es'], 'es', 'es', false],
  [['de-AT', 'es-AR', 'en'], 'es', 'es-AR', false],
  [['de-AT'], 'en', 'en-AT', false],
  // Tags that some browsers have, and that no part of `Intl` takes.
  [['C', 'en-US@posix'], 'en', 'en-001', false],
  [[], 'en', 'en-001', false],
])('a browser with %s speaks %s (%s), in miles: %s', (languages, language, tag, isImperial) => {
  expect(locale(languages)).toEqual({ language, tag, isImperial, hourCycle: undefined });
});

test('a choice wins over the browser, and the region stays that of the browser', () => {
  expect(locale(['en-US'], { language: 'es' })).toMatchObject({ language: 'es', tag: 'es-US' });
  expect(locale(['es-MX', 'en'], { language: 'en' })).toMatchObject({ language: 'en', tag: 'en' });
  expect(locale(['en-US'], { units: 'metric', clock: 'h23' })).toMatchObject({
    isImperial: false,
    hourCycle: 'h23',
  });
  expect(locale(['es'], { units: 'imperial', clock: 'h12' })).toMatchObject({
    isImperial: true,
    hourCycle: 'h12',
  });
});

test('values that no page has written change nothing', () => {
  const choices = { language: 'xx', units: 'furlongs', clock: '13' };
  expect(locale(['en-US'], choices)).toEqual(locale(['en-US']));
});

test('only who asks for the pseudo-locale gets it; it counts as English does', () => {
  expect(locale(['ar-XB'])).toMatchObject({ language: 'en' });
  expect(locale(['en-US'], { language: 'ar-XB' })).toMatchObject({ language: 'ar-XB', tag: 'en-US' });
});
