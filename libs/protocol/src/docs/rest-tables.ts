import { z } from 'zod';
import { CODES } from '../codes.js';
import { nameOf } from './json-schema.js';
import { refusalsOf } from './refusals.js';
import type { RestRoute } from './rest/route.js';
import { REST } from './rest.js';

/** Maximum number of fields that are listed; a larger object is shown by its name. */
const MAX_FIELDS = 9;

/** Returns the REST tables of docs/protocol.md, keyed by the name of their markers. */
export const restTables = (): Record<string, string> => ({ rest: routesTable(), 'rest-codes': codesTable() });

function routesTable(): string {
  const rows = Object.entries(REST).map(([name, route]) =>
    row(`\`${name}${queryOf(route)}\`${bodyOf(route)}`, rolesOf(route), answerOf(route), route.summary),
  );
  return [row('route', 'roles', 'answer', ''), '|---|---|---|---|', ...rows].join('\n');
}

function codesTable(): string {
  const routes = Object.entries(REST).map(([name, route]) => refusalsOf(route, !name.startsWith('GET ')));
  const rows = Object.entries(CODES)
    .filter(([code]) => code === 'NOT_FOUND' || routes.some((codes) => (codes as string[]).includes(code)))
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, retry, message }]) =>
      row(`\`${code}\``, String(status), retry ? 'yes' : 'no', message),
    );
  return [row('code', 'status', 'retry', 'meaning'), '|---|---|---|---|', ...rows].join('\n');
}

const row = (...cells: string[]): string =>
  `|${cells.map((cell) => ` ${cell.replaceAll('|', '\\|')} `.replace(/^ {2}$/, ' ')).join('|')}|`;

const rolesOf = ({ roles, only }: RestRoute): string =>
  roles === null ? 'anyone' : roles.join(', ') + (only === undefined ? '' : ` (${only})`);

const queryOf = ({ query }: RestRoute): string =>
  query === undefined ? '' : `?${Object.keys(query.shape).join('&')}`;

const bodyOf = ({ body }: RestRoute): string => (body === undefined ? '' : ` \`${shapeOf(body)}\``);

const answerOf = ({ answers }: RestRoute): string =>
  Object.entries(answers)
    .map(([type, answer]) => (answer instanceof z.ZodType ? `\`${shapeOf(answer)}\`` : `\`${type}\``))
    .join(' or ');

/** Returns a short notation of a schema: `{ lat, lng, text? }` for an object, `[…]` for an array, `a | b` for a union. */
export function shapeOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return shapeOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return `[${shapeOf(schema.element as z.ZodType)}]`;
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).map(shapeOf).join(' | ');
  if (!(schema instanceof z.ZodObject)) return '…';
  const name = nameOf(schema);
  if (name !== undefined && Object.keys(schema.shape).length > MAX_FIELDS) return name;
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => {
    const isOptional = ['optional', 'default', 'prefault'].includes(field.type);
    const inner = field instanceof z.ZodArray ? `: ${shapeOf(field as z.ZodType)}` : '';
    return `${name}${isOptional ? '?' : ''}${inner.endsWith('…]') ? '' : inner}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
