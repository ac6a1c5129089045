import { createServer, type ServerResponse } from 'node:http';

export type Osrm = {
  url: string;
  /** the paths that it was asked for */
  asked: string[];
  /** how it answers from now on; at first as a well OSRM does */
  behave(how: Behaviour): void;
  stop(): Promise<void>;
};
export type Behaviour = (response: ServerResponse, path: string) => void;

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** The n-th source of a table is n + 1 km and n + 1 minutes from each destination. */
export const well: Behaviour = (response, path) =>
  json(
    response,
    200,
    tableOf(path, (n) => n + 1),
  );

/** There is no way from the first source. */
export const oneWithoutWay: Behaviour = (response, path) =>
  json(
    response,
    200,
    tableOf(path, (n) => (n === 0 ? null : n + 1)),
  );

export const refusing =
  (code: string): Behaviour =>
  (response) =>
    json(response, 400, { code, message: 'as in its documentation' });

export const failing: Behaviour = (response) => response.writeHead(500).end('Internal Server Error');
export const babbling: Behaviour = (response) => response.writeHead(200).end('{"code":"Ok","durat');
export const silent: Behaviour = () => {};

/** A server that speaks the table service of OSRM's HTTP API, without any streets. */
export async function startOsrm(port = 0): Promise<Osrm> {
  const asked: string[] = [];
  let answer = well;
  const server = createServer((request, response) => {
    asked.push(request.url!);
    answer(response, request.url!);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    behave: (how) => {
      answer = how;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tableOf(path: string, kilometres: (source: number) => number | null): object {
  const { searchParams } = new URL(path, 'http://osrm');
  const indexes = (name: string) => searchParams.get(name)!.split(';').map(Number);
  const matrix = (unit: number) =>
    indexes('sources').map((_, n) =>
      indexes('destinations').map(() => {
        const far = kilometres(n);
        return far === null ? null : far * unit;
      }),
    );
  return { code: 'Ok', distances: matrix(1_000), durations: matrix(60) };
}
