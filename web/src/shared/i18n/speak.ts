import { locale } from './locale.js';

/** Loads the texts of a page: in English, and in each other language. */
export type PageTexts = {
  english: () => Promise<{ english: object }>;
  es: () => Promise<{ texts: object }>;
};

/** Gives the page its language before it is first drawn. Without a network it stays English. */
export async function speak({ english, ...others }: PageTexts): Promise<void> {
  const { language } = locale;
  if (language === 'en') return;
  const other: Promise<{ texts?: object }> = language === 'ar-XB' ? Promise.resolve({}) : others[language]();
  try {
    const [{ become }, page, { texts }] = await Promise.all([import('./become.js'), english(), other]);
    become(language, page.english, texts);
  } catch (error) {
    console.error(error);
  }
}
