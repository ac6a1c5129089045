import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openApi, REST, refusalsOf, restTables, withTables } from './index.js';
import { codesOf } from './schema-codes.js';

type Operation = {
  operationId: string;
  parameters: Array<{ name: string; in: string; required: boolean; schema: object }>;
  responses: Record<string, { description: string; $ref?: string; content?: object }>;
};
const document = openApi('1') as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
};

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1, and all its references resolve', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe('3.1');
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference!
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document);
      expect(target, reference).toBeTypeOf('object');
    }
  });

  test('names each operation once, and declares each parameter of its path', () => {
    const ids = new Set<string>();
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { operationId, parameters }] of Object.entries(operations)) {
        expect(ids, `${method} ${path}`).not.toContain(operationId);
        ids.add(operationId);
        const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
        expect(inPath, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    }
    expect(ids.size).toBe(Object.keys(REST).length);
  });

  test('has the limits of the schemas that the controllers use', () => {
    const { parameters } = document.paths['/api/nearby']!.get!;
    expect(parameters.find(({ name }) => name === 'radiusM')).toMatchObject({
      required: true,
      schema: { type: 'number', minimum: 1, maximum: 5_000 },
    });
    expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    });
    expect(document.components.schemas.Trip!.properties).toHaveProperty('offer');
  });

  test('lists the codes with which a route may be refused', () => {
    const { responses } = document.paths['/api/trips/{id}']!.patch!;
    expect(responses[409]!.description).toContain('`OFFER_OVER`');
    expect(responses[415]!.description).toContain('`NOT_JSON`');
    expect(responses[429]).toMatchObject({ $ref: '#/components/responses/Problem429' });
  });
});

test('the codes of a schema are found at any depth', () => {
  const schema = z.object(
    {
      a: z
        .string()
        .transform(Number)
        .pipe(z.number({ error: 'BAD_TIME' }).min(1, 'BAD_SPEED')),
    },
    { error: 'BAD_REQUEST' },
  );
  expect(codesOf(schema.optional()).sort()).toEqual(['BAD_REQUEST', 'BAD_SPEED', 'BAD_TIME']);
  expect(refusalsOf(REST['GET /api/nearby']!)).toEqual(
    expect.arrayContaining(['BAD_POSITION', 'BAD_RADIUS', 'BAD_LIMIT', 'NO_TOKEN', 'WRONG_ROLE']),
  );
});

test('the REST tables of docs/protocol.md are up to date; npm run docs:protocol writes them', () => {
  const text = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
  expect(withTables(text, restTables())).toBe(text);
});
