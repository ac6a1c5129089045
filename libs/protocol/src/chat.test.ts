import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_CHAT_PAGE, MAX_TEXT_LENGTH } from './chat.js';
import { ChatHistory, ChatMark, ChatSend } from './chat-schemas.js';
import { CODES, type Code, ProtocolError } from './codes.js';
import { QUICK_REPLIES } from './quick-replies.js';
import { parse } from './schemas.js';
import { plainText } from './text.js';

const sent = (text: unknown) => parse(ChatSend, { tripId: 't', id: 'm', text }).text;
const codeOf = (work: () => unknown): Code | 'accepted' => {
  try {
    work();
  } catch (error) {
    return (error as ProtocolError).code;
  }
  return 'accepted';
};

describe('a text', () => {
  test.each([
    ['  hello \n', 'hello'],
    ['a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['a\tb\u0000\u001b[31m\u0085c', 'a b[31mc'],
    ['e\u0301', '\u00e9'],
    ['\ud83d', '\ufffd'],
    ['👨‍👩‍👧 ok', '👨‍👩‍👧 ok'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
  ])('%j is stored as %j', (text, kept) => expect(sent(text)).toBe(kept));

  test.each(['', '  \n\t ', '\u0000\u0007', '\u200b\u2060', '\u3000'])('%j is refused as empty', (text) =>
    expect(codeOf(() => sent(text))).toBe('EMPTY_TEXT'),
  );

  test('has at most 2,000 code points, counted after normalization', () => {
    expect(codeOf(() => sent('🚕'.repeat(MAX_TEXT_LENGTH)))).toBe('accepted');
    expect(codeOf(() => sent('🚕'.repeat(MAX_TEXT_LENGTH + 1)))).toBe('TEXT_TOO_LONG');
    expect(codeOf(() => sent(` ${'e\u0301'.repeat(MAX_TEXT_LENGTH)}\u0000\n`))).toBe('accepted');
  });

  test('is unchanged by a second normalization, and never contains a control character', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\r', '\n', '\t', 'e', '\u0301', '\ud800', '\u0085') }),
    );
    fc.assert(
      fc.property(text, (input) => {
        const kept = plainText(input);
        expect(plainText(kept)).toBe(kept);
        expect(kept).not.toMatch(/(?!\n)\p{Cc}/u);
        expect(Buffer.from(kept).toString()).toBe(kept);
      }),
    );
  });

  test('is refused when it is not a string or has no valid id', () => {
    for (const text of [null, 7, ['a'], undefined]) expect(codeOf(() => sent(text))).toBe('BAD_REQUEST');
    for (const id of ['', 'a b', 'x'.repeat(65), 7])
      expect(codeOf(() => parse(ChatSend, { tripId: 't', id, text: 'a' }))).toBe('BAD_ID');
  });

  test('from the quick replies can be sent unchanged', () => {
    for (const text of Object.values(QUICK_REPLIES)) expect(sent(text)).toBe(text);
  });
});

test.each([
  [{ before: 0 }, 'BAD_SEQ'],
  [{ after: -1 }, 'BAD_SEQ'],
  [{ after: 1.5 }, 'BAD_SEQ'],
  [{ after: '1' }, 'BAD_SEQ'],
  [{ limit: 0 }, 'BAD_LIMIT'],
  [{ limit: MAX_CHAT_PAGE + 1 }, 'BAD_LIMIT'],
  [{ tripId: 'a b' }, 'BAD_ID'],
] as const)('a chat page with %j is refused with %s', (query, code) =>
  expect(codeOf(() => parse(ChatHistory, { tripId: 't', ...query }))).toBe(code),
);

test('a receipt with an invalid message number is refused', () => {
  for (const seq of [undefined, null, -1, 1.5, 2 ** 60])
    expect(() => parse(ChatMark, { tripId: 't', seq })).toThrow(CODES.BAD_SEQ.message);
});
