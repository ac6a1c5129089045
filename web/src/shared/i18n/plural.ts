import { locale } from './locale.js';

const rules = new Intl.PluralRules(locale.tag);
const number = new Intl.NumberFormat(locale.tag);

/** Texts by the plural category of a number, with `#` for the number itself. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Returns the text for a number: `plural(2, { one: '1 trip', other: '# trips' })` is "2 trips". */
export const plural = (n: number, forms: Forms): string =>
  (forms[rules.select(n)] ?? forms.other).replace('#', () => number.format(n));
