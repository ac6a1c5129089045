import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { USERS_IN_KEYS } from '../libs/store/src/user-data/users-in-keys.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(`${ROOT}${path}`));
const prose = new Map(pages.map((path) => [path, withoutFences(readFileSync(`${ROOT}${path}`, 'utf8'))]));

/** Links and headings within fenced code are text. */
function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, '');
}

/**
 * Returns the anchors of a page by the rules of GitHub: lower case, without punctuation, spaces as hyphens, and a number
 * behind those that occur again.
 */
function anchorsOf(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading] of markdown.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const text = heading!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id!);
  return anchors;
}

/** Returns the targets of links and images within the repository. */
function targetsOf(markdown: string): string[] {
  const text = markdown.replace(/`[^`\n]+`(?!\])/g, '');
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...text.matchAll(/^ *\[[^\]]+\]: +<?([^\s>]+)/gm)];
  const html = [...text.matchAll(/<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"/g)];
  return [...inline, ...references, ...html]
    .map(([, target]) => target!)
    .filter((target) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target));
}

function problemWith(page: string, target: string): string | null {
  const [path, anchor] = target.split('#', 2) as [string, string?];
  const file = path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path));
  if (!existsSync(`${ROOT}${file}`)) return `${page}: ${target}: there is no ${file}`;
  const markdown = prose.get(file);
  if (anchor === undefined || markdown === undefined) return null;
  return anchorsOf(markdown).has(decodeURIComponent(anchor)) ? null : `${page}: ${target}: no such heading`;
}

test('every relative link and anchor in the documentation resolves', () => {
  const links = [...prose].flatMap(([page, markdown]) =>
    targetsOf(markdown).map((target) => ({ page, target })),
  );
  expect(links.length).toBeGreaterThan(100);
  expect(
    links.map(({ page, target }) => problemWith(page, target)).filter((problem) => problem !== null),
  ).toEqual([]);
});

test('every kind of data about users has a row in the table of privacy.md', () => {
  const rows = [...prose.get('docs/privacy.md')!.matchAll(/^\| ([a-z ,]+) \|/gm)];
  const kinds = Object.values(USERS_IN_KEYS).filter((kind) => kind !== 'nobody' && kind !== 'passing');
  expect(rows.flatMap(([, names]) => names!.split(', '))).toEqual(expect.arrayContaining(kinds));
});

test('anchors follow the rules of GitHub', () => {
  const markdown =
    '# A `trip`, and what *can* go wrong\n## [Links](x.md) & more\n## Twice\n## Twice\n## fix_source: v1.0';
  expect([...anchorsOf(markdown)]).toEqual([
    'a-trip-and-what-can-go-wrong',
    'links--more',
    'twice',
    'twice-1',
    'fix_source-v10',
  ]);
});
