/**
 * Controls that change the direction of what follows them: embeddings, overrides and isolates. They can make a text, and what
 * stands behind it, look like another one. The marks that scripts from right to left need only set a direction at their place.
 */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Combining marks at one letter beyond those that any script writes; more of them cover other lines. */
const TOO_MANY_MARKS = /(\p{M}{8})\p{M}+/gu;

/** Removes from a text what would change how the texts around it look. */
export const contained = (text: string): string =>
  text.replace(BIDI_CONTROLS, '').normalize('NFC').replace(TOO_MANY_MARKS, '$1');

/**
 * Normalizes a text for storage: NFC, `\n` as line break, tabs as spaces, other control characters and surrounding space
 * removed, see {@link contained}. A lone surrogate becomes U+FFFD, as it would in UTF-8.
 */
export const plainText = (text: string): string =>
  contained(
    text
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .replace(/\t/g, ' ')
      .replace(/(?!\n)\p{Cc}/gu, '')
      .replace(/\p{Cs}/gu, '\uFFFD'),
  ).trim();

/** Normalizes a text of one line, such as a name. */
export const oneLine = (text: string): string => plainText(text).replaceAll('\n', ' ');
