import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { describe, expect, test } from 'vitest';
import { REST } from '#protocol/docs';

type Handler = { name: string; roles: string[] | null };
const OUTSIDE_API = ['/healthz', '/readyz'];

/** Collects every route of every controller, by its name in the REST table. */
async function routes(): Promise<Map<string, Handler>> {
  const files = ['apps/gateway/src', 'libs'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => resolve(folder, file)),
  );
  const found = new Map<string, Handler>();
  for (const file of files.filter((name) => name.endsWith('.controller.ts')))
    for (const value of Object.values((await import(file)) as object))
      if (typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value))
        for (const [name, handler] of handlersOf(value)) found.set(name, handler);
  return found;
}

function* handlersOf(controller: { name: string; prototype: object }): Generator<[string, Handler]> {
  const prefixes = [Reflect.getMetadata(PATH_METADATA, controller)].flat() as string[];
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(controller.prototype))) {
    const method = typeof value === 'function' ? Reflect.getMetadata(METHOD_METADATA, value) : undefined;
    if (method === undefined) continue;
    const paths = [Reflect.getMetadata(PATH_METADATA, value)].flat() as string[];
    for (const prefix of prefixes)
      for (const path of paths) {
        const whole = `/${[prefix, path]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`;
        const address = OUTSIDE_API.includes(whole) ? whole : `/api${whole}`;
        const roles = Reflect.getMetadata('roles', value) ?? null;
        yield [`${RequestMethod[method]} ${address}`, { name: `${controller.name}.${key}`, roles }];
      }
  }
}

describe('the REST table', async () => {
  const found = await routes();

  test('has exactly the routes of the controllers', () => {
    expect([...found.keys()].sort()).toEqual(Object.keys(REST).sort());
  });

  test('has the roles that the guard admits', () => {
    for (const [name, { roles }] of found)
      expect({ name, roles: REST[name as keyof typeof REST]?.roles?.toSorted() ?? null }).toEqual({
        name,
        roles: roles?.toSorted() ?? null,
      });
  });
});
