import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Files that must name what was retired: this one, and the list of renamed parts. */
const EXEMPT = ['test/words.test.ts', 'CHANGELOG.md'];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /\.(tsx?|mjs|lua|md|css|html|py)$/.test(path) && !EXEMPT.includes(path))
  .filter((path) => existsSync(`${ROOT}${path}`));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

/** Openings that make a comment or a paragraph read like a riddle: it names the thing or begins with a verb instead. */
const OPENINGS = /^(Who|What|Whom|Whose|So|Of|That|How)\b/i;

/** First lines of comments by kind of file, and of headings, list items and paragraphs of a page. */
const FIRST_LINES: Array<[files: RegExp, pattern: RegExp]> = [
  [/\.(tsx?|mjs|css)$/, /\/\*\*?\s*\*?\s*([^@*\s][^\n]*)/g],
  [/\.(tsx?|mjs)$/, /(?<!^[ \t]*\/\/.*\n[ \t]*)(?<![:'"`\w])\/\/ +([^\n]+)/gm],
  [/\.lua$/, /(?<!^--.*\n)-- +([^\n]+)/gm],
  [/\.py$/, /(?:(?<!^[ \t]*#.*\n[ \t]*)# +|""")([^\n]+)/gm],
  [/\.html$/, /<!--\s*([^\n]+)/g],
  [/\.md$/, /^(?:#+ +|[ \t]*[-*] +|(?<=\n\n))(\w[^\n]*)/gm],
];

/** Names and turns of phrase that were replaced; each is a whole word. */
const RETIRED = `
  TripDesk FeedDesk ChatDesk ShareDesk AlertDesk HandDesk HandsController Sight Watching FleetQuestions Intake Greeting
  PresenceKeeper HeldUsers TripKeeper lookAfter claimDue Whereabouts whereabouts incarnation Marks inTurn in-turn setAside
  Followers Sampler Announcer TripAnnouncer READING_ONLY MissedNews RegionNews guardNamespace AnswerInterceptor failureOf
  Refusal PollAnswer ReadingTransport LINK_OVER KEY_REUSED DetourRouter easeSlowLine slow-line onHotEvent hot-event
  recordOnCard expireCard Rhythm InOrder KnownTrips ChatMarks knowingItsSubject failedHere goneOn lazily letGo
  lostOffer anew Unheard tellGone tellBoth tellUnread trouble heardAt dead-line way-of-a-fix three-pages forbidden-looks
  trip-looks RequestRates drawWay SocketLine VersionRefusal callOff fixes_set_aside drop-off drop-offs Drop-off Drop-offs told tell tells
  Tells heard pointed dear
`
  .trim()
  .split(/\s+/);
const RETIRED_WORD = new RegExp(`(?<![\\w-])(${RETIRED.join('|')})(?![\\w-])`);
/** Streets of the demo city have the names that they have in Manhattan. */
const STREET_NAME = /'St\. Marks Place'/g;

/** Texts that people read on screen, without the code around them. */
const isOnScreen = (path: string) =>
  (path.startsWith('web/') && /\.(tsx?|html)$/.test(path) && !/\.test\.|\/bench\//.test(path)) ||
  path === 'libs/protocol/src/chat.ts';
const STRAIGHT_APOSTROPHE =
  /"[^"\n]*[a-z]'[a-z][^"\n]*"|`[^`$]*[a-z]'[a-z][^`]*`|\\'|>[^<>{}=;()]*[a-z]'[a-z][^<>{}]*</;

test('every comment and every paragraph begins with a verb or with the thing itself', () => {
  const found = files.flatMap((path) =>
    FIRST_LINES.filter(([kind]) => kind.test(path))
      .flatMap(([, pattern]) => [...read(path).matchAll(pattern)].map(([, line]) => line!))
      .filter((line) => OPENINGS.test(line))
      .map((line) => `${path}: ${line.replace(/\s*\*\/.*$/, '')}`),
  );
  expect(found).toEqual([]);
});

test('apostrophes on screen are curly', () => {
  const found = files.filter(isOnScreen).flatMap((path) =>
    read(path)
      // Comments are for readers of the code.
      .replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g, '')
      .split('\n')
      .flatMap((line) => (STRAIGHT_APOSTROPHE.test(line) ? [`${path}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('no retired name or phrase is in use', () => {
  const found = files.flatMap((path) =>
    read(path)
      .replace(STREET_NAME, "''")
      .split('\n')
      .flatMap((line, i) => {
        const word = RETIRED_WORD.exec(line)?.[1];
        return word === undefined ? [] : [`${path}:${i + 1}: ${word}`];
      }),
  );
  expect(found).toEqual([]);
});
