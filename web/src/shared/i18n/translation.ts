type Text<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [Key in keyof T]: Text<T[Key]> };

/**
 * Texts of one file in another language: each exported object of its texts.ts, with the same keys and the same arguments.
 * Exported functions put those texts together and need no translation. A text that is exported alone cannot be replaced, so it
 * does not compile.
 */
export type Translation<File> = {
  readonly [Name in keyof File as File[Name] extends (...args: never[]) => unknown
    ? never
    : Name]: File[Name] extends string ? never : Text<File[Name]>;
};

/** Texts by the path of their file, relative to the folder of the page. */
export type TextFiles = Readonly<Record<string, object>>;

type Tree = Record<string, unknown>;

/** Replaces English texts in place, so that whoever imported them has the translation. */
export function translate(english: object, translated: object): void {
  for (const [key, value] of Object.entries(translated)) {
    const own = (english as Tree)[key];
    if (typeof own === 'object' && own !== null) translate(own, value as object);
    else (english as Tree)[key] = value;
  }
}
