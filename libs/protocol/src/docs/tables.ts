import { z } from 'zod';
import { NAMESPACES, type Namespace } from '../namespaces.js';
import { partOf } from '../wire.js';

type Schema = z.core.JSONSchema.BaseSchema;
type Row = { namespaces: Namespace[]; event: string; cells: string[] };

/** Returns the tables of requests and pushes, in Markdown, keyed by the name of their markers. */
export const wireTables = () => ({ requests: requestsTable(), pushes: pushesTable() });

function requestsTable(): string {
  const rows = rowsOf((namespace) =>
    Object.entries(partOf(namespace).requests).map(([event, { payload, answer, doc }]) => [
      event,
      [shapeOf(payload), shapeOf(answer), doc],
    ]),
  );
  return tableOf(['namespace', 'request', 'payload', 'answer', 'description'], rows);
}

function pushesTable(): string {
  const rows = rowsOf((namespace) =>
    Object.entries(partOf(namespace).pushes).map(([event, { payload, kept, doc }]) => [
      event,
      [shapeOf(payload), kept ? 'yes' : '', doc],
    ]),
  );
  return tableOf(['namespace', 'event', 'payload', 'kept', 'description'], rows);
}

/** Returns one row per event with the namespaces that share it; the most widely shared events first. */
function rowsOf(eventsOf: (namespace: Namespace) => Array<[event: string, cells: string[]]>): Row[] {
  const rows = new Map<string, Row>();
  for (const namespace of NAMESPACES)
    for (const [event, cells] of eventsOf(namespace)) {
      const key = JSON.stringify([event, cells]);
      const row = rows.get(key) ?? { namespaces: [], event, cells };
      row.namespaces.push(namespace);
      rows.set(key, row);
    }
  const order = (row: Row) => `${9 - row.namespaces.length} ${NAMESPACES.indexOf(row.namespaces[0]!)}`;
  return [...rows.values()].sort((a, b) => order(a).localeCompare(order(b)));
}

function tableOf(heads: string[], rows: Row[]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  let before = '';
  const lines = rows.map(({ namespaces, event, cells }) => {
    const all = namespaces.length === NAMESPACES.length;
    const where = all ? 'all' : namespaces.map((name) => `\`${name}\``).join(', ');
    const shown = where === before ? '' : where;
    before = where;
    return line([shown, `\`${event}\``, ...cells]);
  });
  return [line(heads), line(heads.map(() => '---')), ...lines].join('\n');
}

/** Returns a short notation of a payload: the fields of an object, or its values or type. */
function shapeOf(schema: z.ZodType): string {
  const shape = short(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, 0);
  return shape === '' ? '' : `\`${shape}\``;
}

function short(schema: Schema, depth: number): string {
  const { type, properties, items, enum: values, anyOf, required = [] } = schema;
  if (anyOf !== undefined) return short(anyOf[0] as Schema, depth);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' or ');
  if (type === 'array' && items !== undefined && !Array.isArray(items)) {
    const item = short(items as Schema, depth);
    return item.startsWith('{') ? `[${item}]` : '[…]';
  }
  if (type !== 'object' || properties === undefined)
    return depth === 0 && type !== undefined ? String(type) : '';
  const fields = Object.entries(properties).map(([name, field]) => {
    const inner = depth < 1 && (field as Schema).type === 'array' ? short(field as Schema, depth + 1) : '';
    return `${name}${required.includes(name) ? '' : '?'}${inner.startsWith('[{') ? `: ${inner}` : ''}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
