import { locale } from './locale.js';
import type { TextFiles } from './translation.js';

/** Loads the texts of a page: in English, and in each other language. */
export type PageTexts = Record<'english' | 'es', () => Promise<{ texts: TextFiles }>>;

/** Gives the page its language before it is first drawn. Without a network it stays English. */
export async function speak({ english, ...others }: PageTexts): Promise<void> {
  const { language } = locale;
  if (language === 'en') return;
  const other = language === 'ar-XB' ? null : others[language]();
  try {
    const [{ become }, own, translation] = await Promise.all([import('./become.js'), english(), other]);
    become(language, own.texts, translation?.texts ?? null);
  } catch (error) {
    console.error(error);
  }
}
