// npm run docs:diagrams: draws docs/diagrams/*.txt as SVG files beside the images, in light and dark. With --check it only
// compares them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './lib/root.mjs';

const SOURCES = inRoot('docs', 'diagrams');
const CELL_WIDTH = 270;
const CELL_HEIGHT = 120;
const BOX_WIDTH = 150;
const BOX_HEIGHT = 52;
const MARGIN = 24;
/** Radius of the circle with the number of a step. */
const STEP_R = 10;

/**
 * Parses a diagram, one statement a line:
 *   title TEXT
 *   box ID COLUMN ROW TEXT        a box at a place of the grid; ` / ` breaks its text
 *   store ID COLUMN ROW TEXT      the same, drawn as a store
 *   A -> B TEXT                   an arrow; a number at its beginning is drawn as a step
 *   A <-> B TEXT                  an arrow in both directions
 * Columns and rows may be fractions. Empty lines and those that begin with # are skipped.
 */
function parseDiagram(source) {
  const diagram = { title: '', boxes: new Map(), arrows: [] };
  for (const [i, line] of source.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const box = /^(box|store) (\S+) ([\d.]+) ([\d.]+) (.+)$/.exec(text);
    const arrow = /^(\S+) (<?->) (\S+)(?: (.*))?$/.exec(text);
    if (text.startsWith('title ')) diagram.title = text.slice(6);
    else if (box !== null) {
      const [, kind, id, column, row, label] = box;
      const x = MARGIN + Number(column) * CELL_WIDTH + BOX_WIDTH / 2;
      const y = MARGIN + Number(row) * CELL_HEIGHT + BOX_HEIGHT / 2;
      diagram.boxes.set(id, { kind, x, y, lines: label.split(' / ') });
    } else if (arrow !== null) {
      const [, from, kind, to, label = ''] = arrow;
      for (const id of [from, to])
        if (!diagram.boxes.has(id)) throw new Error(`line ${i + 1}: there is no box ${id}`);
      const [, step = null, rest = label] = /^(\d+[a-z]?) ?(.*)$/.exec(label) ?? [];
      diagram.arrows.push({ from, to, isMutual: kind === '<->', step, label: rest });
    } else throw new Error(`line ${i + 1}: ${text}`);
  }
  return diagram;
}

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** Returns where the line from the middle of a box to another point leaves the box. */
function edgeOf({ x, y }, to) {
  const dx = to.x - x;
  const dy = to.y - y;
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : (BOX_WIDTH / 2 + 4) / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : (BOX_HEIGHT / 2 + 4) / Math.abs(dy),
  );
  return { x: x + dx * scale, y: y + dy * scale };
}

const STYLE = `
  svg { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
  .box { fill: #fff; stroke: #5b6472; stroke-width: 1.5; }
  .store { fill: #eef3fb; stroke: #3b6fb5; stroke-width: 1.5; }
  .arrow { fill: none; stroke: #5b6472; stroke-width: 1.5; }
  .head { fill: #5b6472; }
  .step { fill: #3b6fb5; }
  .number { fill: #fff; font-weight: 600; font-size: 11px; }
  text { fill: #1d232c; text-anchor: middle; dominant-baseline: central; }
  .label { font-size: 12px; fill: #3c4552; paint-order: stroke; stroke: #f7f8fa; stroke-width: 4px; stroke-linejoin: round; }
  .ground { fill: #f7f8fa; }
  @media (prefers-color-scheme: dark) {
    .box { fill: #232a34; stroke: #8f9bab; }
    .store { fill: #1d2c42; stroke: #7aa7e6; }
    .arrow { stroke: #8f9bab; }
    .head { fill: #8f9bab; }
    .step { fill: #7aa7e6; }
    .number { fill: #10151c; }
    text { fill: #e8ecf2; }
    .label { fill: #b9c3d0; stroke: #161b22; }
    .ground { fill: #161b22; }
  }`;

function drawBox({ kind, x, y, lines }) {
  const [left, top] = [x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2];
  const radius = kind === 'store' ? 18 : 6;
  const texts = lines.map(
    (line, i) => `<text x="${x}" y="${y + (i - (lines.length - 1) / 2) * 17}">${escaped(line)}</text>`,
  );
  return `<rect class="${kind}" x="${left}" y="${top}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="${radius}"/>${texts.join('')}`;
}

/** @param lane of the arrows between the same two boxes, so that they do not cover each other */
function drawArrow({ from, to, isMutual, step, label }, boxes, lane) {
  const [a, b] = [boxes.get(from), boxes.get(to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  // The same side for both directions.
  const side = from < to ? 1 : -1;
  const shift = { x: (-(b.y - a.y) / length) * lane * side, y: ((b.x - a.x) / length) * lane * side };
  const moved = (point) => ({ x: point.x + shift.x, y: point.y + shift.y });
  const [start, end] = [moved(edgeOf(a, b)), moved(edgeOf(b, a))];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const isFlat = Math.abs(end.y - start.y) < 30;
  const isAbove = shift.y < 0 || (lane === 0 && step === null);
  const line = `<path class="arrow" d="M${start.x} ${start.y}L${end.x} ${end.y}" marker-end="url(#head)"${isMutual ? ' marker-start="url(#head)"' : ''}/>`;
  const number =
    step === null
      ? ''
      : `<circle class="step" cx="${middle.x}" cy="${middle.y}" r="${STEP_R}"/><text class="number" x="${middle.x}" y="${middle.y}">${step}</text>`;
  const gap = step === null ? (isFlat ? 11 : 0) : 20;
  const off = isAbove ? -gap : gap;
  const text =
    label === '' ? '' : `<text class="label" x="${middle.x}" y="${middle.y + off}">${escaped(label)}</text>`;
  return line + number + text;
}

function drawDiagram({ title, boxes, arrows }) {
  const places = [...boxes.values()];
  const width = Math.max(...places.map(({ x }) => x)) + BOX_WIDTH / 2 + MARGIN;
  const height = Math.max(...places.map(({ y }) => y)) + BOX_HEIGHT / 2 + MARGIN;
  const pairOf = ({ from, to }) => [from, to].sort().join(' ');
  const drawn = arrows.map((arrow) => {
    const same = arrows.filter((other) => pairOf(other) === pairOf(arrow));
    const lane = (same.indexOf(arrow) - (same.length - 1) / 2) * 30;
    return drawArrow(arrow, boxes, lane);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>
<rect class="ground" width="${width}" height="${height}" rx="10"/>
${[...drawn, ...places.map(drawBox)].join('\n')}
</svg>
`;
}

/** Returns each diagram with the file that it is drawn to. */
function diagrams() {
  return readdirSync(SOURCES)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => {
      const source = readFileSync(inRoot('docs', 'diagrams', file), 'utf8');
      const path = inRoot('docs', 'images', file.replace('.txt', '.svg'));
      try {
        return { path, svg: drawDiagram(parseDiagram(source)) };
      } catch (error) {
        throw new Error(`docs/diagrams/${file}, ${error.message}`);
      }
    });
}

const isCheck = process.argv.includes('--check');
for (const { path, svg } of diagrams()) {
  if (!isCheck) writeFileSync(path, svg);
  else if (readFileSync(path, 'utf8') !== svg) {
    process.stderr.write(`${path} differs from its text; run npm run docs:diagrams.\n`);
    process.exitCode = 1;
  }
}
