import type { NextFunction, Request, Response } from 'express';
import { ProtocolError } from '#protocol';
import { REST, type RestRoute, type RouteName } from '#protocol/docs';

type Resource = { path: RegExp; allow: string; routes: Map<string, RestRoute> };

/** Routes that exist in the demo only. */
const DEMO_ONLY: ReadonlySet<string> = new Set<RouteName>(['POST /api/dev/tokens']);

/**
 * Express middleware for what RFC 9110 asks of every route, from the table of routes: 405 with `Allow` for a method that a
 * path does not have, an answer to OPTIONS, and 406. An answer is stored nowhere unless its route says otherwise.
 */
export function httpSemantics(
  hasDemo: boolean,
): (request: Request, response: Response, next: NextFunction) => void {
  const resources = resourcesOf(Object.entries(REST).filter(([name]) => hasDemo || !DEMO_ONLY.has(name)));
  return (request, response, next) => {
    const resource = resources.find(({ path }) => path.test(request.path));
    if (resource === undefined) return next();
    const { allow, routes } = resource;
    response.setHeader('cache-control', 'no-store');
    if (request.method === 'OPTIONS') {
      response.setHeader('allow', allow).status(204).end();
      return;
    }
    const route = routes.get(request.method);
    if (route === undefined) {
      response.setHeader('allow', allow);
      return next(new ProtocolError('METHOD_NOT_ALLOWED', allow));
    }
    const types = typesOf(route);
    next(
      request.accepts(types) === false ? new ProtocolError('NOT_ACCEPTABLE', types.join(', ')) : undefined,
    );
  };
}

/** Groups routes by path. Express ignores case and a slash at the end of a path, so this does, too. */
function resourcesOf(routes: Array<[string, RestRoute]>): Resource[] {
  const resources = new Map<string, Resource>();
  for (const [name, route] of routes) {
    const [method, path] = name.split(' ') as [string, string];
    const pattern = path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+');
    const resource = resources.get(path) ?? {
      path: new RegExp(`^${pattern}/?$`, 'i'),
      allow: '',
      routes: new Map(),
    };
    resource.routes.set(method, route);
    if (method === 'GET') resource.routes.set('HEAD', route);
    resource.allow = [...resource.routes.keys(), 'OPTIONS'].join(', ');
    resources.set(path, resource);
  }
  return [...resources.values()];
}

/** Media types of the answers of a route. A client that asks for JSON takes every kind of it. */
function typesOf({ answers }: RestRoute): string[] {
  const types = Object.keys(answers);
  const isJson = types.some((type) => type.endsWith('+json'));
  // Prometheus asks for this version.
  const isText = types.includes('text/plain');
  return [
    ...types,
    ...(isJson ? ['application/json'] : []),
    ...(isText ? ['text/plain; version=0.0.4'] : []),
  ];
}
