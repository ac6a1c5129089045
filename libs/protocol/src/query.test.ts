import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CODES, ProtocolError } from './codes.js';
import { REST } from './docs/rest.js';
import { parse } from './schemas.js';

const VALID: Record<string, unknown> = {
  lat: '40.7',
  lng: '-74',
  radiusM: '500',
  limit: '5',
  version: '3',
  from: '1700000000000',
  to: '1700000000001',
  bbox: '-74,40,-73.9,40.1',
};
/** Required parameters that are no numbers. */
const TEXTS: Record<string, unknown> = { q: 'times', use: 'pickup' };
/** Texts that `Number` or `parseFloat` would take for a number, and others. */
const BAD = [
  '',
  ' ',
  '\t',
  '0x28',
  '1e2',
  '1e+2',
  '1E-2',
  ' 12 ',
  '12 ',
  'NaN',
  '+5',
  'Infinity',
  '-',
  '5.',
  '.5',
  '1_000',
  '1,5',
  '5m',
  '٥',
];

/** Every parameter that is a number or a list of numbers, of every route with a query. */
const parameters = Object.entries(REST).flatMap(([route, { query }]) =>
  Object.keys(query?.shape ?? {}).flatMap((name) =>
    name in VALID || name === 'polygon' ? [{ route, query: query!, name }] : [],
  ),
);

test('every number in a query of a route is covered here', () => {
  for (const { query = z.object() } of Object.values(REST))
    for (const [name, schema] of Object.entries(query.shape as Record<string, z.ZodType>)) {
      let type: unknown = 'string';
      try {
        type = z.toJSONSchema(schema, { io: 'output' }).type;
      } catch {
        // a parameter without a JSON form is a list of numbers
        type = 'array';
      }
      if (type !== 'string' && type !== undefined) expect([...Object.keys(VALID), 'polygon']).toContain(name);
    }
});

describe.each(parameters)('$name of $route', ({ query, name }) => {
  const others = Object.fromEntries(
    Object.keys(query.shape)
      .filter((key) => key in VALID || key in TEXTS)
      .map((key) => [key, VALID[key] ?? TEXTS[key]]),
  );
  const isList = name === 'bbox' || name === 'polygon';
  if (name === 'polygon') others.bbox = undefined;
  const withValue = (value: unknown) => ({ ...others, [name]: value });

  test.each(BAD)('is refused as %j', (bad) => {
    expect(() =>
      parse(
        query,
        withValue(name === 'bbox' ? `${bad},40,-73.9,40.1` : name === 'polygon' ? `0,0;1,${bad};1,1` : bad),
      ),
    ).toThrow(ProtocolError);
  });

  test('is refused when it is repeated or an object', () => {
    for (const bad of [['5', '6'], [], ['5'], { a: '5' }, null]) {
      let code = 'accepted';
      try {
        parse(query, withValue(bad));
      } catch (error) {
        ({ code } = error as ProtocolError);
      }
      expect(CODES[code as keyof typeof CODES]?.status).toBe(400);
    }
  });

  test('is accepted as a plain decimal', () => {
    expect(() => parse(query, withValue(name === 'polygon' ? '0,0;1,0;1,1' : VALID[name]))).not.toThrow();
    if (!isList && name !== 'limit')
      expect(parse(query, others)).toMatchObject({ [name]: Number(VALID[name]) });
  });
});

test('a coordinate of less than a millionth of a degree is accepted as JavaScript writes it', () => {
  const query = { lat: String(4e-7), lng: String(-1.5e-9), radiusM: '500' };
  expect(parse(REST['GET /api/nearby']!.query!, query)).toMatchObject({ lat: 4e-7, lng: -1.5e-9 });
});

test.each(['0x28', '1e2', ' 12 ', '', '12', '+5', [12], null, true])(
  'a number in a body is never %j',
  (bad) => {
    const place = { lat: 40.7, lng: -74 };
    const trip = REST['POST /api/trips']!.body!;
    for (const name of ['lat', 'lng'])
      expect(() => parse(trip, { pickup: { ...place, [name]: bad }, dropoff: place })).toThrow(
        CODES.BAD_POSITION.message,
      );
    const incident = { kind: 'other', ...place };
    expect(() => parse(REST['POST /api/incidents']!.body!, { ...incident, lat: bad })).toThrow(
      CODES.BAD_POSITION.message,
    );
    expect(() => parse(REST['POST /api/trips/:id/share']!.body!, { ttlS: bad })).toThrow(
      CODES.BAD_TTL.message,
    );
  },
);
