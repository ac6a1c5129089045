import { z } from 'zod';
import * as answers from '../answer-schemas.js';
import { FeedEntry, FeedPart } from '../feed-schemas.js';
import { Fix, FixExtras, Rejection } from '../fix-schemas.js';
import { Car, CellCount, DriverPosition, PlacedCar, PlacedVehicle, Vehicle } from '../fleet.js';
import { NoticeRequest } from '../notices.js';
import * as operations from '../operations-schemas.js';
import { Incident, IncidentReport } from '../regions.js';
import { Position } from '../schemas.js';
import { Cancellation, Eta, Offer, Trip } from '../trip-schemas.js';
import { TripChange, TripRequest } from '../trips.js';
import { PublishedVersion, VersionInfo, Zone } from '../zone.js';
import { ZonesComparison } from '../zone-draft.js';

export type Json = Record<string, unknown>;

/** Schemas with a name in the document; all others are written out where they are used. */
const NAMED: Record<string, unknown> = {
  ...answers,
  ...operations,
  ...{
    Car,
    CellCount,
    DriverPosition,
    PlacedCar,
    PlacedVehicle,
    Vehicle,
    FeedEntry,
    FeedPart,
    Incident,
    IncidentReport,
  },
  ...{
    Fix,
    FixExtras,
    NoticeRequest,
    Position,
    Rejection,
    Cancellation,
    Eta,
    Offer,
    Trip,
    TripChange,
    TripRequest,
    PublishedVersion,
    VersionInfo,
    Zone,
    ZonesComparison,
  },
};

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) if (schema instanceof z.ZodType) names.add(schema, { id });

/** Returns the name of a schema in the documents. */
export const nameOf = (schema: z.ZodType): string | undefined => names.get(schema)?.id;

/** JSON Schemas 2020-12 of one OpenAPI document; named ones are collected as its components. */
export class Components {
  readonly schemas: Record<string, Json> = {};

  /**
   * Converts a schema.
   * @param io `input` for what a client sends, `output` for what it receives
   * @returns the schema, or a reference to it when it has a name
   */
  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    // Wrapped, because a named schema at the top level would be written out.
    const wrapped = z.toJSONSchema(z.object({ schema }), {
      io,
      metadata: names,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // A later version of the service may add fields.
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    const text = JSON.stringify(wrapped).replaceAll('#/$defs/', '#/components/schemas/');
    const { properties, $defs = {} } = JSON.parse(text) as {
      properties: { schema: Json };
      $defs?: Record<string, Json>;
    };
    for (const [name, { id: _, ...definition }] of Object.entries($defs)) this.schemas[name] = definition;
    return properties.schema;
  }
}

/** Returns the schema of a query parameter: of its parsed form where that is a single value, otherwise of its text. */
export function parameterSchema(components: Components, schema: z.ZodType): Json {
  try {
    z.toJSONSchema(schema, { io: 'output' });
    return components.of(schema, 'output');
  } catch {
    return components.of(schema, 'input');
  }
}
