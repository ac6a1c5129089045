import { expect, test } from 'vitest';
import { NOTIFICATION_KINDS, type PushMessage } from '#protocol';
import { LANGUAGES } from '../src/shared/i18n/locale.js';
import { textOf } from './text-of.js';
import { ALERTS } from './texts.js';

const message = (more: Partial<PushMessage>): PushMessage => ({ id: 'n', kind: 'message', at: 0, ...more });
const shown = (language: string, more: Partial<PushMessage>, page = '/rider') =>
  textOf(message({ ...more, language }), page);

test.each(LANGUAGES.filter((language) => language !== 'en'))(
  'every notification is translated: %s',
  (language) => {
    const all: Array<[more: Partial<PushMessage>, page?: string]> = [
      ...NOTIFICATION_KINDS.map((kind): [Partial<PushMessage>] => [{ kind }]),
      [{ kind: 'message' }, '/driver'],
      ...Object.keys(ALERTS).map((alert): [Partial<PushMessage>] => [{ kind: 'alert', alert }]),
    ];
    for (const [more, page] of all) {
      const [english, other] = ['en', language].map((each) => shown(each, more, page));
      expect(other!.lang).toBe(language);
      expect(other!.title).not.toBe(english!.title);
      expect(other!.body).not.toBe(english!.body);
    }
  },
);

test('the region of a language does not matter, and a language without texts, or none, gets English', () => {
  expect(shown('es-MX', {}).title).toBe('Mensaje de tu conductor');
  for (const language of ['de', 'ar-XB', 'constructor', ''])
    expect(shown(language, {})).toMatchObject({ title: 'Message from your driver', lang: 'en' });
  expect(textOf(message({}), '/rider').lang).toBe('en');
});

test('the text of a message stays as its author wrote it', () => {
  expect(shown('es', { text: 'Two minutes' }).body).toBe('Two minutes');
});

test('an alert of a kind that the worker does not know has a general title', () => {
  expect(shown('es', { kind: 'alert', alert: 'toString' }).title).toBe('Alerta');
});
