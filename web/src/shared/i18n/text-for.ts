/** Texts by a key, such as an error code, with one for any other key. */
type Texts = Readonly<Record<string, string>> & { readonly other: string };

/** Returns the text for a key. */
export const textFor = (texts: Texts, key: string): string => texts[key] ?? texts.other;
