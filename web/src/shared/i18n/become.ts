import { type Language, PSEUDO } from './locale.js';
import { pseudoOf } from './pseudo.js';
import { type TextFiles, translate } from './translation.js';

/** Title of a page, as its HTML has it. */
type Titled = { PAGE: { title: string } };

/**
 * Translates a page, its title included.
 * @param translation null for the pseudo-locale, which is made from English
 */
export function become(language: Language, english: TextFiles, translation: TextFiles | null): void {
  for (const [path, file] of Object.entries(english))
    translate(file, translation?.[path.replace(/ts$/, `${language}.ts`)] ?? pseudoOf(file));
  const { documentElement: html } = document;
  html.lang = language;
  html.dir = language === PSEUDO ? 'rtl' : 'ltr';
  document.title = (english['./texts.ts'] as Titled).PAGE.title;
}
