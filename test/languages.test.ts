import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const WEB = fileURLToPath(new URL('../web/', import.meta.url));
const filesOf = (ending: RegExp): string[] =>
  readdirSync(`${WEB}src`, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path) && !path.includes('.test.'))
    .map((path) => join('src', path));

/** Attributes whose text a user sees or hears. */
const ATTRIBUTES =
  /^(aria-(label|description|placeholder|roledescription|valuetext)|title|placeholder|alt|label|heading)$/;
/** Words; a single letter, a number or a unit's sign is no text. */
const WORDS = /\p{L}{2}/u;
/** Texts that no language changes: names of keys. */
const KEPT = /^(Ctrl( Shift)? \w|\(Ctrl( Shift)? Z\))$/;

/** The parts of an expression that end up as text. */
function* literalsIn(node: ts.Node): Generator<string> {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) yield node.text;
  else if (ts.isTemplateExpression(node)) {
    yield node.head.text;
    for (const { literal } of node.templateSpans) yield literal.text;
  } else if (ts.isConditionalExpression(node)) {
    yield* literalsIn(node.whenTrue);
    yield* literalsIn(node.whenFalse);
  } else if (ts.isParenthesizedExpression(node)) yield* literalsIn(node.expression);
  else if (ts.isBinaryExpression(node) && !/[=<>]|^in$/.test(node.operatorToken.getText())) {
    if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) yield* literalsIn(node.left);
    yield* literalsIn(node.right);
  }
}

/** Returns texts for users that a component has instead of a file of texts. */
function hardCodedIn(path: string, code: string): string[] {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const check = (node: ts.Node, text: string) => {
    if (!WORDS.test(text) || KEPT.test(text.trim())) return;
    found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text.trim()}`);
  };
  const checkAll = (node: ts.Node) => {
    for (const text of literalsIn(node)) check(node, text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) check(node, node.text);
    else if (ts.isJsxAttribute(node) && ATTRIBUTES.test(node.name.getText())) {
      const { initializer } = node;
      if (initializer !== undefined && ts.isStringLiteral(initializer)) check(node, initializer.text);
      else if (initializer !== undefined && ts.isJsxExpression(initializer) && initializer.expression)
        checkAll(initializer.expression);
    } else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression !== undefined)
      checkAll(node.expression);
    else if (ts.isVariableDeclaration(node) && /^TEXTS$/.test(node.name.getText()) && node.initializer)
      found.push(`${path}: ${node.name.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('components have no texts of their own, so that all are translated', () => {
  const found = filesOf(/\.tsx$/).flatMap((path) => hardCodedIn(path, readFileSync(`${WEB}${path}`, 'utf8')));
  expect(found).toEqual([]);
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: code with templates */
test.each([
  ['<p>Hello</p>', true],
  ["<p>{isOpen ? 'Close' : TEXTS.open}</p>", true],
  ['<p>{`${n} cars`}</p>', true],
  ['<button aria-label="Close" />', true],
  ["<input placeholder={isShort ? 'Search' : ''} />", true],
  ["const TEXTS = { a: 'b' };", true],
  ['<p>{TEXTS.hello}</p>', false],
  ['<p className="hint">{`${a} · ${b}`}</p>', false],
  ['<kbd>Ctrl K</kbd>', false],
  ['<p>{`${n}°`}</p>', false],
])('the check for texts finds them: %s', (code, isFound) => {
  expect(hardCodedIn('x.tsx', code)).toHaveLength(isFound ? 1 : 0);
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: code with templates */

test('formats of numbers and times come from one file, so that they follow the choice of the user', () => {
  const own = /toLocale(String|Date|Time)|new Intl\.(DateTimeFormat|NumberFormat)|\bkm\/h\b/;
  const allowed = ['src/shared/ui/format.ts', 'src/shared/i18n/plural.ts'];
  const found = filesOf(/(?<!texts(\.\w+)?)\.tsx?$/).filter(
    (path) => !allowed.includes(path) && own.test(readFileSync(`${WEB}${path}`, 'utf8')),
  );
  expect(found).toEqual([]);
});

/** A number or a value with the unit of a distance or a speed. */
const UNIT = /(?:\}|#|\d)[ \u00a0]?(?:mm?|cm|km|mi|yd|ft|mph|km\/h)(?=['"`<\s.,;)])/;

/** Returns the lines with a unit that the choice of the user would not change. Texts of the protocol are in its units. */
const fixedUnitsIn = (code: string): string[] =>
  code
    .replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g, '')
    .split('\n')
    .filter((line) => UNIT.test(line));

test('units of distances and speeds come from the formats, so that they follow the choice of the user', () => {
  const found = filesOf(/\.tsx?$/)
    .filter((path) => !/error-texts/.test(path))
    .flatMap((path) =>
      fixedUnitsIn(readFileSync(`${WEB}${path}`, 'utf8')).map((line) => `${path}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: code with templates */
test.each([
  ['walk: (n) => `${n} m`,', true],
  ["'is more than # km wide',", true],
  ['<p>5 mi</p>', true],
  ['time: (n) => `${n} min`,', false],
  ['`${milliseconds(value)} ms`', false],
  ['const reach = 5; // at most 5 km wide', false],
])('the check for units finds them: %s', (code, isFound) => {
  expect(fixedUnitsIn(code)).toHaveLength(isFound ? 1 : 0);
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: code with templates */

/** Declarations that fix a side of the screen, where a language from right to left needs the other one. */
const SIDED =
  /^\s*((margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b|(left|right):|(text-align|float|clear): (left|right)|border-(top|bottom)-(left|right))/;
/** The middle is the same from both sides, and the map library measures from the left. */
const BOTH = /^\s*(left: 50%|left: var\(--map-left)/;

/** Whether a shorthand has another value at the left than at the right. */
function isLopsided(line: string): boolean {
  const [, values] = /^\s*(?:margin|padding|inset): ([^;]+);/.exec(line) ?? [];
  const parts = values?.match(/(?:[^\s(]|\([^)]*\))+/g) ?? [];
  return parts.length === 4 && parts[1] !== parts[3] && parts[3] !== '50%';
}

test('styles name the start and the end of a line instead of left and right', () => {
  const found = filesOf(/\.css$/).flatMap((path) =>
    readFileSync(`${WEB}${path}`, 'utf8')
      .split('\n')
      .map((line, i) => ({ line, at: `${path}:${i + 1}: ${line.trim()}` }))
      .filter(({ line }) => (SIDED.test(line) && !BOTH.test(line)) || isLopsided(line))
      .map(({ at }) => at),
  );
  expect(found).toEqual([]);
});

test.each([
  ['  margin-left: 4px;', true],
  ['  left: 0;', true],
  ['  text-align: right;', true],
  ['  left: 50%;', false],
  ['  margin-inline-start: 4px;', false],
])('the check for sides finds them: %s', (line, isFound) => {
  expect(SIDED.test(line) && !BOTH.test(line)).toBe(isFound);
});
