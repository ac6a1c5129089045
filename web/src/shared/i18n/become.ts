import { type Language, PSEUDO } from './locale.js';
import { pseudoOf } from './pseudo.js';
import { translate } from './translation.js';

/** Title of a page, as its HTML has it. */
type Titled = { page: { PAGE: { title: string } } };

/**
 * Translates a page, its title included.
 * @param texts of the language; none for the pseudo-locale, which is made from English
 */
export function become(language: Language, english: object, texts: object | undefined): void {
  translate(english, texts ?? pseudoOf(english));
  const { documentElement: html } = document;
  html.lang = language;
  html.dir = language === PSEUDO ? 'rtl' : 'ltr';
  document.title = (english as Titled).page.PAGE.title;
}
