import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const WEB = fileURLToPath(new URL('../web/', import.meta.url));
const files = readdirSync(`${WEB}src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?<!\.test)\.tsx?$/.test(path))
  .map((path) => join('src', path));

/** Texts that never change: constants, which are in upper case, and their named fields. */
const CONSTANT = /^[A-Z][A-Z_]*(\.\w+)*$/;
/** Expressions without an element of their own that render elements. */
const ELEMENTS = /^(children|notices|(scene && )?controls\(scene\))$/;

type Part = 'space' | 'text' | 'changing text' | 'element' | 'optional element';

/** Returns what a child of an element renders; null for white space between lines and for comments. */
function partOf(child: ts.JsxChild): Part | null {
  if (ts.isJsxText(child)) {
    if (child.containsOnlyTriviaWhiteSpaces) return null;
    return child.text.trim() === '' ? 'space' : 'text';
  }
  if (!ts.isJsxExpression(child)) return 'element';
  const { expression } = child;
  if (expression === undefined) return null;
  if (ts.isStringLiteral(expression)) return expression.text.trim() === '' ? 'space' : 'text';
  const source = expression.getText();
  if (ELEMENTS.test(source) || hasElement(expression)) return 'optional element';
  return CONSTANT.test(source) ? 'text' : 'changing text';
}

const hasElement = (node: ts.Node): boolean =>
  ts.isJsxElement(node) ||
  ts.isJsxSelfClosingElement(node) ||
  ts.isJsxFragment(node) ||
  (ts.forEachChild(node, (child) => hasElement(child) || undefined) ?? false);

/**
 * A browser that translates a page replaces text nodes. React then changes a text that is no longer shown, and throws when it
 * inserts before it or removes it. It does neither with a text that is alone in its element.
 */
function isMixed(children: readonly ts.JsxChild[]): boolean {
  const parts = children.map(partOf).filter((part) => part !== null);
  if (parts.includes('changing text')) return parts.length > 1;
  return parts.includes('text') && parts.includes('optional element');
}

function mixedIn(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isJsxElement(node) || ts.isJsxFragment(node)) && isMixed(node.children)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1}: ${node.getText().split('\n')[0]}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('a changing text never shares its element with a sibling, so a translated page keeps working', () => {
  const components = files.filter((path) => path.endsWith('.tsx'));
  expect(components.flatMap((path) => mixedIn(path, readFileSync(`${WEB}${path}`, 'utf8')))).toEqual([]);
});

test.each([
  ['<p>{age} ago</p>', true],
  ['<p>{value} {unit}</p>', true],
  ['<p><Icon />{count(n)}</p>', true],
  ['<p>{isOpen && <Icon />}Close</p>', true],
  ['<p>{names.map((name) => <b>{name}</b>)} and others</p>', true],
  ['<p>{ago(age)}</p>', false],
  ['<p><Icon /> <span>{age}</span></p>', false],
  ['<p><Icon />{TEXTS.close}</p>', false],
  ['<p><b>{name}</b>{isOpen && <Icon />}</p>', false],
])('the check for mixed texts finds them: %s', (code, isFound) => {
  expect(mixedIn('x.tsx', code)).toHaveLength(isFound ? 1 : 0);
});

test('only two files touch the storage of the browser, which may be blocked', () => {
  const using = files.filter((path) =>
    /\b(sessionStorage|localStorage|indexedDB|document\.cookie)\b(?!:)/.test(
      readFileSync(`${WEB}${path}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''),
    ),
  );
  expect(using.sort()).toEqual(['src/shared/live/browser-storage.ts', 'src/shared/live/storage.ts']);
});

/** Pages that need scripts: all but the one for unknown addresses, whose texts are in its HTML. */
const SCRIPTED = readdirSync(WEB).filter((name) => name.endsWith('.html') && name !== 'not-found.html');

test.each(SCRIPTED)('%s says in each language what it needs where scripts are disabled', (name) => {
  const html = readFileSync(`${WEB}${name}`, 'utf8');
  expect(html).toMatch(/<noscript>[\s\S]*<p>[^<]*needs JavaScript[\s\S]*<\/noscript>/);
  expect(html).toMatch(/<noscript>[\s\S]*<p lang="es">[^<]*necesita JavaScript[\s\S]*<\/noscript>/);
});
