import { z } from 'zod';
import { CODES } from '../codes.js';
import { NAMESPACES, type Namespace } from '../namespaces.js';
import { PROTOCOL_VERSION } from '../version.js';
import { partOf } from '../wire.js';
import { NAMED } from './named.js';

type Json = { [key: string]: unknown };
type Message = { name: string; summary?: string; payload: Json };

const schemaRef = (id: string) => ({ $ref: `#/components/schemas/${id}` });
const idOf = (event: string) => event.replaceAll(':', '.');

/**
 * Returns the AsyncAPI 3 document of the Socket.IO protocol: a channel per namespace, an operation per request with its
 * answer, and one per push. It takes the view of the service, which receives requests and sends pushes.
 */
export function asyncApi(): Json {
  const schemas = new Schemas();
  const channels: Json = {};
  const operations: Json = {};
  for (const namespace of NAMESPACES) {
    const name = namespace.slice(1);
    const { messages, ...rest } = channelOf(namespace, schemas);
    channels[name] = { address: namespace, ...rest, messages };
    const ref = (message: string) => ({ $ref: `#/channels/${name}/messages/${message}` });
    const channel = { $ref: `#/channels/${name}` };
    const { requests, pushes } = partOf(namespace);
    for (const [event, { doc }] of Object.entries(requests))
      operations[`${name}.receive.${idOf(event)}`] = {
        action: 'receive',
        summary: doc,
        channel,
        messages: [ref(`request.${idOf(event)}`)],
        reply: { channel, messages: [ref(`answer.${idOf(event)}`)] },
      };
    for (const [event, { doc }] of Object.entries(pushes))
      operations[`${name}.send.${idOf(event)}`] = {
        action: 'send',
        summary: doc,
        channel,
        messages: [ref(`push.${idOf(event)}`)],
      };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hexfleet',
      version: String(PROTOCOL_VERSION),
      description:
        'Live location tracking for ride-hailing over Socket.IO 4. A channel is a namespace, the name of a message is ' +
        'its event, and an answer is the acknowledgement. Times are epoch milliseconds, angles degrees.',
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { schemas: { ...schemas.json(), Failure: FAILURE } },
  };
}

const FAILURE = {
  type: 'object',
  properties: {
    ok: { const: false },
    code: { type: 'string', enum: Object.keys(CODES) },
    message: { type: 'string' },
    retry: { type: 'boolean', description: 'whether the same request may succeed later, unchanged' },
  },
  required: ['ok', 'code', 'message', 'retry'],
};

function channelOf(namespace: Namespace, schemas: Schemas) {
  const { doc, roles, requests, pushes } = partOf(namespace);
  const messages: Record<string, Message> = {};
  for (const [event, { payload, answer, doc }] of Object.entries(requests)) {
    const title = event.replace(/(?:^|:)(\w)/g, (_, letter: string) => letter.toUpperCase());
    messages[`request.${idOf(event)}`] = {
      name: event,
      summary: doc,
      payload: schemas.ref(payload, `${title}Request`),
    };
    const granted = { type: 'object', properties: { ok: { const: true } }, required: ['ok'] };
    messages[`answer.${idOf(event)}`] = {
      name: event,
      payload: {
        oneOf: [{ allOf: [granted, schemas.ref(answer, `${title}Answer`)] }, schemaRef('Failure')],
      },
    };
  }
  for (const [event, { payload, doc, kept }] of Object.entries(pushes)) {
    const note = kept ? ' Kept in a feed: the second argument is the id of its entry.' : '';
    const title = event.replace(/(?:^|:)(\w)/g, (_, letter: string) => letter.toUpperCase());
    messages[`push.${idOf(event)}`] = {
      name: event,
      summary: `${doc}${note}`,
      payload: schemas.ref(payload, `${title}Push`),
    };
  }
  return { title: namespace, description: `${doc} For the roles: ${roles.join(', ')}.`, messages };
}

/** Schemas that messages refer to, named after their export, or else after their message. */
class Schemas {
  readonly #registry = z.registry<{ id: string }>();
  readonly #referenced = new Set<string>();

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#registry.add(schema, { id });
  }

  ref(schema: z.ZodType, fallbackId: string) {
    const id = this.#registry.get(schema)?.id ?? fallbackId;
    if (!this.#registry.has(schema)) this.#registry.add(schema, { id });
    this.#referenced.add(id);
    return schemaRef(id);
  }

  /** Returns the schemas that were referenced, and the ones that these refer to. */
  json(): Json {
    const { schemas } = z.toJSONSchema(this.#registry, {
      target: 'draft-7',
      io: 'input',
      unrepresentable: 'any',
      uri: (id) => schemaRef(id).$ref,
    });
    const needed: Json = {};
    const add = (id: string): void => {
      if (id in needed) return;
      const { $id: _id, $schema: _schema, id: _name, ...schema } = schemas[id] as Json;
      needed[id] = schema;
      for (const [, other] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g))
        add(other!);
    };
    for (const id of this.#referenced) add(id);
    return needed;
  }
}
