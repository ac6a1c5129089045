/** Letters of a script that is written from right to left; a translation is often a third longer than English. */
const FILLER = 'لوريم إيبسوم دولور سيت أميت كونسيكتيتور أديبيسسينغ إيليت ';
/** Shows the words between its ends from right to left. */
const [START, END] = ['\u202e', '\u202c'];

/** Returns a text as a right-to-left language could have it: longer, and readable to who knows English. */
const pseudoText = (text: string): string => {
  if (!/\p{L}/u.test(text)) return text;
  const length = Math.ceil(text.length / 3);
  const filler = FILLER.repeat(Math.ceil(length / FILLER.length)).slice(0, length);
  return `${START}${text}${END} ${filler}`.trimEnd();
};

/** Returns a translation of a file into the pseudo-locale: of its texts, not of functions beside them. */
export const pseudoOf = (file: object): object =>
  Object.fromEntries(
    Object.entries(file)
      .filter(([, texts]) => typeof texts === 'object')
      .map(([key, texts]) => [key, pseudo(texts)]),
  );

/** Returns texts in the pseudo-locale. */
export function pseudo<T>(texts: T): T {
  if (typeof texts === 'string') return pseudoText(texts) as T;
  if (typeof texts === 'function')
    return ((...args: unknown[]) => {
      const result: unknown = texts(...args);
      return typeof result === 'string' ? pseudoText(result) : result;
    }) as T;
  if (typeof texts !== 'object' || texts === null) return texts;
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, pseudo(value)])) as T;
}
