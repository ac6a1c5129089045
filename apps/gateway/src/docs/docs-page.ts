import { createHash } from 'node:crypto';
import { CODES, type Code } from '#protocol';
import { plain, REST, type RestRoute, refusalsOf, shapeOf } from '#protocol/docs';
import { STYLE } from './docs-style.js';

const styleHash = createHash('sha256').update(STYLE).digest('base64');
/** Content-Security-Policy of the page: nothing but its own style. */
export const POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

/** Returns the documentation page: every route with its parameters and refusals, and every code at its anchor. */
export function docsPage(): string {
  const routes = Object.entries(REST);
  const groups = [...new Set(routes.map(([, { group }]) => group))];
  const nav = groups.map((group) => `<a href="#${idOf(group)}">${escapeHtml(group)}</a>`).join('');
  const sections = groups.map(
    (group) =>
      `<section aria-labelledby="${idOf(group)}"><h2 id="${idOf(group)}">${escapeHtml(group)}</h2>${routes
        .filter(([, route]) => route.group === group)
        .map(routeHtml)
        .join('')}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Hexfleet API</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Hexfleet API</h1>
<p>Send the token as <code>Authorization: Bearer …</code>. Times are epoch milliseconds, angles degrees. A refusal is <code>application/problem+json</code> with a <a href="#codes">code</a>.</p>
<p class="documents"><a href="openapi.json">OpenAPI</a><a href="asyncapi.json">AsyncAPI</a></p>
</header>
<nav aria-label="Sections">${nav}<a href="#codes">Codes</a></nav>
<main>
${sections.join('\n')}
<section aria-labelledby="codes"><h2 id="codes">Codes</h2><dl>${Object.keys(CODES)
    .map((code) => codeHtml(code as Code))
    .join('')}</dl></section>
</main>
</body>
</html>
`;
}

function routeHtml([name, route]: [string, RestRoute]): string {
  const [method, path] = name.split(' ') as [string, string];
  const rows: Array<[string, string]> = [
    ['Roles', escapeHtml(rolesOf(route))],
    ['Query', names(Object.keys(route.query?.shape ?? {}))],
    ['Headers', names(route.headers ?? [])],
    ['Body', route.body === undefined ? '' : names([shapeOf(route.body)])],
    ['Answer', `${route.status ?? 200} ${Object.entries(route.answers).map(answerHtml).join(' or ')}`],
    [
      'Codes',
      refusalsOf(route, method !== 'GET')
        .map(codeLink)
        .join(' '),
    ],
  ];
  const details = rows.filter(([, value]) => value !== '');
  return `<details><summary><span class="method ${method.toLowerCase()}">${method}</span><span class="path">${escapeHtml(path).replaceAll('/', '/<wbr>')}</span><span class="text">${marked(plain(route.summary))}</span></summary><dl>${details
    .map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`)
    .join('')}</dl></details>`;
}

const answerHtml = ([type, answer]: [string, RestRoute['answers'][string]]): string =>
  names(typeof answer === 'string' ? [type] : [type, shapeOf(answer)]);

function codeHtml(code: Code): string {
  const { status, retry, message } = CODES[code];
  return `<div id="${code}" class="code"><dt><code>${code}</code></dt><dd>${escapeHtml(message)}<small>${status} · ${retry ? 'Try again later' : 'Trying again won’t help'}</small></dd></div>`;
}

const rolesOf = ({ roles, only }: RestRoute): string =>
  roles === null
    ? 'Anyone, without a token'
    : roles.join(', ') + (only === undefined ? '' : ` (${only.replaceAll('`', '')})`);

const names = (list: readonly string[]): string =>
  list.map((name) => `<code>${escapeHtml(name)}</code>`).join(' ');
const codeLink = (code: Code): string => `<a href="#${code}">${code.replaceAll('_', '_<wbr>')}</a>`;
const idOf = (group: string): string => group.toLowerCase().replaceAll(/[^a-z]+/g, '-');
const marked = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
