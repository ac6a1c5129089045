import { storedHere } from '../live/storage.js';

/** Languages of the pages. English is the source of all texts, so it needs no files of its own. */
export const LANGUAGES = ['en', 'es'] as const;
/** English made longer and written from right to left, to check layouts. No page offers it. */
export const PSEUDO = 'ar-XB';
export type Language = (typeof LANGUAGES)[number] | typeof PSEUDO;

/** Keys of what a user chose in this browser; without a value, the browser's languages decide. */
export const CHOICES = {
  /** one of `LANGUAGES` */
  language: 'hexfleet-language',
  /** `metric` or `imperial` */
  units: 'hexfleet-units',
  /** `h23` or `h12` */
  clock: 'hexfleet-clock',
} as const;

export type Locale = {
  language: Language;
  /** language and region for `Intl` */
  tag: string;
  /** miles instead of kilometres */
  isImperial: boolean;
  /** undefined: as usual in the region */
  hourCycle: 'h12' | 'h23' | undefined;
};

/** Regions that measure roads in miles: the United States, the United Kingdom, Myanmar and Liberia. */
const MILES: ReadonlySet<string> = new Set(['US', 'GB', 'MM', 'LR']);

/** Whether `Intl` takes a tag: some browsers have `C` or `en-US@posix` among theirs. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

type Chosen = (key: (typeof CHOICES)[keyof typeof CHOICES]) => string | null;

/**
 * Returns the locale of a user.
 * @param languages of the browser, the best first
 * @param chosen returns what the user chose, by its key; null without a choice
 */
export function localeOf(languages: readonly string[], chosen: Chosen): Locale {
  const preferred = languages.filter(isTag);
  const { region = '001' } = new Intl.Locale(preferred[0] ?? 'en-001').maximize();
  const choice = chosen(CHOICES.language);
  const language =
    choice === PSEUDO
      ? PSEUDO
      : ([choice, ...preferred]
          .map((tag) => LANGUAGES.find((one) => one === tag?.split('-')[0]))
          .find((one) => one !== undefined) ?? 'en');
  const spoken = language === PSEUDO ? 'en' : language;
  const units = chosen(CHOICES.units);
  const clock = chosen(CHOICES.clock);
  return {
    language,
    tag: preferred.find((tag) => tag.split('-')[0] === spoken) ?? `${spoken}-${region}`,
    isImperial: units === 'imperial' || (units !== 'metric' && MILES.has(region)),
    hourCycle: clock === 'h12' || clock === 'h23' ? clock : undefined,
  };
}

/** Locale of this page. A choice takes effect when the page loads again. */
export const locale: Locale = localeOf(globalThis.navigator?.languages ?? [], storedHere);
