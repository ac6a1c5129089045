import { expect, test } from 'vitest';
import type { Translation } from '../../web/src/shared/i18n/translation.js';

// Code that must not compile: `tsc` fails on an unused expectation of an error.

type English = {
  TEXTS: { readonly open: 'Open'; readonly cars: (n: number) => string };
  KEYS: readonly [readonly ['k', 'Next'], readonly ['j', 'Previous']];
  problemText: (code: string) => string;
};

const KEYS = [
  ['k', 'Siguiente'],
  ['j', 'Anterior'],
] as const;

const complete: Translation<English> = { TEXTS: { open: 'Abrir', cars: (n) => `${n} autos` }, KEYS };

// @ts-expect-error a text is missing
const missing: Translation<English> = { TEXTS: { open: 'Abrir' }, KEYS };

// @ts-expect-error a whole object is missing
const halved: Translation<English> = { TEXTS: { open: 'Abrir', cars: (n) => `${n} autos` } };

const stale: Translation<English> = {
  // @ts-expect-error English has no such text any more
  TEXTS: { open: 'Abrir', cars: (n) => `${n} autos`, close: 'Cerrar' },
  KEYS,
};

const otherArguments: Translation<English> = {
  // @ts-expect-error the argument is a number
  TEXTS: { open: 'Abrir', cars: (n: string) => n },
  KEYS,
};

// @ts-expect-error the list is shorter
const shorter: Translation<English> = { ...complete, KEYS: [['k', 'Siguiente']] };

// @ts-expect-error a text that is exported alone cannot be replaced
const alone: Translation<{ TITLE: 'Trips' }> = { TITLE: 'Viajes' };

test('a translation is complete, or does not compile', () => {
  expect([missing, halved, stale, otherArguments, shorter, alone]).toHaveLength(6);
  expect(complete.TEXTS.cars(2)).toBe('2 autos');
});
