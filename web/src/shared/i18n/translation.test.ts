import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { pseudoOf } from './pseudo.js';
import { translate } from './translation.js';

const WEB = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = ['dispatch', 'driver', 'not-found', 'rider', 'share', 'showcase'] as const;
const LANGUAGES = ['es'] as const;

type Tree = { readonly [Key in string]: unknown };
type Page = { english: Tree; texts: Record<(typeof LANGUAGES)[number], Tree> };

/** Returns files by their path below `src`, without the part that names their language. */
const filesFrom = (page: string, { texts }: { texts: Tree }): Tree =>
  Object.fromEntries(
    Object.entries(texts).map(([path, file]) => [join('apps', page, path.replace(/(\.es)?\.ts$/, '')), file]),
  );

const loaded = async (page: string): Promise<Page> => ({
  english: filesFrom(page, await import(`../../apps/${page}/english.ts`)),
  texts: { es: filesFrom(page, await import(`../../apps/${page}/es.ts`)) },
});

const pseudoFiles = (files: Tree): Tree =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [path, pseudoOf(file as object)]));

/** Every text of a tree with its path. */
function* textsIn(tree: unknown, path: string): Generator<[path: string, text: unknown]> {
  if (typeof tree === 'object' && tree !== null)
    for (const [key, value] of Object.entries(tree)) yield* textsIn(value, `${path}.${key}`);
  else if (typeof tree === 'string' || typeof tree === 'function') yield [path, tree];
}

const at = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Tree | undefined)?.[key], tree);

/** An alert as the texts of alerts need it; its fields are values to look for. */
const ALERT = {
  driverId: 'value0',
  node: 'value1',
  zone: 'value2',
  incident: { kind: 'threat', text: 'value3', by: { userId: 'value4' } },
};

/** Arguments to try: numbers of all plural categories, texts, lists of texts, and an alert. */
const TRIALS: Array<(i: number) => unknown> = [
  ...[0, 1, 2, 5, 21, 1_000_000].map((n) => (i: number) => n + 31_000 * i),
  (i) => `value${i}`,
  (i) => [`value${i}`, `other${i}`],
  () => ALERT,
];

/** Returns the values that a text shows of its arguments; null if it does not take such arguments. */
function shownBy(text: (...args: unknown[]) => string, trial: (i: number) => unknown): string[] | null {
  try {
    const result = text(...Array.from({ length: text.length }, (_, i) => trial(i)));
    return [
      ...new Set(result.replace(/(?<=\d)[.,\u00a0](?=\d{3})/g, '').match(/value\d|other\d|\d+/g)),
    ].sort();
  } catch {
    return null;
  }
}

describe.each(PAGES)('the texts of %s', (name) => {
  test.each(LANGUAGES)('show the same values in English and %s', async (language) => {
    const { english, texts } = await loaded(name);
    const different = [...textsIn(texts[language], '')].flatMap(([path, text]) => {
      const own = at(english, path);
      // Error codes have no English text here.
      if (own === undefined || typeof text !== 'function' || typeof own !== 'function') return [];
      return TRIALS.flatMap((trial) => {
        const [here, there] = [own, text].map((one) => shownBy(one as never, trial));
        return JSON.stringify(here) === JSON.stringify(there) ? [] : [`${path}: ${here} ≠ ${there}`];
      });
    });
    expect(different).toEqual([]);
  });

  test.each(LANGUAGES)('are all translated to %s, none is empty', async (language) => {
    const { english, texts } = await loaded(name);
    const untranslated = [...textsIn(english, '')].filter(([path, text]) => {
      // A function beside the texts puts them together.
      if (/^\.[^.]+\.\w+$/.test(path)) return false;
      const other = at(texts[language], path);
      return typeof other !== typeof text || (text !== '' && other === '');
    });
    expect(untranslated).toEqual([]);
  });

  test('become longer in the pseudo-locale', async () => {
    const { english } = await loaded(name);
    const texts = pseudoFiles(english);
    const short = [...textsIn(texts, '')].filter(([path, text]) => {
      const own = at(english, path);
      if (typeof text !== 'string' || typeof own !== 'string' || !/\p{L}/u.test(own)) return false;
      return text.length < (own.length * 4) / 3;
    });
    expect(short).toEqual([]);
  });

  test('have the title of the HTML', async () => {
    const { english } = await loaded(name);
    const html = readFileSync(`${WEB}${name === 'showcase' ? 'index' : name}.html`, 'utf8');
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe(
      (english[`apps/${name}/texts`] as { PAGE: { title: string } }).PAGE.title,
    );
  });
});

test('the page for unknown addresses has the same texts without JavaScript', async () => {
  const { TEXTS } = await import('../../apps/not-found/texts.js');
  const html = readFileSync(`${WEB}not-found.html`, 'utf8');
  const inHtml = [...html.matchAll(/data-text="(\w+)">([^<]*)</g)].map(([, key, text]) => [key, text]);
  expect(Object.fromEntries(inHtml)).toEqual(TEXTS);
});

test('every file of texts is part of a page, and has a translation beside it', async () => {
  const files = readdirSync(`${WEB}src`, { recursive: true, encoding: 'utf8' });
  const english = files.filter((path) => /texts\.ts$/.test(path)).map((path) => path.replace('.ts', ''));
  expect(english.length).toBeGreaterThan(20);
  const pages = await Promise.all(PAGES.map(loaded));
  const forgotten = english.filter(
    (path) =>
      !pages.some((page) => path in page.english) ||
      LANGUAGES.some((language) => !files.includes(`${path}.${language}.ts`)),
  );
  expect(forgotten).toEqual([]);
});

test.each(PAGES)('the texts of %s in the pseudo-locale have the form of a translation', async (name) => {
  const { english, texts } = await loaded(name);
  const namesIn = (files: object) =>
    Object.entries(files).map(([file, own]) => [file, Object.keys(own).sort()]);
  expect(Object.fromEntries(namesIn(pseudoFiles(english)))).toEqual(Object.fromEntries(namesIn(texts.es)));
});

test('a translation replaces texts in place, also nested ones and those in lists', () => {
  const english = { TEXTS: { a: 'a', deep: { b: (n: number) => `${n} b` } }, KEYS: [['k', 'open']] };
  const { deep } = english.TEXTS;
  translate(english, { TEXTS: { a: 'á', deep: { b: (n: number) => `${n} β` } }, KEYS: [['k', 'abrir']] });
  expect([english.TEXTS.a, deep.b(2), english.KEYS[0]]).toEqual(['á', '2 β', ['k', 'abrir']]);
});

test.each([
  ['a value is lost', (n: number) => `${n} left`, () => 'quedan'],
  ['a value appears', () => 'left', (n: number) => `quedan ${n}`],
])('the comparison of values finds that %s', (_, english, translated) => {
  const args = Math.max(english.length, translated.length);
  const shown = [english, translated].map((text) =>
    shownBy(Object.defineProperty(text.bind(null), 'length', { value: args }) as never, () => 7),
  );
  expect(shown[0]).not.toEqual(shown[1]);
});
