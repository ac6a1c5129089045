import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { NAMESPACES } from '../namespaces.js';
import { partOf } from '../wire.js';
import { asyncApi } from './asyncapi.js';
import { withTables } from './marked-tables.js';
import { wireTables } from './tables.js';

test('the event tables of docs/protocol.md are up to date; npm run docs:protocol writes them', () => {
  const markdown = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
  expect(withTables(markdown, wireTables())).toBe(markdown);
});

test('a page without markers for the tables is an error', () => {
  expect(() => withTables('# The protocol', wireTables())).toThrow('no markers for the table requests');
});

const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json');
const isAsyncApi = new Ajv({
  meta: false,
  validateSchema: false,
  strict: false,
  validateFormats: false,
  allErrors: true,
  unicodeRegExp: false,
}).compile(schema);

test('the AsyncAPI document is valid by the schema of the specification, and a broken one is not', () => {
  const document = asyncApi();
  isAsyncApi(document);
  expect(isAsyncApi.errors).toBeNull();
  expect(isAsyncApi({ ...document, channels: { driver: { address: 1 } } })).toBe(false);
});

test('every reference of the AsyncAPI document resolves', () => {
  const document = asyncApi();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  expect(references.length).toBeGreaterThan(100);
  for (const path of references) {
    const target = path
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    expect(target, path).toBeDefined();
  }
});

test('the AsyncAPI document has one operation per request and push, and no other', () => {
  const expected = NAMESPACES.flatMap((namespace) => {
    const { requests, pushes } = partOf(namespace);
    return Object.keys({ ...requests }).length + Object.keys(pushes).length;
  }).reduce((sum, count) => sum + count, 0);
  const { operations } = asyncApi() as { operations: Record<string, { action: string }> };
  expect(Object.keys(operations)).toHaveLength(expected);
  expect(operations['rider.receive.trip.watch']).toMatchObject({ action: 'receive' });
  expect(operations['dispatch.send.surge']).toMatchObject({ action: 'send' });
});

test('payloads in the AsyncAPI document accept what the service accepts', () => {
  const { components } = asyncApi() as unknown as { components: { schemas: Record<string, object> } };
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components }, 'document');
  const nearby = ajv.getSchema('document#/components/schemas/NearbyWatch')!;
  expect(nearby({ lat: 40, lng: -73, radiusM: 500 })).toBe(true);
  expect(nearby({ lat: 95, lng: -73, radiusM: 500 })).toBe(false);
});
